"""What a short code such as HELD means as entries of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import Via

_KINDS = {
    "ARR": "convoy.arrived_at",
    "DEP": "convoy.departed",
    "HELD": "convoy.held",
    "CLEAR": "convoy.cleared",
    "BACK": "convoy.turned_back",
    "COUNT": "people.counted",
    "SOS": "sos",
    "NOTE": "note",
}
WORDS = tuple(_KINDS)
# Without a checkpoint these would say that the journey, or the whole road, is done.
WITH_PLACE = frozenset({"ARR", "CLEAR"})
_PEOPLE = "people.counted"
_VEHICLES = "contact.made"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortReport:
    """One message as its sender meant it; `root` makes a repeat harmless, `at` is field time."""

    root: UUID
    word: str
    convoy_id: UUID
    at: datetime
    checkpoint_id: UUID | None = None
    vehicles: int | None = None
    people: int | None = None
    note: str = ""
    device_id: str = ""
    device_seq: int | None = None


def kind_of(word: str) -> str:
    """Return the kind of entry that a word makes."""
    return _KINDS[word]


def _event(report: ShortReport, kind: str, data: Mapping[str, Any]) -> NewEvent:
    subjects = {"convoy": report.convoy_id}
    if report.checkpoint_id is not None:
        subjects["checkpoint"] = report.checkpoint_id
    return NewEvent(
        kind=kind,
        client_id=uuid5(report.root, kind),
        occurred_at=report.at,
        subjects=subjects,
        data=data,
        device_id=report.device_id,
        device_seq=report.device_seq,
        via=Via.SMS,
    )


def events_of(report: ShortReport) -> list[NewEvent]:
    """Return the entries of a report: its word first, then the people, then the vehicles."""
    kind = kind_of(report.word)
    note = {"note": report.note} if report.note else {}
    if kind == _PEOPLE:
        found = [_event(report, kind, {"people": report.people, **note})]
    else:
        found = [_event(report, kind, note)]
        if report.people is not None:
            found.append(_event(report, _PEOPLE, {"people": report.people}))
    if report.vehicles is not None:
        found.append(_event(report, _VEHICLES, {"vehicles_seen": report.vehicles}))
    return found


def without_place(report: ShortReport) -> ShortReport:
    """Return the report without its checkpoint: better a call for help without it than none."""
    return replace(report, checkpoint_id=None)
