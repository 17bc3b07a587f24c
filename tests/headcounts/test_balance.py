"""The ledger balances, or shows the gap and its age; an open number never makes a sum surer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from tracker.headcounts.balance import Balance, balance
from tracker.headcounts.departures import AWAY, without_detail
from tracker.headcounts.ledger import Category, Item, Ledger
from tracker.headcounts.spans import NOT_REPORTED, Gap, Span, gap_between

MORNING = datetime(2022, 4, 1, 5, 0, tzinfo=UTC)
BUSES = tuple(uuid4() for _ in range(3))


def item(category: Category, people: int | Span | None, minute: int, **more: Any) -> Item:
    if people is None:
        span = NOT_REPORTED
    else:
        span = people if isinstance(people, Span) else Span(people, people)
    return Item(uuid4(), category, span, MORNING + timedelta(minutes=minute), **more)


def balanced(
    *items: Item, planned: int | None = None, vehicles: tuple[UUID, ...] = BUSES
) -> Balance:
    return balance(Ledger(items=items, vehicle_ids=frozenset(vehicles), planned=planned))


def test_2961_counted_of_3000_leaves_39_not_accounted_for_since_the_count() -> None:
    result = balanced(item(Category.COUNTED, 2961, 275), planned=3000)

    assert result.gap == Gap(39, 39)
    assert result.gap_since == MORNING + timedelta(minutes=275)
    assert result.base is not None
    assert result.base.basis == "planned"
    assert result.on_board == Span(2961, 2961)


def test_people_who_left_explain_a_part_of_the_gap() -> None:
    result = balanced(
        item(Category.BOARDED, 2332, 0),
        item(Category.LEFT, 20, 270, place="Tokmak"),
        item(Category.COUNTED, 2300, 275, place="Tokmak"),
    )

    assert result.gap == Gap(12, 12)
    assert [(change.category, change.people.exact) for change in result.changes] == [("LEFT", 20)]


def test_an_explanation_logged_just_after_the_count_at_the_same_place_counts_for_it() -> None:
    count = item(Category.COUNTED, 2300, 275, place="Tokmak")
    left = item(Category.LEFT, 20, 280, place="Tokmak")

    explained = balanced(item(Category.BOARDED, 2332, 0), count, left)
    elsewhere = balanced(
        item(Category.BOARDED, 2332, 0), count, item(Category.LEFT, 20, 280, place="Vasylivka")
    )
    after_a_full_count = balanced(
        item(Category.BOARDED, 2300, 0), count, item(Category.LEFT, 20, 280, place="Tokmak")
    )

    assert explained.gap == Gap(12, 12)
    assert elsewhere.gap == Gap(32, 32)
    assert after_a_full_count.gap == Gap(0, 0)
    assert after_a_full_count.on_board == Span(2280, 2280)


def test_a_gap_is_as_old_as_its_first_count_and_ends_with_a_full_one() -> None:
    short = [item(Category.COUNTED, 95, 60), item(Category.COUNTED, 96, 120)]

    still = balanced(item(Category.BOARDED, 100, 0), *short)
    found = balanced(item(Category.BOARDED, 100, 0), *short, item(Category.COUNTED, 100, 180))

    assert still.gap == Gap(4, 4)
    assert still.gap_since == MORNING + timedelta(minutes=60)
    assert found.gap == Gap(0, 0)
    assert found.gap_since is None


def test_vehicles_add_up_and_one_that_gave_no_number_leaves_the_sum_open() -> None:
    boarded = [item(Category.BOARDED, 50, n, vehicle_id=BUSES[n]) for n in range(3)]
    first_two = [item(Category.COUNTED, 49, 60 + n, vehicle_id=BUSES[n]) for n in range(2)]

    open_sum = balanced(*boarded, *first_two)
    full_sum = balanced(*boarded, *first_two, item(Category.COUNTED, 50, 63, vehicle_id=BUSES[2]))

    assert open_sum.points[0].counted == Span(98, None)
    assert open_sum.points[0].vehicles_missing == 1
    assert open_sum.gap is not None
    assert not open_sum.gap.is_short
    assert full_sum.gap == Gap(2, 2)
    assert {gap.vehicle_id for gap in full_sum.vehicles} == set(BUSES[:2])


def test_a_number_that_was_not_reported_is_not_zero() -> None:
    result = balanced(item(Category.BOARDED, None, 0), item(Category.COUNTED, 80, 60))

    assert result.gap is not None
    assert (result.gap.is_short, result.gap.is_over, result.gap.high) == (False, False, None)
    assert result.on_board == Span(80, 80)


def test_an_unknown_number_who_left_widens_what_is_expected() -> None:
    result = balanced(
        item(Category.BOARDED, 100, 0),
        item(Category.LEFT, None, 30),
        item(Category.COUNTED, 90, 60),
    )

    assert result.points[0].expected == Span(0, 100)
    assert not result.is_short


def test_more_people_than_expected_are_shown_as_well() -> None:
    result = balanced(
        item(Category.BOARDED, 100, 0),
        item(Category.JOINED, 10, 30),
        item(Category.COUNTED, 120, 60),
    )

    assert result.gap == Gap(-10, -10)
    assert result.gap.is_over


def test_people_who_change_vehicles_change_no_total_but_each_vehicle() -> None:
    result = balanced(
        item(Category.BOARDED, 50, 0, vehicle_id=BUSES[0]),
        item(Category.BOARDED, 40, 0, vehicle_id=BUSES[1]),
        item(Category.MOVED, 10, 30, vehicle_id=BUSES[0], to_vehicle_id=BUSES[1]),
        item(Category.COUNTED, 40, 60, vehicle_id=BUSES[0]),
        item(Category.COUNTED, 50, 60, vehicle_id=BUSES[1]),
        vehicles=BUSES[:2],
    )

    assert result.gap == Gap(0, 0)
    assert not result.vehicles


def test_people_who_go_with_a_part_are_taken_from_one_and_given_to_the_other() -> None:
    parted = item(Category.MOVED, 30, 30)
    gone = Item(parted.event_id, parted.category, parted.people, parted.at, leaves=True)
    came = Item(parted.event_id, parted.category, parted.people, parted.at, comes_in=True)

    left_behind = balanced(
        item(Category.BOARDED, 100, 0), gone, item(Category.COUNTED, 70, 60), vehicles=()
    )
    part = balanced(came, item(Category.COUNTED, 29, 60), vehicles=())

    assert left_behind.gap == Gap(0, 0)
    assert part.base is not None
    assert part.base.basis == "split"
    assert part.gap == Gap(1, 1)


def test_without_any_number_there_is_nothing_to_balance() -> None:
    assert balanced() == Balance(base=None)


def test_a_first_count_without_boarding_is_the_number_that_later_ones_are_held_to() -> None:
    result = balanced(item(Category.COUNTED, 100, 60), item(Category.COUNTED, 98, 120))

    assert result.base is not None
    assert result.base.basis == "counted"
    assert result.gap == Gap(2, 2)


def test_who_may_not_see_causes_sees_one_number_without_them() -> None:
    changes = balanced(
        item(Category.BOARDED, 100, 0),
        item(Category.LEFT, 5, 10),
        item(Category.DETAINED, 2, 20),
        item(Category.DIED, 1, 30),
    ).changes

    shown = without_detail(changes)

    assert [(each.category, each.people.exact) for each in shown] == [("LEFT", 5), (AWAY, 3)]
    assert not shown[-1].event_ids


spans = st.builds(
    lambda low, more: Span(low, None if more is None else low + more),
    st.integers(0, 50),
    st.none() | st.integers(0, 20),
)


@given(spans, spans, st.data())
def test_the_truth_never_falls_outside_a_sum_a_difference_or_a_gap(
    a: Span, b: Span, data: st.DataObject
) -> None:
    x = data.draw(st.integers(a.low, a.low + 99 if a.high is None else a.high))
    y = data.draw(st.integers(b.low, b.low + 99 if b.high is None else b.high))

    total, rest, gap = a.plus(b), a.minus(b), gap_between(a, b)

    assert total.low <= x + y <= (x + y if total.high is None else total.high)
    assert rest.low <= max(0, x - y) <= (max(0, x - y) if rest.high is None else rest.high)
    assert not (gap.is_short and x <= y)
    assert not (gap.is_over and x >= y)
