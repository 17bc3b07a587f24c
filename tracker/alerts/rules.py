"""Decide what is worth telling: what stands now against what was told last; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tracker.checkpoints.models import CheckpointStatus
from tracker.convoys.models import ConvoyState
from tracker.corridors.models import CorridorStatus, PassageWindow
from tracker.incidents.models import Severity

# What happened longer ago is added to the record; it is no news.
NEWS_FOR = timedelta(hours=24)

STATUS, WINDOW = "corridor.status", "corridor.window"
CONVOY, SILENCE, HEADCOUNT = "convoy.state", "convoy.silence", "convoy.headcount"
STEP = "convoy.step"
CHECKPOINT, INCIDENT, EMERGENCY = "checkpoint.status", "incident.reported", "emergency"
POSITIONS = "convoy.positions"
# Once so many vehicles are told of, a further one is no news of its own.
MANY_VEHICLES = 4

GOOD_STATUSES = frozenset({CorridorStatus.OPEN, CorridorStatus.ANNOUNCED})
EMERGENCY_KINDS = frozenset({"sos", "medical.emergency"})

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an alert is about, as keys; `zone` is the IANA name of the place's time zone."""

    organisation_id: UUID | None = None
    corridor_id: UUID | None = None
    convoy_id: UUID | None = None
    event_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An alert about to be written; `facts["told"]` is what the next decision compares with.

    `needs_someone`: stays on the board until somebody ends it or a newer state replaces it.
    `is_told` false: nothing is sent, but what was told before no longer stands.
    """

    kind: str
    subject: str
    about: About
    facts: dict[str, Any] = field(default_factory=dict)
    severity: str = Severity.MEDIUM
    is_public: bool = False
    is_good_news: bool = False
    needs_someone: bool = True
    is_told: bool = True


def _told(last: Facts | None) -> str:
    return str(last["told"]) if last else ""


def is_news(*, happened_at: datetime, at: datetime) -> bool:
    """Tell whether something that happened then is still news at `at` (field time)."""
    return abs(at - happened_at) < NEWS_FOR


def status_draft(
    facts: dict[str, Any], *, last: Facts | None, about: About, is_public: bool
) -> Draft | None:
    """Return an alert when the derived status differs from the one told last.

    Before the first word a status is UNKNOWN, so UNKNOWN is never the first alert.
    """
    status = facts["status"]
    before = _told(last) or CorridorStatus.UNKNOWN
    if status == before:
        return None
    is_good = status in GOOD_STATUSES
    return Draft(
        kind=STATUS,
        subject=f"corridor:{about.corridor_id}:status",
        about=about,
        facts={**facts, "told": status, "before": before},
        severity=Severity.MEDIUM if is_good else Severity.HIGH,
        is_public=is_public,
        is_good_news=is_good,
        needs_someone=not is_good,
    )


def _window_change(facts: Facts, last: Facts | None) -> str:
    """Name the change: announced, confirmed, moved, cancelled, or "" when there is none to tell."""
    state = facts["state"]
    before = last["state"] if last else ""
    if state == PassageWindow.State.CANCELLED:
        return "" if before in {"", state} else "cancelled"
    if before in {"", PassageWindow.State.CANCELLED}:
        return str(state).lower()
    assert last is not None
    if (facts["opens_at"], facts["closes_at"]) != (last["opens_at"], last["closes_at"]):
        return "moved"
    return "confirmed" if state != before and state == PassageWindow.State.CONFIRMED else ""


def window_draft(
    facts: dict[str, Any], *, last: Facts | None, about: About, is_public: bool, at: datetime
) -> Draft | None:
    """Return an alert when a window that is not over was announced, confirmed, moved or cancelled.

    Times in `facts` are ISO texts. A window that is over, as it is and as it was
    told, is history.
    """
    ends = [datetime.fromisoformat(one["closes_at"]) for one in (facts, last) if one]
    change = _window_change(facts, last)
    if not change or max(ends) <= at:
        return None
    before = {"was_opens_at": last["opens_at"], "was_closes_at": last["closes_at"]} if last else {}
    is_good = change in {"announced", "confirmed"}
    return Draft(
        kind=WINDOW,
        subject=f"window:{facts['window']}",
        about=about,
        facts={**facts, **before, "told": change, "change": change},
        severity=Severity.MEDIUM if is_good else Severity.HIGH,
        is_public=is_public,
        is_good_news=is_good,
        needs_someone=False,
    )


def _convoy_change(state: str, place: str, last: Facts | None) -> str:
    """Name the change of a convoy, "quiet" for one that is not told, "" for none."""
    before = str(last["state"]) if last else ConvoyState.ASSEMBLING
    if state == ConvoyState.OUT_OF_CONTACT:
        # Told by the rule for silence, which also watches convoys that nobody reports lost.
        return ""
    if state == before:
        moved_on = state == ConvoyState.HELD and last is not None and last["place"] != place
        return "held" if moved_on else ""
    if before == ConvoyState.ARRIVED:
        # Only a correction leads out of an arrival: those who were told must hear it is not so.
        return "arrival_withdrawn"
    if state == ConvoyState.MOVING:
        return "quiet" if before == ConvoyState.HELD else "departed"
    return _STATE_CHANGES[state]


_STATE_CHANGES: dict[str, str] = {
    ConvoyState.ASSEMBLING: "departure_withdrawn",
    ConvoyState.HELD: "held",
    ConvoyState.TURNED_BACK: "turned_back",
    ConvoyState.ARRIVED: "arrived",
}
_GOOD_CHANGES = {"departed", "arrived"}


def convoy_draft(
    facts: dict[str, Any], *, last: Facts | None, about: About, at: datetime
) -> Draft | None:
    """Return an alert when a convoy departed, is held, arrived or turned back, or when that was
    withdrawn; once it moves on, a quiet draft ends the alert about its hold.

    `facts`: state, place (name or ""), since (ISO text), code, …
    """
    change = _convoy_change(facts["state"], facts["place"], last)
    if not change:
        return None
    is_late = not is_news(happened_at=datetime.fromisoformat(facts["since"]), at=at)
    is_told = change != "quiet" and not is_late
    if not is_told and last is None:
        return None
    return Draft(
        kind=CONVOY,
        subject=f"convoy:{about.convoy_id}:state",
        about=about,
        facts={**facts, "told": facts["state"], "change": change},
        severity=Severity.HIGH if change == "turned_back" else Severity.MEDIUM,
        is_good_news=change in _GOOD_CHANGES,
        needs_someone=is_told and change not in _GOOD_CHANGES,
        is_told=is_told,
    )


def _raised_or_over(draft: Draft, *, stands: bool, last: Facts | None) -> Draft | None:
    """Return the alert when its cause stands and was not told as such, or its quiet end."""
    told = _told(last)
    if stands:
        return draft if draft.facts["told"] != told else None
    if not told:
        return None
    return Draft(
        kind=draft.kind,
        subject=draft.subject,
        about=draft.about,
        facts={**draft.facts, "told": ""},
        severity=draft.severity,
        needs_someone=False,
        is_told=False,
    )


def silence_subjects(convoy_id: UUID | None, steps: Iterable[str]) -> list[str]:
    """Return the subjects of all alerts about one silence: of itself, and of each of its steps."""
    return [f"convoy:{convoy_id}:contact", *(f"convoy:{convoy_id}:step:{each}" for each in steps)]


def silence_draft(
    facts: dict[str, Any], *, began_at: datetime | None, last: Facts | None, about: About
) -> Draft | None:
    """Return one alert for each silence of a convoy, and its quiet end once it was reached.

    `began_at` is when it went dark, `None` for a convoy that is not.
    """
    draft = Draft(
        kind=SILENCE,
        subject=silence_subjects(about.convoy_id, ())[0],
        about=about,
        facts={**facts, "told": began_at.isoformat() if began_at else ""},
        severity=Severity.HIGH,
    )
    return _raised_or_over(draft, stands=began_at is not None, last=last)


def step_draft(
    facts: dict[str, Any], *, began_at: datetime | None, last: Facts | None, about: About
) -> Draft | None:
    """Return one alert for a step that is overdue, and its quiet end once somebody took it.

    `facts["step"]` is its code; `began_at` is `None` for a step that is not overdue.
    """
    draft = Draft(
        kind=STEP,
        subject=silence_subjects(about.convoy_id, [facts["step"]])[1],
        about=about,
        facts={**facts, "told": began_at.isoformat() if began_at else ""},
        severity=Severity.HIGH,
    )
    return _raised_or_over(draft, stands=began_at is not None, last=last)


def headcount_draft(facts: dict[str, Any], *, last: Facts | None, about: About) -> Draft | None:
    """Return an alert when people are not accounted for, or another number of them than was told.

    `facts["gap"]`: people missing (positive), too many (negative), 0 or `None` for no count.
    """
    gap = facts["gap"]
    draft = Draft(
        kind=HEADCOUNT,
        subject=f"convoy:{about.convoy_id}:headcount",
        about=about,
        facts={**facts, "told": str(gap)},
        severity=Severity.HIGH,
    )
    return _raised_or_over(draft, stands=bool(gap), last=last)


def checkpoint_draft(
    facts: dict[str, Any], *, last: Facts | None, about: About, at: datetime
) -> Draft | None:
    """Return an alert when a checkpoint closes, and its quiet end when it is no longer closed."""
    closed = facts["status"] == CheckpointStatus.CLOSED
    since = datetime.fromisoformat(facts["since"]) if facts["since"] else at
    draft = Draft(
        kind=CHECKPOINT,
        subject=f"checkpoint:{facts['checkpoint']}:status",
        about=about,
        facts={**facts, "told": "closed"},
        severity=Severity.HIGH,
    )
    return _raised_or_over(draft, stands=closed and is_news(happened_at=since, at=at), last=last)


def incident_draft(
    facts: dict[str, Any], *, last: Facts | None, about: About, at: datetime
) -> Draft | None:
    """Return an alert for an incident that is news; what follows stands on its page."""
    if last is not None or not is_news(happened_at=datetime.fromisoformat(facts["at"]), at=at):
        return None
    return Draft(
        kind=INCIDENT,
        subject=f"incident:{facts['incident']}",
        about=about,
        facts={**facts, "told": "reported"},
        severity=facts["severity"],
    )


def emergency_draft(
    facts: dict[str, Any], *, last: Facts | None, about: About, at: datetime
) -> Draft | None:
    """Return an alert for a call for help or a medical emergency, also from a phone with a wrong
    clock: a time in dispute must not silence it.
    """
    happened_at = datetime.fromisoformat(facts["at"])
    if last is not None or not (facts["disputed"] or is_news(happened_at=happened_at, at=at)):
        return None
    return Draft(
        kind=EMERGENCY,
        subject=f"event:{about.event_id}",
        about=about,
        facts={**facts, "told": facts["kind"]},
        severity=Severity.CRITICAL,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A message that calls for help (`kind` "sos") or may ("may_be").

    `caller` is what staff call the telephone, or its number masked; `says` its words; `mark` is
    the same for each repeat.
    """

    kind: str
    caller: str
    says: str
    mark: str


