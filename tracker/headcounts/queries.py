"""Questions to the ledger of people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from tracker.convoys.models import Convoy, Vehicle
from tracker.headcounts.accounts import Accounts, accounts
from tracker.headcounts.balance import Balance, balance
from tracker.headcounts.ledger import Item, Ledger
from tracker.headcounts.models import PeopleEntry
from tracker.headcounts.spans import span_of


def entries_in_order(convoys: Iterable[Convoy], *, at: datetime) -> QuerySet[PeopleEntry]:
    """Return the entries of convoys, and those that came to them from others, until `at`."""
    ids = [convoy.pk for convoy in convoys]
    return (
        PeopleEntry.objects.filter(Q(convoy_id__in=ids) | Q(event__other_convoy_id__in=ids))
        .filter(at__lte=at)
        .select_related("event", "checkpoint")
        .order_by("at", "event_id")
    )


def _item(entry: PeopleEntry, convoy_id: UUID) -> Item:
    is_between = entry.event.other_convoy_id is not None
    return Item(
        event_id=entry.event_id,
        category=entry.category,
        people=span_of(
            people=entry.people,
            low=entry.people_low,
            high=entry.people_high,
            is_estimate=entry.method == PeopleEntry.Method.ESTIMATE,
        ),
        at=entry.at,
        # A vehicle that changed convoys is in no sum by vehicle: its people come with it.
        vehicle_id=None if is_between else entry.vehicle_id,
        to_vehicle_id=entry.to_vehicle_id,
        place=str(entry.checkpoint.name) if entry.checkpoint else entry.place,
        comes_in=is_between and entry.convoy_id != convoy_id,
        leaves=is_between and entry.convoy_id == convoy_id,
        is_follower=entry.is_follower,
        cars=entry.vehicles,
        groups=entry.groups,
    )


def ledgers_of(convoys: Sequence[Convoy], *, at: datetime) -> dict[UUID, Ledger]:
    """Return the ledger of each convoy at `at`, by its key, with two queries for all of them."""
    items: dict[UUID, list[Item]] = {convoy.pk: [] for convoy in convoys}
    for entry in entries_in_order(convoys, at=at):
        for convoy_id in (entry.convoy_id, entry.event.other_convoy_id):
            if convoy_id in items:
                items[convoy_id].append(_item(entry, convoy_id))
    vehicles: dict[UUID, set[UUID]] = {convoy.pk: set() for convoy in convoys}
    in_column = Vehicle.objects.filter(convoy_id__in=list(vehicles)).exclude(
        state=Vehicle.State.WITHDRAWN
    )
    for convoy_id, vehicle_id in in_column.values_list("convoy_id", "pk"):
        vehicles[convoy_id].add(vehicle_id)
    return {
        convoy.pk: Ledger(
            items=tuple(items[convoy.pk]),
            vehicle_ids=frozenset(vehicles[convoy.pk]),
            # Of a part that was split off, only what it took with it is known.
            planned=None if convoy.split_from_id else convoy.people_planned,
        )
        for convoy in convoys
    }


def balances_of(convoys: Sequence[Convoy], *, at: datetime) -> dict[UUID, Balance]:
    """Return the balance of each convoy at `at`, by its key, with two queries for all of them."""
    return {key: balance(ledger) for key, ledger in ledgers_of(convoys, at=at).items()}


def balance_of(convoy: Convoy, *, at: datetime) -> Balance:
    """Return the balance of one convoy at `at`."""
    return balances_of([convoy], at=at)[convoy.pk]


def accounts_of(convoy: Convoy, *, at: datetime) -> Accounts:
    """Return every account of one convoy's ledger at `at`."""
    return accounts(ledger_of(convoy, at=at))


def ledger_of(convoy: Convoy, *, at: datetime) -> Ledger:
    """Return the ledger of one convoy at `at`."""
    return ledgers_of([convoy], at=at)[convoy.pk]


def entries_told(event_ids: Iterable[UUID]) -> dict[UUID, PeopleEntry]:
    """Return these entries with who told them, by key, in one query."""
    entries = PeopleEntry.objects.filter(pk__in=set(event_ids))
    return {each.pk: each for each in entries.select_related("event__by", "event__source")}
