"""How a kind of log event is declared: its subject, the shape of its data, and who judges it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

Unit = Literal["corridor", "checkpoint", "attempt", "convoy", "incident"]

# The subject keys of LogEvent, by the name that a new event uses for them.
SUBJECTS = (
    "corridor",
    "window",
    "checkpoint",
    "attempt",
    "convoy",
    "other_convoy",
    "vehicle",
    "incident",
)


class Data(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an event says beyond its subjects and times; unknown fields are refused."""


class Nothing(Data, frozen=True, kw_only=True):
    """No data beyond subject and time; a note may stand beside it."""

    note: str = ""


class NewEvent(msgspec.Struct, frozen=True):
    """A fact on its way into the log, already addressed to subjects that its sender may see.

    `client_id` is made by the sender and makes a repeat harmless; times are aware; `is_confirmed`
    says that the sender was asked about an odd value and stands by it; `may_open` that the door
    found them allowed to call a road open; `age` how long ago it happened as it was sent, by a
    clock that nobody can set, where the device has one; `via` the way on which it came;
    `source_id` names who says so, if not the sender.
    """

    kind: str
    client_id: UUID
    occurred_at: datetime
    subjects: Mapping[str, UUID]
    data: Mapping[str, Any] = {}
    recorded_at: datetime | None = None
    device_id: str = ""
    device_seq: int | None = None
    via: str = ""
    source_id: UUID | None = None
    corrects_id: UUID | None = None
    reason: str = ""
    is_confirmed: bool = False
    may_open: bool = False
    constructed: bool = False
    age: timedelta | None = None
    # The rows of the subjects that stand, put in by the door, so that no check asks for them again.
    standing: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong or odd about an event: a code, the field, and the values its text needs.

    A question may be answered by sending the event again with `is_confirmed`.
    """

    code: str
    where: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    is_question: bool = False


Check = Callable[[NewEvent, Any], list[Finding]]
# Judges the way on which an event came.
WayCheck = Callable[[NewEvent], list[Finding]]
# Judges whether a stored entry may be withdrawn or given another time.
UndoCheck = Callable[[Any], list[Finding]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of log event.

    `unit` is the subject whose state it changes, `None` for a kind that changes none;
    `creates` names the subject that this event brings into being; `needs` and `allows` are the
    other subjects it must or may name; `check(event, data)` judges it against what stands,
    `check_undo(entry)` whether it may be withdrawn or given another time;
    `check_way(event)` whether it, or a correction of it, may come on the way that it came;
    `is_good_news` marks what may lure people into danger if it is false.
    """

    name: str
    unit: Unit | None
    data: type[Data] = Nothing
    creates: str = ""
    needs: tuple[str, ...] = ()
    allows: tuple[str, ...] = ()
    check: Check | None = None
    check_undo: UndoCheck | None = None
    check_way: WayCheck | None = None
    is_good_news: bool = False
