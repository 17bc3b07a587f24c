"""Who is no longer on board, and who came, summed by category; some see it without causes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tracker.headcounts.ledger import RESTRICTED, Category, Item
from tracker.headcounts.spans import NOBODY, Span

AWAY = "AWAY"
MOVED_IN = "MOVED_IN"
MOVED_OUT = "MOVED_OUT"


@dataclass(frozen=True, slots=True)
class Departure:
    """People who are no longer on board, or who came, by category; AWAY hides which one."""

    category: str
    people: Span
    at: datetime
    place: str
    event_ids: tuple[UUID, ...]


def changes_of(items: Iterable[Item]) -> tuple[Departure, ...]:
    """Sum what came and went by category, in the order in which it first happened."""
    sums: dict[str, Departure] = {}
    for item in items:
        name = item.category
        if item.category == Category.MOVED:
            name = MOVED_IN if item.comes_in else MOVED_OUT
        before = sums.get(name)
        sums[name] = Departure(
            category=name,
            people=before.people.plus(item.people) if before else item.people,
            at=item.at,
            place=item.place if not before or before.place == item.place else "",
            event_ids=((*before.event_ids, item.event_id) if before else (item.event_id,)),
        )
    return tuple(sums.values())


def without_detail(changes: Sequence[Departure]) -> tuple[Departure, ...]:
    """Merge what only some may see (detained, separated, died) into one number without a cause."""
    hidden = [each for each in changes if each.category in RESTRICTED]
    if not hidden:
        return tuple(changes)
    total = NOBODY
    for each in hidden:
        total = total.plus(each.people)
    merged = Departure(AWAY, total, max(each.at for each in hidden), "", ())
    return (*(each for each in changes if each.category not in RESTRICTED), merged)
