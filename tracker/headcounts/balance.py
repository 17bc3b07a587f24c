"""Balance the people of a convoy: who boarded, who came and went, and who is not accounted for.

Pure. Every number is a span: exact, a range, or open where it was not reported, so that a sum is
never surer than its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from tracker.headcounts.models import PeopleEntry
from tracker.headcounts.spans import NOBODY, NOT_REPORTED, Gap, Span, gap_between

Category = PeopleEntry.Category
RESTRICTED = frozenset({Category.DETAINED, Category.SEPARATED, Category.DIED})
AWAY = "AWAY"
OUT = frozenset({Category.LEFT, Category.HOSPITAL}) | RESTRICTED
COUNTS = frozenset({Category.COUNTED, Category.ARRIVED})
# How long after a count an entry from the same place still explains what that count lacked.
SAME_STOP = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Item:
    """One ledger entry as the balance reads it; `comes_in` turns a move into an arrival."""

    event_id: UUID
    category: str
    people: Span
    at: datetime
    vehicle_id: UUID | None = None
    to_vehicle_id: UUID | None = None
    place: str = ""
    comes_in: bool = False
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """What every later count is compared with; `basis` is boarded, vehicles, split or planned."""

    people: Span
    basis: str
    at: datetime | None = None
    event_ids: tuple[UUID, ...] = ()
    vehicles_missing: int = 0


@dataclass(frozen=True, slots=True)
class CountPoint:
    """One count with what was expected there; `vehicles_missing` gave no number."""

    category: str
    at: datetime
    place: str
    counted: Span
    expected: Span
    gap: Gap
    event_ids: tuple[UUID, ...]
    vehicles_missing: int = 0


@dataclass(frozen=True, slots=True)
class Departure:
    """People who are no longer on board, or who came, by category; AWAY hides which one."""

    category: str
    people: Span
    at: datetime
    place: str
    event_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class VehicleGap:
    """A vehicle whose own count does not match who boarded it."""

    vehicle_id: UUID
    boarded: Span
    counted: Span
    gap: Gap
    event_id: UUID


@dataclass(frozen=True, slots=True)
class Balance:
    """The whole ledger of one convoy at one moment."""

    base: Start | None
    points: tuple[CountPoint, ...] = ()
    changes: tuple[Departure, ...] = ()
    vehicles: tuple[VehicleGap, ...] = ()
    on_board: Span | None = None
    on_board_event_ids: tuple[UUID, ...] = ()
    gap: Gap | None = None
    gap_since: datetime | None = None
    gap_event_id: UUID | None = None

    @property
    def is_plan_only(self) -> bool:
        """Tell whether the only number is the one planned: nobody has been counted."""
        return self.base is not None and self.base.basis == "planned" and not self.points

    @property
    def is_short(self) -> bool:
        """Tell whether the newest count lacks people for certain."""
        return self.gap is not None and self.gap.is_short


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries of one convoy in order, with its vehicles and the number planned."""

    items: tuple[Item, ...]
    vehicle_ids: frozenset[UUID] = field(default_factory=frozenset)
    planned: int | None = None


def _by_vehicle(items: Iterable[Item], vehicle_ids: frozenset[UUID]) -> tuple[Span, list[Item]]:
    """Sum the newest number of each vehicle; one that gave none leaves the sum open."""
    newest: dict[UUID, Item] = {}
    for item in items:
        if item.vehicle_id is not None:
            newest[item.vehicle_id] = item
    total = NOBODY
    for item in newest.values():
        total = total.plus(item.people)
    if vehicle_ids - set(newest):
        total = total.plus(NOT_REPORTED)
    return total, list(newest.values())


def _base(ledger: Ledger) -> Start | None:
    boarded = [item for item in ledger.items if item.category == Category.BOARDED]
    whole = [item for item in boarded if item.vehicle_id is None]
    if whole:
        last = whole[-1]
        return Start(last.people, "boarded", last.at, (last.event_id,))
    if boarded:
        total, used = _by_vehicle(boarded, ledger.vehicle_ids)
        missing = len(ledger.vehicle_ids - {item.vehicle_id for item in used})
        first = min(item.at for item in used)
        return Start(total, "vehicles", first, tuple(item.event_id for item in used), missing)
    if ledger.items and ledger.items[0].comes_in and ledger.planned is None:
        first_item = ledger.items[0]
        return Start(first_item.people, "split", first_item.at, (first_item.event_id,))
    if ledger.planned is not None:
        return Start(Span(ledger.planned, ledger.planned), "planned")
    return None


def _sign(item: Item) -> int:
    """Return 1 for people who come, -1 for people who go, 0 for what changes no total."""
    if item.category == Category.JOINED or item.comes_in:
        return 1
    return -1 if item.category in OUT or item.leaves else 0


def _applied(total: Span, items: Iterable[Item]) -> Span:
    for item in items:
        sign = _sign(item)
        if sign:
            total = total.plus(item.people) if sign > 0 else total.minus(item.people)
    return total


def _after_base(ledger: Ledger, base: Start) -> list[Item]:
    changes = [item for item in ledger.items if _sign(item)]
    if base.at is None:
        return changes
    return [item for item in changes if item.at >= base.at and item.event_id not in base.event_ids]


