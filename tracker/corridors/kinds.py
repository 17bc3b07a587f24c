"""Kinds of log event about corridors."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from tracker.corridors.models import CorridorStatus, PassageWindow
from tracker.corridors.status import BARRED, PASSABLE
from tracker.fieldlog.kinds import Data, Finding, Kind, NewEvent, Nothing

Text = Annotated[str, Meta(max_length=4000)]
Line = Annotated[str, Meta(max_length=300)]
Url = Annotated[str, Meta(max_length=600, pattern=r"^(https?://\S+)?$")]


class Stated(Data, frozen=True, kw_only=True):
    """What a source says of the corridor; `claims` is the status it asserts, or UNKNOWN.

    `opens_on` is the day on which it is to open by the same word, `opens_part` the part of that
    day; an hour belongs into a passage window.
    """

    says: Annotated[str, Meta(min_length=1, max_length=4000)]
    claims: Literal["ANNOUNCED", "OPEN", "RESTRICTED", "SUSPENDED", "CLOSED", "UNKNOWN"]
    credibility: Annotated[int, Meta(ge=1, le=6)] = 6
    opens_on: date | None = None
    opens_part: Literal["", "MORNING", "AFTERNOON", "EVENING"] = ""
    first_hand: bool = False
    relayed_by: Line = ""
    is_public: bool = False
    source_title: Line = ""
    source_url: Url = ""


class Act(Data, frozen=True, kw_only=True):
    """An operator's act on the status; the log's reason field says why."""

    note: Text = ""


class Window(Data, frozen=True, kw_only=True):
    """A passage window [opens_at, closes_at); aware times."""

    opens_at: datetime
    closes_at: datetime
    is_confirmed: bool = False


class Word(Data, frozen=True, kw_only=True):
    """A word that belongs to the corridor's day but asserts no status."""

    says: Annotated[str, Meta(min_length=1, max_length=4000)]
    is_public: bool = False
    source_title: Line = ""
    source_url: Url = ""


def _check_stated(event: NewEvent, data: Stated) -> list[Finding]:
    findings = _check_source(event, data)
    if data.opens_part and data.opens_on is None:
        findings.append(Finding("part_without_day", "opens_on"))
    return findings


def _check_source(event: NewEvent, _: Any) -> list[Finding]:
    return [] if event.source_id else [Finding("source_missing", "source")]


def _check_restricted(event: NewEvent, _: Any) -> list[Finding]:
    """Find a road that no operator calls open and that somebody would now call passable.

    Restricting is for the worse only where the last act let people through.

    Judged whatever the time of the entry, which its sender chooses, and under the lock of the
    corridor: who closes it and who restricts it may tap at once.
    """
    state = getattr(event.standing.get("corridor"), "state", None)
    standing = state.operator_status if state is not None else ""
    if event.may_open or standing in PASSABLE:
        return []
    if standing not in BARRED:
        return [Finding("opens_unopened", "act")]
    status = str(CorridorStatus(standing).label)
    return [Finding("softens_barred", "act", {"status": status})]


def _check_window(event: NewEvent, data: Window) -> list[Finding]:
    if data.is_confirmed and not event.may_open:
        return [Finding("confirms_window", "is_confirmed")]
    if data.opens_at.tzinfo is None or data.closes_at.tzinfo is None:
        return [Finding("time_without_zone", "opens_at")]
    if data.closes_at <= data.opens_at:
        return [Finding("window_ends_before_start", "closes_at")]
    findings = []
    if (data.closes_at - data.opens_at).days >= 14:
        findings.append(Finding("window_very_long", "closes_at", is_question=True))
    window: PassageWindow | None = event.standing.get("window")
    if window is not None and window.state == PassageWindow.State.CANCELLED:
        # From a page that was opened before somebody cancelled it.
        findings.append(Finding("window_cancelled", "opens_at", is_question=True))
    return findings


STATUS_BY_ACT = {
    "corridor.confirmed": "OPEN",
    "corridor.restricted": "RESTRICTED",
    "corridor.suspended": "SUSPENDED",
    "corridor.closed": "CLOSED",
}

KINDS = (
    Kind("corridor.stated", "corridor", Stated, check=_check_stated),
    Kind("corridor.confirmed", "corridor", Act, is_good_news=True),
    Kind("corridor.restricted", "corridor", Act, check=_check_restricted),
    Kind("corridor.suspended", "corridor", Act),
    Kind("corridor.closed", "corridor", Act),
    Kind("window.announced", "corridor", Window, creates="window", check=_check_window),
    Kind("window.moved", "corridor", Window, needs=("window",), check=_check_window),
    Kind("window.cancelled", "corridor", Nothing, needs=("window",)),
    Kind("advisory.issued", "corridor", Word),
    Kind("talks.reported", "corridor", Word, check=_check_source),
)
