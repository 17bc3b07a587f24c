"""The status of a corridor, derived from who said what and how old it is; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tracker.corridors.models import CorridorStatus


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """The newest word of each sort: an operator's act, an announcement, an adverse word."""

    operator_status: str = ""
    operator_event_id: UUID | None = None
    operator_at: datetime | None = None
    announced_event_id: UUID | None = None
    announced_at: datetime | None = None
    adverse_event_id: UUID | None = None
    adverse_at: datetime | None = None
    adverse_status: str = ""
    last_word_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Validity:
    """How long an operator's act holds: passage opened shorter than passage barred."""

    passable: timedelta
    barred: timedelta


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status with the event it rests on.

    `basis` says which rule gave it: operator, announced, contradicted, old, silent. `was` is the
    operator's status that has become old or is contradicted.
    """

    status: str
    basis: str
    event_id: UUID | None = None
    since: datetime | None = None
    was: str = ""


PASSABLE = frozenset({CorridorStatus.OPEN, CorridorStatus.RESTRICTED})
BARRED = frozenset({CorridorStatus.SUSPENDED, CorridorStatus.CLOSED})


def _after(a: datetime | None, b: datetime | None) -> bool:
    return a is not None and (b is None or a > b)


def _is_fresh(facts: StatusFacts, validity: Validity, now: datetime) -> bool:
    if not facts.operator_at:
        return False
    limit = validity.passable if facts.operator_status in PASSABLE else validity.barred
    return now - facts.operator_at < limit


def _is_contradicted(facts: StatusFacts) -> bool:
    """Tell whether somebody calls the road worse than the operator did, then or later.

    Times are typed to the minute: of two words of one minute the worse one counts.
    """
    if facts.adverse_at is None or _after(facts.operator_at, facts.adverse_at):
        return False
    if facts.operator_status == CorridorStatus.OPEN:
        return True
    return facts.operator_status == CorridorStatus.RESTRICTED and facts.adverse_status in BARRED


def _without_act(facts: StatusFacts, validity: Validity, now: datetime, was: str) -> Verdict:
    """Return the verdict when no act of an operator holds: at most that one side announces it."""
    announced = facts.announced_at
    if (
        announced is not None
        and now - announced < validity.barred
        and not _after(facts.adverse_at, announced)
        and _after(announced, facts.operator_at)
    ):
        return Verdict(
            CorridorStatus.ANNOUNCED, "announced", facts.announced_event_id, announced, was
        )
    if was:
        return Verdict(
            CorridorStatus.UNKNOWN, "old", facts.operator_event_id, facts.operator_at, was
        )
    return Verdict(CorridorStatus.UNKNOWN, "silent", None, facts.last_word_at)


def derive(facts: StatusFacts, *, validity: Validity, now: datetime) -> Verdict:
    """Return the status at `now`.

    Only an operator's act gives OPEN, RESTRICTED, SUSPENDED or CLOSED, and only while it is fresh.
    A party's announcement gives ANNOUNCED at most. Anybody's word that the road is worse than the
    operator said, and newer, takes OPEN or RESTRICTED away (UNKNOWN, both shown): nobody is sent
    down a road that somebody calls shut.
    """
    if not _is_fresh(facts, validity, now):
        return _without_act(facts, validity, now, facts.operator_status)
    if _is_contradicted(facts):
        return Verdict(
            CorridorStatus.UNKNOWN,
            "contradicted",
            facts.adverse_event_id,
            facts.adverse_at,
            facts.operator_status,
        )
    return Verdict(facts.operator_status, "operator", facts.operator_event_id, facts.operator_at)
