"""Balance the people of a convoy: who boarded, who came and went, and who is not accounted for.

Pure. Every number is a span: exact, a range, or open where it was not reported, so that a sum is
never surer than its parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from tracker.headcounts.departures import Departure, changes_of
from tracker.headcounts.followers import Followers, followers_of
from tracker.headcounts.groups import Groups, groups_of
from tracker.headcounts.ledger import (
    COUNTS,
    HANDED_OVER,
    Category,
    Item,
    Ledger,
    applied,
    by_vehicle,
    following,
    in_column,
    sign,
)
from tracker.headcounts.spans import NO_GAP, NOBODY, Gap, Span, gap_between

# How long after a count an entry from the same place still explains what that count lacked.
SAME_STOP = timedelta(hours=1)
_NO_GROUPS = Groups()


@dataclass(frozen=True, slots=True)
class Start:
    """What every later count is compared with; `basis` is boarded, vehicles, split or planned."""

    people: Span
    basis: str
    at: datetime | None = None
    event_ids: tuple[UUID, ...] = ()
    vehicles_missing: int = 0
    groups: Groups = _NO_GROUPS


@dataclass(frozen=True, slots=True)
class CountPoint:
    """One count with what was expected there; `vehicles_missing` gave no number.

    `lack` is expected less counted, `gap` what of it nobody has explained since.
    """

    category: str
    at: datetime
    place: str
    counted: Span
    expected: Span
    gap: Gap
    event_ids: tuple[UUID, ...]
    vehicles_missing: int = 0
    lack: Gap = NO_GAP
    explained: Span = NOBODY
    # Those who went just after the count and were not in it any more.
    gone_before: tuple[UUID, ...] = ()
    groups: Groups = _NO_GROUPS


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
    # Estimates made after the newest count: said beside it, never in its place.
    beside: tuple[CountPoint, ...] = ()
    followers: Followers | None = None

    @property
    def told_by_group(self) -> Start | CountPoint | None:
        """Return the newest number that was told by age, sex or need."""
        numbers: list[Start | CountPoint] = [*([self.base] if self.base else []), *self.points]
        return next((each for each in reversed(numbers) if each.groups.numbers), None)

    @property
    def explained(self) -> Span:
        """Return how many of those who lacked at the newest count are explained."""
        return self.points[-1].explained if self.points else NOBODY

    @property
    def is_plan_only(self) -> bool:
        """Tell whether the only number is the one planned: nobody has been counted."""
        return self.base is not None and self.base.basis == "planned" and not self.points

    @property
    def is_short(self) -> bool:
        """Tell whether the newest count lacks people whom nobody has explained."""
        return self.gap is not None and self.gap.is_short


def _firmest(items: Sequence[Item]) -> Item:
    """Return the newest number; an estimate is none where somebody counted."""
    if items[-1].people.is_estimate:
        return next((item for item in reversed(items) if item.is_hard), items[-1])
    return items[-1]


def _base(ledger: Ledger) -> Start | None:
    boarded = [item for item in ledger.items if item.category == Category.BOARDED]
    whole = [item for item in boarded if item.vehicle_id is None]
    if whole:
        last = _firmest(whole)
        groups = groups_of([last], vehicles=len(ledger.vehicle_ids))
        return Start(last.people, "boarded", last.at, (last.event_id,), groups=groups)
    if boarded:
        total, used = by_vehicle(boarded, ledger.vehicle_ids)
        missing = len(ledger.vehicle_ids - {item.vehicle_id for item in used})
        first = min(item.at for item in used)
        groups = groups_of(used, vehicles=len(used) + missing)
        ids = tuple(item.event_id for item in used)
        return Start(total, "vehicles", first, ids, missing, groups)
    if ledger.items and ledger.items[0].comes_in and ledger.planned is None:
        first_item = ledger.items[0]
        return Start(first_item.people, "split", first_item.at, (first_item.event_id,))
    if ledger.planned is not None:
        return Start(Span(ledger.planned, ledger.planned), "planned")
    return None


def _after_base(ledger: Ledger, base: Start) -> list[Item]:
    changes = [item for item in ledger.items if sign(item)]
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
        and sign(item) < 0
        and exact is not None
        and exact <= short_by
    )


def _counts_as_gone(item: Item, category: str) -> bool:
    """Tell whether people who went are missing from a count: on arrival all who came are in it."""
    return not (category == Category.ARRIVED and item.category == HANDED_OVER)


def _expected(
    base: Start, changes: Sequence[Item], group: Sequence[Item], counted: Span
) -> tuple[Span, tuple[UUID, ...]]:
    """Return who should have been there, and the entries from just after the count in it."""
    changes = [item for item in changes if _counts_as_gone(item, group[-1].category)]
    expected = applied(base.people, [item for item in changes if item.at <= group[-1].at])
    late = []
    for item in changes:
        if item.at <= group[-1].at:
            continue
        if _explains(item, group, gap_between(expected, counted).low):
            expected = applied(expected, [item])
            late.append(item.event_id)
    return expected, tuple(late)


def _counted(ledger: Ledger, group: Sequence[Item]) -> tuple[Span, list[Item]]:
    if group[-1].vehicle_id is None:
        return group[-1].people, [group[-1]]
    return by_vehicle(group, ledger.vehicle_ids)


def _point(ledger: Ledger, base: Start, changes: Sequence[Item], group: list[Item]) -> CountPoint:
    last = group[-1]
    counted, used = _counted(ledger, group)
    missing = 0
    if last.vehicle_id is not None:
        missing = len(ledger.vehicle_ids - {item.vehicle_id for item in used})
    expected, late = _expected(base, changes, group, counted)
    lack = gap_between(expected, counted)
    return CountPoint(
        category=last.category,
        at=last.at,
        place=last.place,
        counted=counted,
        expected=expected,
        gap=lack,
        event_ids=tuple(item.event_id for item in used),
        vehicles_missing=missing,
        lack=lack,
        gone_before=late,
        groups=groups_of(used, vehicles=len(used) + missing),
    )


def _is_known(base: Start) -> bool:
    """Tell whether people were counted, not planned or estimated, when the convoy set out."""
    return base.basis != "planned" and base.people.high is not None and not base.people.is_estimate


def _parted(
    base: Start, points: Sequence[CountPoint]
) -> tuple[tuple[CountPoint, ...], tuple[CountPoint, ...]]:
    """Part the counts that stand from the estimates made since the newest of them."""
    stand: list[CountPoint] = []
    beside: list[CountPoint] = []
    is_known = _is_known(base)
    for point in points:
        if point.counted.is_estimate and is_known:
            beside.append(point)
            continue
        is_known = is_known or (point.counted.high is not None and not point.counted.is_estimate)
        stand.append(point)
        beside.clear()
    return tuple(stand), tuple(beside)


def _explained(points: Sequence[CountPoint], items: Sequence[Item]) -> tuple[CountPoint, ...]:
    """Close each gap by what was explained of it, until a later count lacks another number."""
    told = [item for item in items if item.category == Category.EXPLAINED]
    found: list[CountPoint] = []
    since: datetime | None = None
    for number, point in enumerate(points):
        if number == 0 or point.lack != points[number - 1].lack:
            since = point.at
        until = points[number + 1].at if number + 1 < len(points) else None
        total = NOBODY
        for item in told:
            if since is not None and since <= item.at and (until is None or item.at < until):
                total = total.plus(item.people)
        if not point.lack.is_short:
            total = NOBODY
        found.append(replace(point, gap=point.lack.less(total), explained=total))
    return tuple(found)


def _vehicle_change(item: Item, vehicle_id: UUID, total: Span) -> Span:
    if item.to_vehicle_id == vehicle_id:
        return total.plus(item.people)
    if item.vehicle_id != vehicle_id:
        return total
    if item.category == Category.MOVED:
        return total.minus(item.people)
    return applied(total, [item])


def _vehicle_gap(ledger: Ledger, vehicle_id: UUID) -> VehicleGap | None:
    own = [item for item in ledger.items if vehicle_id in (item.vehicle_id, item.to_vehicle_id)]
    boarded = [item for item in own if item.category == Category.BOARDED]
    counts = [item for item in own if item.category in COUNTS]
    if not boarded or not counts:
        return None
    start, last = _firmest(boarded), _firmest(counts)
    expected = start.people
    for item in own:
        is_between = start.at <= item.at <= last.at and item is not start
        if is_between and _counts_as_gone(item, last.category):
            expected = _vehicle_change(item, vehicle_id, expected)
    gap = gap_between(expected, last.people)
    if not (gap.is_short or gap.is_over):
        return None
    return VehicleGap(vehicle_id, start.people, last.people, gap, last.event_id)


def _on_board(base: Start, points: Sequence[CountPoint], changes: Sequence[Item]) -> Span:
    """Return who is on board now: the newest count, changed by what came after it."""
    if not points:
        return applied(base.people, changes)
    last = points[-1]
    after = [
        item
        for item in changes
        if (item.at > last.at or not _counts_as_gone(item, last.category))
        and item.event_id not in last.gone_before
    ]
    return applied(last.counted, after)


def _lasting(points: Sequence[CountPoint]) -> CountPoint | None:
    """Return the first of the counts that lack people without a full one after it."""
    first: CountPoint | None = None
    for point in reversed(points):
        if not point.lack.is_short:
            break
        first = point
    return first


def _start_of(ledger: Ledger) -> Start | None:
    base = _base(ledger)
    if base is None and (groups := _groups(ledger)):
        # Nobody said how many set out: a count then is itself the first number.
        first = groups[0][-1]
        base = Start(first.people, "counted", first.at, (first.event_id,))
    return base


def balance(ledger: Ledger) -> Balance:
    """Balance the ledger: each count against what boarded and what is explained since."""
    followers = followers_of(following(ledger))
    ledger = in_column(ledger)
    base = _start_of(ledger)
    if base is None:
        return Balance(base=None, followers=followers)
    changes = _after_base(ledger, base)
    groups = [group for group in _groups(ledger) if base.at is None or group[-1].at >= base.at]
    all_points = [_point(ledger, base, changes, group) for group in groups]
    stand, beside = _parted(base, all_points)
    points = _explained(stand, ledger.items)
    last = points[-1] if points else None
    first = _lasting(points) if last and last.gap.is_short else None
    gaps = [_vehicle_gap(ledger, each) for each in sorted(ledger.vehicle_ids)]
    return Balance(
        base=base,
        points=points,
        changes=changes_of(changes),
        vehicles=tuple(gap for gap in gaps if gap is not None),
        on_board=_on_board(base, points, changes),
        on_board_event_ids=last.event_ids if last else base.event_ids,
        gap=last.gap if last else None,
        gap_since=first.at if first else None,
        gap_event_id=last.event_ids[-1] if last and first else None,
        beside=beside,
        followers=followers,
    )
