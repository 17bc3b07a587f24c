"""The ledger as double entry: an account for each vehicle and for each place. Pure.

Whoever changes from one account to another is an entry in both, so that each vehicle balances by
itself and every place shows who was counted, came, and stayed there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from tracker.headcounts.accounts import Accounts, accounts
from tracker.headcounts.balance import Balance, CountPoint, balance
from tracker.headcounts.departures import Departure, changes_of
from tracker.headcounts.ledger import (
    RESTRICTED,
    Category,
    Item,
    Ledger,
    by_vehicle,
    in_column,
    sign,
)
from tracker.headcounts.spans import NOBODY, Span


@dataclass(frozen=True, slots=True)
class VehicleBook:
    """One vehicle by itself: what balances, and in which account its people are."""

    vehicle_id: UUID
    balance: Balance
    accounts: Accounts


@dataclass(frozen=True, slots=True)
class PlaceBook:
    """One place: who boarded and was counted there, who came, went or is explained there.

    `place` is "" for what was told without one; `boarded` is `None` where nobody boarded there.
    """

    place: str
    boarded: Span | None = None
    boarded_event_ids: tuple[UUID, ...] = ()
    counts: tuple[CountPoint, ...] = ()
    changes: tuple[Departure, ...] = ()


def _entry_of(item: Item, vehicle_id: UUID) -> Item:
    """Return an entry as the book of one vehicle has it; a move is a coming or a going there."""
    own = replace(item, vehicle_id=None, to_vehicle_id=None)
    if item.category != Category.MOVED:
        return own
    comes = item.to_vehicle_id == vehicle_id
    return replace(own, comes_in=comes, leaves=not comes)


def vehicle_books(ledger: Ledger) -> dict[UUID, VehicleBook]:
    """Return the book of each vehicle that anything was told of, by its key."""
    entries: dict[UUID, list[Item]] = {}
    for item in in_column(ledger).items:
        for vehicle_id in {item.vehicle_id, item.to_vehicle_id} - {None}:
            assert vehicle_id is not None
            entries.setdefault(vehicle_id, []).append(_entry_of(item, vehicle_id))
    books = {}
    for vehicle_id, items in entries.items():
        own = Ledger(items=tuple(items))
        books[vehicle_id] = VehicleBook(vehicle_id, balance(own), accounts(own))
    return books


def sum_by_vehicle(books: Iterable[VehicleBook]) -> Span:
    """Return how many are aboard the vehicles that gave a number, and no others."""
    total = NOBODY
    for book in books:
        if book.balance.on_board is not None:
            total = total.plus(book.balance.on_board)
    return total


def place_books(ledger: Ledger, *, sees_restricted: bool) -> list[PlaceBook]:
    """Return the book of each place in the order in which it was first told of.

    Who may not see who was detained, separated or died sees at no place that somebody was.
    """
    items: dict[str, list[Item]] = {}
    for item in in_column(ledger).items:
        if sees_restricted or item.category not in RESTRICTED:
            items.setdefault(item.place, []).append(item)
    found = balance(ledger)
    points = (*found.points, *found.beside)
    books = [_place_book(place, own, points) for place, own in items.items()]
    return [book for book in books if book.boarded or book.counts or book.changes]


def _place_book(place: str, items: Sequence[Item], points: Sequence[CountPoint]) -> PlaceBook:
    boarded = [item for item in items if item.category == Category.BOARDED]
    whole = [item for item in boarded if item.vehicle_id is None]
    people, used = (whole[-1].people, whole[-1:]) if whole else by_vehicle(boarded, frozenset())
    moved = [item for item in items if sign(item) or item.category == Category.EXPLAINED]
    return PlaceBook(
        place=place,
        boarded=people if used else None,
        boarded_event_ids=tuple(item.event_id for item in used),
        counts=tuple(point for point in points if point.place == place),
        changes=changes_of(moved),
    )
