"""Let a convoy join another one, and one vehicle go over to another convoy."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.convoys.models import Convoy
from tracker.convoys.queries import convoys_seen_by, vehicles_in_column
from tracker.exercises.clock import field_now
from tracker.organisations.models import User
from tracker.web.access import needs, person
from tracker.web.convoys import own_convoy
from tracker.web.forms_convoy_moves import JoinForm, MoveForm, TransferForm
from tracker.web.recording import form_page, posted, took


def _others(user: User, convoy: Convoy) -> QuerySet[Convoy]:
    """Return the convoys that this one, or a vehicle of it, may go on with."""
    own = convoys_seen_by(user).filter(
        organisation=convoy.organisation_id, corridor=convoy.corridor_id, ended_at__isnull=True
    )
    return own.exclude(pk=convoy.pk)


def _answer(
    request: HttpRequest, *, convoy: Convoy, form: MoveForm, title: str, note: str, said: str
) -> HttpResponse:
    others: Any = form.fields["other"]
    if took(request, form=form, user=person(request), build=form.events, said=said):
        return redirect("convoy", code=form.cleaned_data["other"].code)
    return form_page(
        request,
        form=form,
        template="convoys/move.html",
        convoy=convoy,
        title=title,
        note=note,
        has_others=others.queryset.exists(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("plan_convoy")
def join_convoy(request: HttpRequest, code: str) -> HttpResponse:
    """Show and take which convoy this one goes on with; its own journey ends there."""
    user = person(request)
    convoy = own_convoy(user, code)
    form = JoinForm(
        posted(request),
        convoy=convoy,
        others=_others(user, convoy),
        zone=ZoneInfo(convoy.corridor.time_zone),
        now=field_now(),
    )
    return _answer(
        request,
        convoy=convoy,
        form=form,
        title=_("Join another convoy"),
        note=_("All its vehicles go on with the other convoy, behind its tail. Its log stays."),
        said=_("%(code)s has joined it.") % {"code": convoy.code},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("plan_convoy")
def transfer_vehicle(request: HttpRequest, code: str) -> HttpResponse:
    """Show and take which vehicle goes over to which other convoy."""
    user = person(request)
    convoy = own_convoy(user, code)
    form = TransferForm(
        posted(request),
        convoy=convoy,
        others=_others(user, convoy),
        vehicles=vehicles_in_column(convoy),
        zone=ZoneInfo(convoy.corridor.time_zone),
        now=field_now(),
    )
    return _answer(
        request,
        convoy=convoy,
        form=form,
        title=_("Move one vehicle to another convoy"),
        note=_("The vehicle keeps its log, and its people are in the ledger of the other convoy."),
        said=_("The vehicle is with it now."),
    )


urlpatterns = [
    path("convoys/<str:code>/join/", join_convoy, name="convoy_join"),
    path("convoys/<str:code>/transfer/", transfer_vehicle, name="convoy_transfer"),
]
