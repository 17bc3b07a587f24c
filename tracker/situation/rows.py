"""What the templates of the public pages read: rows made from a snapshot, worded in the language.

Called with the language of the page active.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.attempts.models import AgreementItem, AttemptStatus, ReasonCode
from tracker.corridors.models import CorridorStatus
from tracker.corridors.queries import VOICES_UNFOLDED
from tracker.feeds.encoding import in_language
from tracker.feeds.snapshot import (
    AttemptView,
    BaseRate,
    CorridorView,
    Snapshot,
    StatementView,
)
from tracker.lib.drawing import DayRow
from tracker.lib.stripmap import NARROW_WIDTH, Stop, Strip
from tracker.lib.text import as_sentence, split_link, web_address
from tracker.sentences.wording import say
from tracker.situation import addresses
from tracker.situation.rows_incidents import IncidentRow, incident_rows

PAST_SHOWN = 5
INCIDENTS_SHOWN = 3
INCIDENTS_SHOWN_OF_ONE = 5
ATTEMPTS_SHOWN = 30
# A row of fewer days would be stretched to slabs.
LEAST_DAYS = 21


@dataclass(frozen=True, slots=True)
class Card:
    """One corridor on the status page."""

    url: str
    origin: str
    destination: str
    status: str
    line: str
    last_word_at: datetime | None
    stale: bool
    days: DayRow


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One line of the table "who says so", as its component reads it."""

    who: str
    standing: str
    says: str
    status: str
    at: datetime
    url: str
    short: str = ""
    event_url: str = ""
    of: str = "corridor"


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt, as its component reads it; `corridor` is where, `source_url` outside."""

    day: date
    status: str
    reason: str
    vehicles: int | None
    people: int | None
    source: str
    url: str
    corridor: str = ""
    source_url: str = ""
    word: str = ""
    people_about: bool = False


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One point of the agreement, as its component reads it."""

    label: str
    detail: str
    state: str
    word: str


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """A convoy that may be told of."""

    day: date
    words: str