def call_draft(facts: dict[str, Any], *, mark: str, about: About) -> Draft:
    """Return the alert for a message that calls for help and is in no log."""
    return Draft(
        kind=EMERGENCY,
        subject=f"call:{mark}",
        about=about,
        facts={**facts, "told": facts["kind"]},
        severity=Severity.CRITICAL,
    )


def positions_subject(convoy_id: UUID | None, problem: str) -> str:
    """Return the subject of the alerts about one problem that a convoy's trackers show."""
    return f"convoy:{convoy_id}:{problem}"


def positions_draft(facts: dict[str, Any], *, last: Facts | None, about: About) -> Draft | None:
    """Return an alert when a vehicle is newly off the road, apart from its column or reports odd
    positions, and its quiet end when none is.

    `facts`: problem, vehicles (since when as ISO text, by code), … One alert speaks of them all; a
    vehicle that has come back and strays again is told again.
    """
    vehicles: dict[str, str] = facts["vehicles"]
    draft = Draft(
        kind=POSITIONS,
        subject=positions_subject(about.convoy_id, facts["problem"]),
        about=about,
        facts={**facts, "change": facts["problem"], "told": "stands"},
        severity=Severity.HIGH,
    )
    if last is None or not _told(last) or not vehicles:
        return _raised_or_over(draft, stands=bool(vehicles), last=last)
    known, told_at = last["vehicles"], last["seen_at"]
    is_news = any(code not in known or since > told_at for code, since in vehicles.items())
    return draft if is_news and len(known) < MANY_VEHICLES else None
