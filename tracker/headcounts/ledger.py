"""The entries of one convoy's ledger as the balance reads them, and how they add up. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from tracker.headcounts.models import PeopleEntry
from tracker.headcounts.spans import NOBODY, NOT_REPORTED, Span

Category = PeopleEntry.Category
RESTRICTED = frozenset({Category.DETAINED, Category.SEPARATED, Category.DIED})
HANDED_OVER = Category.HANDED_OVER
OUT = (
    frozenset({Category.LEFT, Category.HOSPITAL, Category.TURNED_BACK, Category.HANDED_OVER})
    | RESTRICTED
)
COUNTS = frozenset({Category.COUNTED, Category.ARRIVED})


@dataclass(frozen=True, slots=True)
class Item:
    """One ledger entry as the balance reads it; `comes_in` turns a move into an arrival.

    `cars` are the private cars of followers, `None` where nobody counted them.
    """

    event_id: UUID
    category: str
    people: Span
    at: datetime
    vehicle_id: UUID | None = None
    to_vehicle_id: UUID | None = None
    place: str = ""
    comes_in: bool = False
    leaves: bool = False
    is_follower: bool = False
    cars: int | None = None
    groups: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_hard(self) -> bool:
        """Tell whether it names a number that is more than an estimate."""
        return self.people.high is not None and not self.people.is_estimate


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries of one convoy, with its vehicles and the number planned."""

    items: tuple[Item, ...]
    vehicle_ids: frozenset[UUID] = field(default_factory=frozenset)
    planned: int | None = None


def in_column(ledger: Ledger) -> Ledger:
    """Return the ledger in order of time, without those who follow in cars of their own."""
    own = (item for item in ledger.items if not item.is_follower)
    return replace(ledger, items=tuple(sorted(own, key=_order)))


def following(ledger: Ledger) -> list[Item]:
    """Return the entries about those who follow, in order of time."""
    return sorted((item for item in ledger.items if item.is_follower), key=_order)


def _order(item: Item) -> tuple[datetime, UUID]:
    return item.at, item.event_id


def sign(item: Item) -> int:
    """Return 1 for people who come, -1 for people who go, 0 for what changes no total."""
    if item.category == Category.JOINED or item.comes_in:
        return 1
    return -1 if item.category in OUT or item.leaves else 0


def applied(total: Span, items: Iterable[Item]) -> Span:
    """Return a total changed by what came and went."""
    for item in items:
        direction = sign(item)
        if direction:
            total = total.plus(item.people) if direction > 0 else total.minus(item.people)
    return total


def by_vehicle(items: Iterable[Item], vehicle_ids: frozenset[UUID]) -> tuple[Span, list[Item]]:
    """Sum the newest number of each vehicle; one that gave none leaves the sum open.

    An estimate takes the place of no number that was counted.
    """
    newest: dict[UUID, Item] = {}
    for item in items:
        if item.vehicle_id is None:
            continue
        before = newest.get(item.vehicle_id)
        if before is None or not (before.is_hard and item.people.is_estimate):
            newest[item.vehicle_id] = item
    total = NOBODY
    for item in newest.values():
        total = total.plus(item.people)
    if vehicle_ids - set(newest):
        total = total.plus(NOT_REPORTED)
    return total, list(newest.values())
