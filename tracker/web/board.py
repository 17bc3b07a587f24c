"""The operations board: every convoy at work on one screen, the one that needs a person first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tracker.alerts.models import Alert, AlertState
from tracker.alerts.queries import open_alerts
from tracker.convoys.models import Convoy, ConvoyState
from tracker.convoys.queries import (
    checkpoints_on_road,
    convoys_at_work,
    convoys_seen_by,
    log_of,
    passages_of,
    route_of,
    state_at,
)
from tracker.devices.sorting import to_sort
from tracker.exercises.clock import field_now
from tracker.lib.stripmap import Strip
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of
from tracker.web.access import needs, person
from tracker.web.alerts import lines
from tracker.web.convoy_log import Line, lines_of
from tracker.web.convoy_needs import NEEDS_YOU, QUIET, TO_WATCH, Need, Situation, needs_of
from tracker.web.convoy_page import situations_of, with_silences, with_trackers
from tracker.web.convoy_strip import Drawing
from tracker.web.convoy_trackers import TrackerLine, tracker_line
from tracker.web.convoy_words import road_words, span_words, vehicles_words
from tracker.web.silence_shown import next_title, owner_words

LAST = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One convoy on the board."""

    convoy: Convoy
    state: str
    road: str
    done: float | None
    vehicles: str
    people: str
    is_planned: bool
    heard_at: datetime | None
    need: Need
    more: int
    who: str
    next_step: str = ""
    is_shown: bool = False
    ends_group: bool = False


def _done(convoy: Convoy) -> float | None:
    """Return the fraction of the road behind the head, `None` where either is not known."""
    if convoy.state == ConvoyState.ARRIVED:
        return 1.0
    length_km = convoy.route.length_km if convoy.route else None
    if convoy.state == ConvoyState.ASSEMBLING:
        return 0.0
    if convoy.head_km is None or not length_km:
        return None
    return min(1.0, convoy.head_km / length_km)


def _row(here: Situation, *, who: str) -> Row:
    convoy, needs = here.convoy, needs_of(here)
    people = here.balance.on_board
    return Row(
        convoy=convoy,
        state=state_at(convoy, at=here.now),
        road=road_words(convoy),
        done=_done(convoy),
        vehicles=vehicles_words([vehicle.kind for vehicle in here.vehicles]),
        people=span_words(people) if people and (people.low or people.high is not None) else "",
        is_planned=here.balance.is_plan_only,
        heard_at=convoy.last_contact_at,
        need=needs[0],
        more=sum(1 for need in needs[1:] if need.group != QUIET),
        who=who or _owner(here),
        next_step=next_title(here.next_step),
    )


def _owner(here: Situation) -> str:
    """Return whose step is next where nobody has put their name to it."""
    step = here.next_step
    return owner_words(step) if step and step.state != "coming" else ""


def _who_has(user: User) -> dict[UUID, str]:
    """Return who has taken an alert of a convoy, by the convoy's key."""
    taken = open_alerts(user).filter(state=AlertState.ACKNOWLEDGED, convoy__isnull=False)
    return {
        alert.convoy_id: alert.taken_by.display_name
        for alert in taken
        if alert.convoy_id and alert.taken_by
    }


def rows_of(convoys: Sequence[Convoy], *, now: datetime, who_has: dict[UUID, str]) -> list[Row]:
    """Return the rows of the board, worst first; within one need the oldest, then by code."""
    situations = with_silences(with_trackers(situations_of(convoys, now=now)))
    rows = [_row(situations[each.pk], who=who_has.get(each.pk, "")) for each in convoys]
    return sorted(rows, key=lambda row: (*row.need.order, row.convoy.code))


@dataclass(frozen=True, slots=True)
class Side:
    """What the board shows beside its rows: one convoy in short."""

    row: Row
    needs: tuple[Need, ...]
    strip: Strip | None
    log: tuple[Line, ...]
    alerts: tuple[object, ...]
    by_trackers: TrackerLine | None


def _side(user: User, row: Row, *, now: datetime) -> Side:
    convoy = row.convoy
    here = with_trackers(situations_of([convoy], now=now))[convoy.pk]
    may, route = may_of(user), route_of(convoy)
    drawing = Drawing(
        convoy,
        checkpoints=checkpoints_on_road(convoy),
        passages=passages_of(convoy),
        length_km=route.length_km if route else None,
        now=now,
    )
    log = lines_of(
        log_of(convoy), zone=here.zone, now=now, sees_restricted=may.see_restricted_people
    )
    alerts: list[Alert] = list(open_alerts(user).filter(convoy=convoy)[:LAST])
    return Side(
        row=row,
        needs=tuple(need for need in needs_of(here) if need.group != QUIET),
        strip=drawing.strip(),
        log=tuple(log[:LAST]),
        alerts=tuple(lines(alerts, may_take=may.take_alert)),
        by_trackers=tracker_line(here.trackers, vehicles=len(here.vehicles), now=now),
    )


def _sought(convoys: Any, sought: str) -> Any:
    if not sought:
        return convoys
    by_place = convoys.filter(corridor__origin__name__icontains=sought)
    to_place = convoys.filter(corridor__destination__name__icontains=sought)
    return convoys.filter(code__icontains=sought) | by_place | to_place


@require_safe
@needs("see_internal")
def board(request: HttpRequest) -> HttpResponse:
    """Show every convoy at work, worst first, with one of them beside."""
    user, now = person(request), field_now()
    sought = request.GET.get("q", "").strip()[:40]
    convoys = list(_sought(convoys_at_work(convoys_seen_by(user), at=now), sought)[:300])
    own = [each for each in convoys if each.organisation_id == user.organisation_id]
    rows = rows_of(own, now=now, who_has=_who_has(user))
    shown = next((r for r in rows if r.convoy.code == request.GET.get("show")), None)
    shown = shown or (rows[0] if rows else None)
    context = {
        "rows": [(row, row is shown, _is_last(rows, row)) for row in rows],
        "side": _side(user, shown, now=now) if shown else None,
        "zone": settings.FIELD_TIME_ZONE,
        "sought": sought,
        "need_you": sum(1 for row in rows if row.need.group == NEEDS_YOU),
        "to_watch": sum(1 for row in rows if row.need.group == TO_WATCH),
        "quiet": sum(1 for row in rows if row.need.group == QUIET),
        "to_sort": _to_sort(user),
        "title": _("%(n)s need you") % {"n": sum(1 for r in rows if r.need.group == NEEDS_YOU)},
    }
    return render(request, "board/board.html", context)


def _to_sort(user: User) -> int:
    """Return how many messages wait for somebody like this person to sort them."""
    if not may_of(user).sort_reports or user.organisation is None:
        return 0
    return to_sort(user.organisation).count()


def _is_last(rows: Sequence[Row], row: Row) -> bool:
    """Tell whether a row ends its group: a line is drawn below it."""
    place = rows.index(row) + 1
    return place < len(rows) and rows[place].need.group != row.need.group


urlpatterns = [path("board/", board, name="board")]