def _groups(ledger: Ledger) -> list[list[Item]]:
    """Group the counts: each whole one by itself, vehicles counted at one place together."""
    groups: list[list[Item]] = []
    for item in ledger.items:
        if item.category not in COUNTS:
            continue
        last = groups[-1][-1] if groups else None
        together = (
            last is not None
            and item.vehicle_id is not None
            and last.vehicle_id is not None
            and (last.category, last.place) == (item.category, item.place)
        )
        if together:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _explains(item: Item, group: Sequence[Item], short_by: int) -> bool:
    """Tell whether people who went were gone before the count, though logged just after it."""
    at = group[-1].at
    if item.at <= at:
        return True
    is_same_stop = bool(item.place) and item.place == group[-1].place
    exact = item.people.exact
    return (
        is_same_stop
        and item.at - at <= SAME_STOP
        and _sign(item) < 0
        and exact is not None
        and exact <= short_by
    )


def _expected(base: Start, changes: Sequence[Item], group: Sequence[Item], counted: Span) -> Span:
    before = [item for item in changes if item.at <= group[-1].at]
    expected = _applied(base.people, before)
    for item in changes:
        if item.at <= group[-1].at:
            continue
        if _explains(item, group, gap_between(expected, counted).low):
            expected = _applied(expected, [item])
    return expected


def _point(ledger: Ledger, base: Start, changes: Sequence[Item], group: list[Item]) -> CountPoint:
    last = group[-1]
    missing = 0
    if last.vehicle_id is None:
        counted, used = last.people, [last]
    else:
        counted, used = _by_vehicle(group, ledger.vehicle_ids)
        missing = len(ledger.vehicle_ids - {item.vehicle_id for item in used})
    expected = _expected(base, changes, group, counted)
    return CountPoint(
        category=last.category,
        at=last.at,
        place=last.place,
        counted=counted,
        expected=expected,
        gap=gap_between(expected, counted),
        event_ids=tuple(item.event_id for item in used),
        vehicles_missing=missing,
    )


def _changes(items: Iterable[Item]) -> tuple[Departure, ...]:
    """Sum what came and went by category, in the order in which it first happened."""
    sums: dict[str, Departure] = {}
    for item in items:
        name = item.category
        if item.category == Category.MOVED:
            name = "MOVED_IN" if item.comes_in else "MOVED_OUT"
        before = sums.get(name)
        sums[name] = Departure(
            category=name,
            people=before.people.plus(item.people) if before else item.people,
            at=item.at,
            place=item.place if not before or before.place == item.place else "",
            event_ids=((*before.event_ids, item.event_id) if before else (item.event_id,)),
        )
    return tuple(sums.values())


def _vehicle_change(item: Item, vehicle_id: UUID, total: Span) -> Span:
    if item.to_vehicle_id == vehicle_id:
        return total.plus(item.people)
    if item.vehicle_id != vehicle_id:
        return total
    if item.category == Category.MOVED:
        return total.minus(item.people)
    return _applied(total, [item])


def _vehicle_gap(ledger: Ledger, vehicle_id: UUID) -> VehicleGap | None:
    own = [item for item in ledger.items if vehicle_id in (item.vehicle_id, item.to_vehicle_id)]
    boarded = [item for item in own if item.category == Category.BOARDED]
    counts = [item for item in own if item.category in COUNTS]
    if not boarded or not counts:
        return None
    start, last = boarded[-1], counts[-1]
    expected = start.people
    for item in own:
        if start.at <= item.at <= last.at and item is not start:
            expected = _vehicle_change(item, vehicle_id, expected)
    gap = gap_between(expected, last.people)
    if not (gap.is_short or gap.is_over):
        return None
    return VehicleGap(vehicle_id, start.people, last.people, gap, last.event_id)


def _on_board(base: Start, points: Sequence[CountPoint], changes: Sequence[Item]) -> Span:
    """Return who is on board now: the newest count, changed by what came after it."""
    if not points:
        return _applied(base.people, changes)
    last = points[-1]
    return _applied(last.counted, [item for item in changes if item.at > last.at])


def balance(ledger: Ledger) -> Balance:
    """Balance the ledger: each count against what boarded and what is explained since."""
    base = _base(ledger)
    if base is None:
        # Nobody said how many set out: a count then is itself the first number.
        groups = _groups(ledger)
        if not groups:
            return Balance(base=None)
        counted = groups[0][-1].people
        base = Start(counted, "counted", groups[0][-1].at, (groups[0][-1].event_id,))
    changes = _after_base(ledger, base)
    groups = [group for group in _groups(ledger) if base.at is None or group[-1].at >= base.at]
    points = tuple(_point(ledger, base, changes, group) for group in groups)
    last = points[-1] if points else None
    run: list[CountPoint] = []
    for point in reversed(points):
        if not point.gap.is_short:
            break
        run.append(point)
    gaps = [_vehicle_gap(ledger, each) for each in sorted(ledger.vehicle_ids)]
    return Balance(
        base=base,
        points=points,
        changes=_changes(changes),
        vehicles=tuple(gap for gap in gaps if gap is not None),
        on_board=_on_board(base, points, changes),
        on_board_event_ids=last.event_ids if last else base.event_ids,
        gap=last.gap if last else None,
        gap_since=run[-1].at if run else None,
        gap_event_id=last.event_ids[-1] if last and run else None,
    )


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