@dataclass(frozen=True, slots=True)
class StatusPage:
    """The status page: what is open, who says so, what happened."""

    headline: str
    lede: str
    cards: tuple[Card, ...]
    past: tuple[AttemptRow, ...]
    incidents: tuple[IncidentRow, ...]
    journeys: tuple[JourneyRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CorridorPage:
    """The page of one corridor."""

    slug: str
    origin: str
    destination: str
    status: str
    line: str
    claims: tuple[ClaimRow, ...]
    older_claims: tuple[ClaimRow, ...]
    window_words: tuple[str, ...]
    agreed: str
    checks: tuple[CheckRow, ...]
    attempts: tuple[AttemptRow, ...]
    attempts_more: int
    attempts_words: str
    rate_words: str
    days: DayRow
    road: Strip | None
    length_km: float | None
    length_source: str
    length_url: str
    incidents: tuple[IncidentRow, ...]
    journeys: tuple[JourneyRow, ...]


def status_page(snapshot: Snapshot, *, language: str, at: datetime) -> StatusPage:
    """Return the status page in a language."""
    return StatusPage(
        headline=in_language(snapshot.headline, language),
        lede=_lede(snapshot, language),
        cards=tuple(
            _card(corridor, language, at, first=_first_day(snapshot))
            for corridor in snapshot.corridors
        ),
        past=_past(snapshot),
        incidents=incident_rows(snapshot.incidents[:INCIDENTS_SHOWN], language=language),
        journeys=_journey_rows(snapshot, language),
        notes=(
            say("convoy.no_positions")[language],
            say("arrival.not_about_persons")[language],
        ),
    )


def corridor_page(
    corridor: CorridorView, snapshot: Snapshot, *, language: str, at: datetime
) -> CorridorPage:
    """Return the page of one corridor in a language."""
    shown = corridor.attempts[:ATTEMPTS_SHOWN]
    length_source, length_url = split_link(corridor.length_note)
    claims = tuple(_claim_row(statement) for statement in corridor.statements)
    since = at - VOICES_UNFOLDED
    return CorridorPage(
        slug=corridor.slug,
        origin=corridor.origin,
        destination=corridor.destination,
        status=corridor.status,
        line=in_language(corridor.line, language, corridor.basis),
        claims=tuple(claim for claim in claims if claim.at > since),
        older_claims=tuple(claim for claim in claims if claim.at <= since),
        window_words=tuple(in_language(window.sentence, language) for window in corridor.windows),
        agreed=_agreed_words(corridor),
        checks=_check_rows(corridor),
        attempts=tuple(_attempt_row(attempt) for attempt in shown),
        attempts_more=len(corridor.attempts) - len(shown),
        attempts_words=_attempts_words(corridor.attempts),
        rate_words=_rate_words(corridor.base_rate),
        days=_day_row(corridor, at, first=_first_day(snapshot)),
        road=_road(corridor),
        length_km=corridor.length_km,
        length_source=length_source,
        length_url=length_url,
        incidents=incident_rows(
            [each for each in snapshot.incidents if corridor.slug in each.corridor_slugs][
                :INCIDENTS_SHOWN_OF_ONE
            ],
            language=language,
        ),
        journeys=_journey_rows(snapshot, language, slug=corridor.slug),
    )


def _lede(snapshot: Snapshot, language: str) -> str:
    """Return the line of the corridor that was spoken of last, if that still counts."""
    fresh = [corridor for corridor in snapshot.corridors if not corridor.stale]
    newest = max(fresh, key=lambda corridor: _seconds(corridor.last_word_at), default=None)
    return in_language(newest.line, language) if newest else ""


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


def _road(corridor: CorridorView) -> Strip | None:
    """Return the road with its places and nobody on it, `None` where it is not surveyed."""
    if corridor.length_km is None or not corridor.points:
        return None
    names = [point.name for point in corridor.points]
    return Strip(
        stops=tuple(Stop(point.km, point.name, "on_road") for point in corridor.points),
        total_km=corridor.length_km,
        spoken=_("The road in use: %(places)s") % {"places": ", ".join(names)},
        width=NARROW_WIDTH,
    )


def _card(corridor: CorridorView, language: str, at: datetime, *, first: date | None) -> Card:
    return Card(
        url=addresses.corridor(corridor.slug, language),
        origin=corridor.origin,
        destination=corridor.destination,
        status=corridor.status,
        line=in_language(corridor.line, language, corridor.basis),
        last_word_at=corridor.last_word_at,
        stale=corridor.stale,
        days=_day_row(corridor, at, first=first),
    )


def _first_day(snapshot: Snapshot) -> date | None:
    """Return the day that every row begins with, so that rows below each other compare."""
    days = [view.day for corridor in snapshot.corridors for view in corridor.days]
    return min(days, default=None)


def _day_row(corridor: CorridorView, at: datetime, *, first: date | None) -> DayRow:
    """Return one state a day from the first day to yesterday; today stands beside it."""
    today = at.astimezone(ZoneInfo(corridor.time_zone)).date()
    by_day = {view.day: view.status for view in corridor.days}
    start = min(first, today - timedelta(days=LEAST_DAYS)) if first else today
    days = [start + timedelta(days=number) for number in range((today - start).days)]
    return DayRow(
        states=tuple(by_day.get(day, "") for day in days),
        label=_days_words(list(by_day.values())),
        first=format_date(start, "j F"),
        last=_("today"),
        today=corridor.status,
    )


def _days_words(statuses: Sequence[str]) -> str:
    if not statuses:
        return _("no day with an attempt on record")
    words = ngettext("%(n)d day with an attempt", "%(n)d days with an attempt", len(statuses))
    got_out = sum(status != CorridorStatus.CLOSED for status in statuses)
    return _("%(days)s: on %(out)d of them people got out") % {
        "days": words % {"n": len(statuses)},
        "out": got_out,
    }


def _past(snapshot: Snapshot) -> tuple[AttemptRow, ...]:
    rows = [
        _attempt_row(attempt, corridor=corridor.name)
        for corridor in snapshot.corridors
        for attempt in corridor.attempts
    ]
    return tuple(sorted(rows, key=lambda row: row.day, reverse=True)[:PAST_SHOWN])


def _attempt_row(attempt: AttemptView, *, corridor: str = "") -> AttemptRow:
    reason = attempt.reason or str(ReasonCode(attempt.reason_code).label)
    succeeded = attempt.outcome == AttemptStatus.SUCCEEDED
    return AttemptRow(
        day=attempt.day,
        status=attempt.outcome,
        reason="" if succeeded and not attempt.reason else as_sentence(reason),
        vehicles=attempt.buses,
        people=attempt.people_arrived,
        people_about=attempt.people_arrived is not None and not attempt.source_title,
        source=attempt.source_title,
        url="",
        source_url=web_address(attempt.source_url),
        corridor=corridor,
    )


def _claim_row(statement: StatementView) -> ClaimRow:
    parts = [statement.who_detail]
    if statement.first_hand:
        parts.append(_("first hand"))
    if statement.grade:
        parts.append(_("graded %(grade)s") % {"grade": " ".join(statement.grade)})
    if statement.corrected:
        parts.append(_("corrected"))
    return ClaimRow(
        who=statement.who,
        standing="; ".join(part for part in parts if part),
        says=statement.says,
        status=statement.claims,
        short=_("not clear") if statement.claims == CorridorStatus.UNKNOWN else "",
        at=statement.said_at,
        url=web_address(statement.source_url),
    )


def _agreed_words(corridor: CorridorView) -> str:
    return _("%(agreed)d of %(points)d points are agreed") % {
        "agreed": corridor.agreed_count,
        "points": len(corridor.agreement),
    }


def _check_rows(corridor: CorridorView) -> tuple[CheckRow, ...]:
    words = {
        "AGREED": _("agreed"),
        "ONE_SIDE": _("one side"),
        "CONTESTED": _("contested"),
        "SILENT": _("nobody has said"),
    }
    return tuple(
        CheckRow(
            label=str(AgreementItem(point.key).label),
            detail=point.note,
            state=point.state,
            word=words[point.state],
        )
        for point in corridor.agreement
    )


def _attempts_words(attempts: Sequence[AttemptView]) -> str:
    if not attempts:
        return _("No attempt on record")
    count = ngettext("%(n)d attempt on record", "%(n)d attempts on record", len(attempts))
    completed = sum(attempt.outcome == AttemptStatus.SUCCEEDED for attempt in attempts)
    return _("%(attempts)s, %(completed)d completed") % {
        "attempts": count % {"n": len(attempts)},
        "completed": completed,
    }


def _rate_words(rate: BaseRate | None) -> str:
    if rate is None:
        return ""
    return _(
        "Of %(n)d attempts with a known end %(arrived)d brought everybody out, %(partly)d some "
        "people, %(not)d nobody. A record of what was found, not a random sample."
    ) % {"n": rate.n, "arrived": rate.arrived, "partly": rate.partly, "not": rate.not_through}


def _journey_rows(snapshot: Snapshot, language: str, *, slug: str = "") -> tuple[JourneyRow, ...]:
    return tuple(
        JourneyRow(journey.day, in_language(journey.headline, language))
        for journey in snapshot.journeys
        if slug in {"", journey.corridor_slug}
    )
