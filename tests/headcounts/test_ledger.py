"""Counts enter the ledger as reported; slips are refused, odd numbers asked about once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.cast import Cast
from tests.convoys.journeys import EVENING, MORNING, Column, planned
from tests.convoys.test_vehicles import refusals, split
from tests.factories import Road
from tracker.headcounts.models import PeopleEntry
from tracker.headcounts.queries import balance_of, balances_of
from tracker.headcounts.spans import Gap, Span


def test_a_count_is_balanced_against_what_boarded_and_its_correction_replaces_it(
    cast: Cast, road: Road
) -> None:
    column = planned(cast, road, seats=None)
    column.tell("people.boarded", 0, data={"people": 2332})
    count = column.tell("people.counted", 275, checkpoint=road.tokmak.pk, data={"people": 2312})
    before = balance_of(column.row, at=EVENING)

    column.tell(
        "correction",
        300,
        corrects=count,
        data={"data": {"people": 2300}},
        reason="bus 17 was counted twice",
    )

    after = balance_of(column.row, at=EVENING)
    assert (before.gap, after.gap) == (Gap(20, 20), Gap(32, 32))
    assert after.points[0].place == "Tokmak"
    assert PeopleEntry.objects.get(event=count).is_corrected


def test_a_number_that_was_not_reported_stays_unknown(cast: Cast, road: Road) -> None:
    column = planned(cast, road)

    column.tell("people.boarded", 0)

    assert PeopleEntry.objects.get().people is None
    assert balance_of(column.row, at=EVENING).on_board == Span(0, None)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"people": -1}, "bad_data"),
        ({"people": 3000}, "slip_people"),
        ({"people": 74}, "ask_people"),
        ({"people_low": 50, "people_high": 40}, "range_reversed"),
        ({"people_low": 40}, "range_half"),
        ({"people": "many"}, "bad_data"),
    ],
)
def test_a_bad_number_for_a_bus_of_fifty_is_answered_with_its_reason(
    cast: Cast, road: Road, data: dict[str, Any], code: str
) -> None:
    column = planned(cast, road)

    assert refusals(column, "people.boarded", data, vehicle=column.buses[0]) == {code}
    assert not PeopleEntry.objects.exists()


def test_74_in_a_bus_of_50_are_taken_once_the_sender_stands_by_them(cast: Cast, road: Road) -> None:
    column = planned(cast, road)

    column.tell(
        "people.boarded", 0, vehicle=column.buses[0], data={"people": 74}, is_confirmed=True
    )

    assert PeopleEntry.objects.get().people == 74


def test_a_slip_for_the_whole_convoy_is_refused_and_a_crowded_one_is_not_asked_about(
    cast: Cast, road: Road
) -> None:
    column = planned(cast, road)

    assert refusals(column, "people.counted", {"people": 4510}) == {"slip_people_convoy"}
    column.tell("people.counted", 0, data={"people": 200})


def test_a_correction_to_a_slip_is_refused_as_well(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    count = column.tell("people.counted", 0, vehicle=column.buses[0], data={"people": 40})

    with pytest.raises(Exception, match="refused"):
        column.tell(
            "correction", 5, corrects=count, data={"data": {"people": 4000}}, reason="typed"
        )

    assert PeopleEntry.objects.get().people == 40


def test_people_move_only_between_vehicles_of_the_convoy(cast: Cast, road: Road) -> None:
    column, other = planned(cast, road), planned(cast, road, code="M2")

    def move(to: UUID) -> set[str]:
        data = {"people": 5, "to_vehicle": str(to)}
        return refusals(column, "people.moved", data, vehicle=column.buses[0])

    assert move(other.buses[0]) == {"vehicle_elsewhere"}
    assert move(column.buses[0]) == {"same_vehicle"}


def test_people_of_a_split_convoy_are_in_one_ledger_at_a_time(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    column.tell("people.boarded", 0, data={"people": 120})
    part = split(column, 3, people=40)
    column.tell("people.counted", 90, data={"people": 80})
    part.tell("people.counted", 95, data={"people": 39})

    balances = balances_of([column.row, part.row], at=EVENING)

    assert balances[column.convoy_id].gap == Gap(0, 0)
    assert balances[part.convoy_id].gap == Gap(1, 1)


def test_what_lies_after_the_moment_asked_for_is_not_counted(cast: Cast, road: Road) -> None:
    column: Column = planned(cast, road)
    column.tell("people.boarded", 0, data={"people": 100})
    column.tell("people.counted", 60, data={"people": 90})

    assert balance_of(column.row, at=MORNING).on_board == Span(100, 100)
