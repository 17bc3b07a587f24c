"""Those who follow a convoy in private cars: a group of their own, in no count of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tracker.headcounts.ledger import Category, Item, applied, sign
from tracker.headcounts.spans import NOBODY, Span

_NO_NUMBER = frozenset({Category.EXPLAINED, Category.MOVED})


@dataclass(frozen=True, slots=True)
class Followers:
    """How many follow, as last told; `cars` is `None` where nobody counted them."""

    people: Span
    cars: int | None
    at: datetime
    event_id: UUID


def _people_after(found: Followers | None, item: Item) -> Span:
    if sign(item):
        return applied(found.people if found else NOBODY, [item])
    is_told = item.people.high is not None
    return item.people if is_told or found is None else found.people


def _cars_after(cars: int | None, item: Item) -> int | None:
    if item.cars is None:
        return cars
    if not sign(item):
        return item.cars
    if sign(item) > 0:
        return (cars or 0) + item.cars
    return None if cars is None else max(0, cars - item.cars)


def followers_of(items: Iterable[Item]) -> Followers | None:
    """Return who follows by the newest number of them, and by who came and went since.

    `items` are the entries about them in order of time.
    """
    found: Followers | None = None
    for item in items:
        if item.category in _NO_NUMBER:
            continue
        cars = _cars_after(found.cars if found else None, item)
        found = Followers(_people_after(found, item), cars, item.at, item.event_id)
    return found
