"""The page of a convoy's people: where everybody is, by vehicle and by place."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from tracker.exercises.clock import field_now
from tracker.organisations.permissions import may_of
from tracker.web.access import needs, person
from tracker.web.convoys import own_convoy
from tracker.web.ledger_shown import ledger_shown


@require_safe
@needs("see_internal")
def convoy_people(request: HttpRequest, code: str) -> HttpResponse:
    """Show every account of a convoy's people, and who told each number when."""
    user = person(request)
    convoy, now = own_convoy(user, code), field_now()
    may = may_of(user)
    ledger = ledger_shown(
        convoy,
        sees_restricted=may.see_restricted_people,
        now=now,
        zone=ZoneInfo(convoy.corridor.time_zone),
    )
    context = {
        "convoy": convoy,
        "ledger": ledger,
        "zone": convoy.corridor.time_zone,
        "can_log": may.log_field,
    }
    return render(request, "convoys/people.html", context)


urlpatterns = [path("convoys/<str:code>/people/", convoy_people, name="convoy_people")]
