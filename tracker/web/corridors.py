"""Corridors for staff: the list, the page of one, and an operator's acts on its status."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.corridors.models import Corridor
from tracker.corridors.queries import corridors_run_by, route_in_use, windows_in_order
from tracker.exercises.clock import field_now
from tracker.lib.text import split_link
from tracker.organisations.models import User
from tracker.web.access import needs, own_corridor, person
from tracker.web.agreement import points_of
from tracker.web.attempts import attempts_shown
from tracker.web.checkpoints import checkpoints_shown
from tracker.web.corridor_page import row_of, standing_of
from tracker.web.forms_corridors import ConfirmForm, WorseForm
from tracker.web.incidents import incidents_on
from tracker.web.recording import form_page, posted, took


@require_safe
@needs("see_internal")
def corridor_list(request: HttpRequest) -> HttpResponse:
    """List the corridors of one's own organisation with status and age."""
    now = field_now()
    rows = [row_of(corridor, at=now) for corridor in corridors_run_by(person(request))]
    return render(request, "corridors/list.html", {"rows": rows})


def _worse_form(corridor: Corridor, now: datetime, data: Any = None) -> WorseForm:
    return WorseForm(data, zone=ZoneInfo(corridor.time_zone), now=now)


def _corridor_page(
    request: HttpRequest, corridor: Corridor, user: User, worse: WorseForm
) -> HttpResponse:
    now = worse.now
    route = route_in_use(corridor)
    length_source, length_url = split_link(route.length_note if route else "")
    context = {
        "corridor": corridor,
        "zone": corridor.time_zone,
        "now": now,
        "standing": standing_of(corridor, at=now),
        "windows": windows_in_order(corridor),
        "route": route,
        "length_source": length_source,
        "length_url": length_url,
        "points": points_of(corridor, at=now),
        "checkpoints": checkpoints_shown(corridor, at=now),
        "attempts": attempts_shown(corridor, at=now),
        "incidents": incidents_on(corridor, user, at=now),
        "worse": worse,
    }
    return form_page(request, form=worse, template="corridors/page.html", **context)


@require_safe
@needs("see_internal")
def corridor_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show everything that is known of one corridor, and who says so."""
    user = person(request)
    corridor = own_corridor(user, slug)
    return _corridor_page(request, corridor, user, _worse_form(corridor, field_now()))


@require_POST
@needs("close_corridor")
def worsen_corridor(request: HttpRequest, slug: str) -> HttpResponse:
    """Close, suspend or restrict a corridor at once."""
    user = person(request)
    corridor = own_corridor(user, slug)
    form = _worse_form(corridor, field_now(), posted(request))
    if took(
        request,
        form=form,
        user=user,
        build=lambda at: form.events(corridor, at),
        said=_("Recorded. The public page and the alerts follow by themselves."),
    ):
        return redirect("corridor", slug=slug)
    return _corridor_page(request, corridor, user, form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("open_corridor")
def confirm_corridor(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a confirmation would rest on, and take it."""
    user = person(request)
    corridor = own_corridor(user, slug)
    now = field_now()
    form = ConfirmForm(posted(request), zone=ZoneInfo(corridor.time_zone), now=now)
    if _confirm(request, form, corridor, user):
        return redirect("corridor", slug=slug)
    return form_page(
        request,
        form=form,
        template="corridors/confirm.html",
        corridor=corridor,
        zone=corridor.time_zone,
        now=now,
        standing=standing_of(corridor, at=now),
        points=points_of(corridor, at=now),
    )


def _confirm(request: HttpRequest, form: ConfirmForm, corridor: Corridor, user: User) -> bool:
    """Record good news. The one place it passes through, so that an approval can come between."""
    return took(
        request,
        form=form,
        user=user,
        build=lambda at: form.events(corridor, at),
        said=_("Recorded: the corridor is confirmed open."),
    )


urlpatterns = [
    path("staff/corridors/", corridor_list, name="corridor_list"),
    path("staff/corridors/<slug:slug>/", corridor_page, name="corridor"),
    path("staff/corridors/<slug:slug>/status/", worsen_corridor, name="corridor_worsen"),
    path("staff/corridors/<slug:slug>/confirm/", confirm_corridor, name="corridor_confirm"),
]
