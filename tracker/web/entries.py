"""One entry of the log with everything about it: who, when, what, and what it replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_safe

from tracker.evidence.queries import photos_of
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.ordering import CORRECTION, effective
from tracker.intake.queries import entries_for
from tracker.lib.text import web_address
from tracker.organisations.models import User
from tracker.organisations.permissions import may_correct, may_see_organisation
from tracker.web.access import needs, person
from tracker.web.entry_words import field_words, kind_words, value_words

# All that people of another organisation read of an entry about a convoy shared with them.
SHARED_FIELDS = frozenset({"people", "people_low", "people_high", "place"})
# What the log holds of a field that nobody filled in.
_SAYS_NOTHING: dict[str, Any] = {"is_follower": False, "groups": {}, "vehicles": None}
ABOUT = ("corridor", "window", "checkpoint", "attempt", "convoy", "vehicle", "incident")


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One field of an entry: its value as sent, and as corrected where that differs."""

    label: str
    value: str
    corrected: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionShown:
    """One correction of an entry: what it changes and why."""

    event: LogEvent
    changes: tuple[FieldShown, ...]
    withdraws: bool


def _fields(
    data: dict[str, Any], corrected: dict[str, Any], zone: ZoneInfo
) -> tuple[FieldShown, ...]:
    shown = []
    for name in {**data, **corrected}:
        before, after = data.get(name), corrected.get(name, data.get(name))
        # What nobody typed says nothing; what nobody counted says "not reported".
        nothing = _SAYS_NOTHING.get(name, "")
        if before == nothing and after == nothing:
            continue
        words = value_words(name, before, zone=zone)
        changed = value_words(name, after, zone=zone) if after != before else ""
        url = web_address(words) if name == "source_url" else ""
        shown.append(FieldShown(field_words(name), words, changed, url))
    return tuple(shown)


def _correction(event: LogEvent, zone: ZoneInfo) -> CorrectionShown:
    data = event.data
    changed = dict(data.get("data") or {})
    if data.get("occurred_at"):
        changed["occurred_at"] = data["occurred_at"]
    fields = tuple(
        FieldShown(field_words(name), value_words(name, value, zone=zone))
        for name, value in changed.items()
    )
    return CorrectionShown(event, fields, bool(data.get("withdraw")))


def _body(event: LogEvent, corrections: list[LogEvent], zone: ZoneInfo) -> tuple[FieldShown, ...]:
    if event.kind == CORRECTION:
        return ()
    standing = effective([event, *corrections])
    return _fields(event.data, standing[0].data if standing else event.data, zone)


def _zone(event: LogEvent) -> ZoneInfo:
    return ZoneInfo(event.corridor.time_zone if event.corridor else settings.FIELD_TIME_ZONE)


def _can_correct(user: User, event: LogEvent) -> bool:
    is_own = event.organisation_id == user.organisation_id
    return (
        is_own
        and event.kind != CORRECTION
        and may_correct(user, event.kind, claims=event.data.get("claims"))
    )


def _shared_page(request: HttpRequest, event: LogEvent) -> HttpResponse:
    """Show an entry of another organisation: numbers and time, no words, names or devices."""
    corrections = list(LogEvent.objects.filter(corrects=event).order_by("ordered_at", "id"))
    standing = next(iter(effective([event, *corrections])), None)
    is_withdrawn = standing is not None and standing.is_withdrawn
    data = standing.data if standing and not is_withdrawn else {}
    shown = {name: value for name, value in data.items() if name in SHARED_FIELDS}
    zone = _zone(event)
    context = {
        "event": event,
        "at": standing.at if standing else event.ordered_at,
        "title": kind_words(event.kind),
        "zone": str(zone),
        "body": _fields(shown, shown, zone),
        "is_withdrawn": is_withdrawn,
    }
    return render(request, "entries/shared.html", context)


@require_safe
@needs("see_internal", "see_shared")
def entry_page(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Show one entry; 404 for entries that are somebody else's or not for these eyes."""
    seen = entries_for(person(request))
    subjects = [*ABOUT, "corridor__origin", "corridor__destination", "checkpoint", "corrects"]
    event = get_object_or_404(seen.select_related(*subjects), pk=entry_id)
    if not may_see_organisation(person(request), event.organisation_id):
        return _shared_page(request, event)
    zone = _zone(event)
    corrections = list(seen.filter(corrects=event).order_by("ordered_at", "id"))
    in_order = [one for one in corrections if not one.time_disputed]
    context = {
        "event": event,
        "title": kind_words(event.kind),
        "zone": str(zone),
        "now": field_now(),
        "body": _body(event, corrections, zone),
        "own_correction": _correction(event, zone) if event.kind == CORRECTION else None,
        "corrections": [_correction(one, zone) for one in corrections],
        "photos": photos_of(event),
        "is_withdrawn": any(one.data.get("withdraw") for one in in_order[-1:]),
        "can_correct": _can_correct(person(request), event),
        "subjects": [
            (field, getattr(event, field)) for field in ABOUT if getattr(event, f"{field}_id")
        ],
    }
    return render(request, "entries/page.html", context)


urlpatterns = [path("entries/<uuid:entry_id>/", entry_page, name="entry")]
