"""Every change of a corridor's status until now, as the log tells it today; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.corridors.effects import CorridorFold, Word, steps
from tracker.corridors.models import CorridorStatus
from tracker.corridors.status import PASSABLE, StatusFacts, Validity, Verdict, derive
from tracker.fieldlog.ordering import Entry


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the status: when, to what, from what, and the entry that brought it.

    `entry` is `None` where no word came: the last one had become old.
    """

    at: datetime
    verdict: Verdict
    was: str
    entry: Entry | None


def facts_of(fold: CorridorFold) -> StatusFacts:
    """Return what a status is derived from."""
    act, announced, adverse = fold.act, fold.announced, fold.adverse
    return StatusFacts(
        operator_status=act.status if act else "",
        operator_event_id=act.event_id if act else None,
        operator_at=act.at if act else None,
        announced_event_id=announced.event_id if announced else None,
        announced_at=announced.at if announced else None,
        adverse_event_id=adverse.event_id if adverse else None,
        adverse_at=adverse.at if adverse else None,
        adverse_status=adverse.status if adverse else "",
        last_word_at=fold.last_word_at,
    )


def _grows_old(fold: CorridorFold, validity: Validity) -> list[datetime]:
    """Return when the words of a fold lose their force, in order."""
    moments = []
    if fold.act:
        moments.append(fold.act.at + _force(fold.act, validity))
    if fold.announced:
        moments.append(fold.announced.at + validity.barred)
    return sorted(moments)


def _force(act: Word, validity: Validity) -> timedelta:
    return validity.passable if act.status in PASSABLE else validity.barred


def _moments(
    entries: Sequence[Entry], *, validity: Validity, now: datetime
) -> Iterator[tuple[datetime, CorridorFold, Entry | None]]:
    """Yield every moment at which the status may change, with the facts as of then."""
    told = [step for step in steps(entries) if step[0].at <= now]
    for index, (entry, fold) in enumerate(told):
        yield entry.at, fold, entry
        until = told[index + 1][0].at if index + 1 < len(told) else now
        for moment in _grows_old(fold, validity):
            if entry.at < moment <= until:
                yield moment, fold, None


def changes(entries: Sequence[Entry], *, validity: Validity, now: datetime) -> tuple[Change, ...]:
    """Return every change of the status until `now`, oldest first."""
    found: list[Change] = []
    status: str = CorridorStatus.UNKNOWN
    for at, fold, entry in _moments(entries, validity=validity, now=now):
        verdict = derive(facts_of(fold), validity=validity, now=at)
        if verdict.status != status:
            found.append(Change(at, verdict, status, entry))
            status = verdict.status
    return tuple(found)
