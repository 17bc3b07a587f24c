"""Stored events without a database, for the pure folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st

from tracker.fieldlog.ordering import Entry, effective

NOON = datetime(2022, 4, 1, 9, 0, tzinfo=UTC)


@dataclass
class Fact:
    """A stored event with what the order reads of it."""

    kind: str = "note"
    ordered_at: datetime = NOON
    data: dict[str, Any] = field(default_factory=dict)
    id: UUID = field(default_factory=uuid4)
    occurred_at: datetime = NOON
    received_at: datetime = NOON
    time_disputed: bool = False
    device_id: str = ""
    device_seq: int | None = None
    via: str = ""
    by_id: int | None = None
    source_id: UUID | None = None
    corrects_id: UUID | None = None
    reason: str = ""
    corridor_id: UUID | None = None
    window_id: UUID | None = None
    checkpoint_id: UUID | None = None
    attempt_id: UUID | None = None
    convoy_id: UUID | None = None
    other_convoy_id: UUID | None = None
    vehicle_id: UUID | None = None
    incident_id: UUID | None = None
    constructed: bool = False


def after(minutes: int) -> datetime:
    """Return noon and so many minutes."""
    return NOON + timedelta(minutes=minutes)


def correction(of: Fact, *, minutes: int = 0, withdraw: bool = False, **data: Any) -> Fact:
    """Return a correction that changes fields of a fact or withdraws it."""
    body = {"data": data, "withdraw": withdraw, "occurred_at": None}
    return Fact("correction", after(minutes), body, corrects_id=of.id)


def entries(*facts: Fact) -> tuple[Entry, ...]:
    """Return the entries that a fold gets."""
    return effective(facts)


@st.composite
def arrivals(draw: st.DrawFn, facts: st.SearchStrategy[list[Fact]]) -> tuple[Sequence[Fact], ...]:
    """Return a history as it happened, and as it arrived: in any order, with any repeats."""
    history = draw(facts)
    repeats = draw(st.lists(st.sampled_from(history), max_size=3))
    return history, draw(st.permutations([*history, *repeats]))
