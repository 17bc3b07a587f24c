"""Announce, move and cancel passage windows."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.corridors.models import Corridor, PassageWindow
from tracker.corridors.queries import corridors_run_by
from tracker.exercises.clock import field_now
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of
from tracker.web.access import needs, organisation_of, own_corridor, person
from tracker.web.forms_windows import CancelForm, WindowForm
from tracker.web.recording import form_page, posted, subject_id, took

GET_OR_POST = ["GET", "HEAD", "POST"]


def _own_window(user: User, window_id: UUID) -> PassageWindow:
    windows = PassageWindow.objects.select_related("corridor__origin", "corridor__destination")
    return get_object_or_404(windows, pk=window_id, corridor__in=corridors_run_by(user))


def _form_values(request: HttpRequest, user: User, corridor: Corridor) -> dict[str, Any]:
    return {
        "data": posted(request),
        "organisation": organisation_of(user),
        "zone": ZoneInfo(corridor.time_zone),
        "now": field_now(),
    }


def _window_form(
    request: HttpRequest, user: User, corridor: Corridor, initial: dict[str, Any]
) -> WindowForm:
    return WindowForm(
        may_confirm=may_of(user).open_corridor,
        initial=initial,
        **_form_values(request, user, corridor),
    )


@require_http_methods(GET_OR_POST)
@needs("change_window")
def announce_window(request: HttpRequest, slug: str) -> HttpResponse:
    """Announce a passage window; that changes no status."""
    user = person(request)
    corridor = own_corridor(user, slug)
    form = _window_form(request, user, corridor, {})
    if form.is_valid():
        subjects = {"corridor": corridor.pk, "window": subject_id(form, "window")}
        if took(
            request,
            form=form,
            user=user,
            build=lambda at: form.events("window.announced", subjects, at),
            said=_("The window is announced."),
        ):
            return redirect("corridor", slug=slug)
    return form_page(request, form=form, template="windows/announce.html", corridor=corridor)


@require_http_methods(GET_OR_POST)
@needs("change_window")
def move_window(request: HttpRequest, window_id: UUID) -> HttpResponse:
    """Move a window to other hours, or confirm the ones it has."""
    user = person(request)
    window = _own_window(user, window_id)
    corridor = window.corridor
    times = {"opens_at": window.opens_at, "closes_at": window.closes_at}
    form = _window_form(request, user, corridor, times)
    subjects = {"corridor": corridor.pk, "window": window.pk}
    if took(
        request,
        form=form,
        user=user,
        build=lambda at: form.events("window.moved", subjects, at),
        said=_("The window is moved. Whoever subscribed is told."),
    ):
        return redirect("corridor", slug=corridor.slug)
    return form_page(
        request, form=form, template="windows/move.html", corridor=corridor, window=window
    )


@require_http_methods(GET_OR_POST)
@needs("change_window")
def cancel_window(request: HttpRequest, window_id: UUID) -> HttpResponse:
    """Cancel a window; it stays on the page as cancelled."""
    user = person(request)
    window = _own_window(user, window_id)
    corridor = window.corridor
    form = CancelForm(**_form_values(request, user, corridor))
    subjects = {"corridor": corridor.pk, "window": window.pk}
    if took(
        request,
        form=form,
        user=user,
        build=lambda at: form.events(subjects, at),
        said=_("The window is cancelled. Whoever subscribed is told."),
    ):
        return redirect("corridor", slug=corridor.slug)
    return form_page(
        request, form=form, template="windows/cancel.html", corridor=corridor, window=window
    )


urlpatterns = [
    path("staff/corridors/<slug:slug>/windows/new/", announce_window, name="window_new"),
    path("staff/windows/<uuid:window_id>/move/", move_window, name="window_move"),
    path("staff/windows/<uuid:window_id>/cancel/", cancel_window, name="window_cancel"),
]
