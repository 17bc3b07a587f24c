"""Vehicles change convoys with their row; bad lists are refused with the reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.cast import Cast
from tests.convoys.journeys import Column, planned
from tests.factories import NOON, Road, log, make_road, new_event
from tracker.convoys.models import Convoy, ConvoyState, Vehicle
from tracker.intake.judging import Clock
from tracker.intake.operations import Refused, record


def refusals(column: Column, kind: str, data: dict[str, Any], **subjects: UUID) -> set[str]:
    event = new_event(kind, data=data, convoy=column.convoy_id, **subjects)
    with pytest.raises(Refused) as refused:
        record(
            events=[event], organisation=column.cast.organisation, by=None, clock=Clock(now=NOON)
        )
    return {finding.code for finding in refused.value.findings}


def split(column: Column, *numbers: int, people: int | None = None, minute: int = 60) -> Column:
    part = Column(column.cast, column.road)
    buses = [column.bus(number) for number in numbers]
    column.tell(
        "convoy.split",
        minute,
        corridor=column.road.corridor.pk,
        other_convoy=part.convoy_id,
        data={
            "code": "M1B",
            "people": people,
            "state": "MOVING",
            "at_km": 100.0,
            "vehicles": [
                {"id": str(bus.pk), "code": bus.code, "kind": bus.kind, "seats": bus.seats}
                for bus in buses
            ],
        },
    )
    return part


def test_a_split_takes_its_vehicles_into_a_convoy_of_its_own(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)

    part = split(column, 3)

    assert [bus.code for bus in column.row.vehicles.all()] == ["B1", "B2"]
    assert [bus.code for bus in part.row.vehicles.all()] == ["B3"]
    row = part.row
    assert (row.code, row.state, row.head_km) == ("M1B", ConvoyState.MOVING, 100)
    assert row.split_from_id == column.convoy_id
    assert row.corridor == road.corridor


def test_a_withdrawn_split_brings_the_vehicles_back(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    part = split(column, 2, 3)

    column.tell(
        "correction", 70, corrects=part.row.event, data={"withdraw": True}, reason="did not part"
    )

    assert [bus.code for bus in column.row.vehicles.all()] == ["B1", "B2", "B3"]
    assert part.row.is_withdrawn
    assert not part.row.vehicles.exists()


def test_a_part_that_joins_again_gives_its_vehicles_back_and_ends(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    part = split(column, 3)
    bus = part.row.vehicles.get()

    part.tell(
        "convoy.joined",
        90,
        other_convoy=column.convoy_id,
        data={"vehicles": [{"id": str(bus.pk), "code": bus.code}]},
    )

    assert column.row.vehicles.count() == 3
    assert part.row.ended_at is not None
    assert not part.row.vehicles.exists()


def test_a_vehicle_is_transferred_to_another_convoy(cast: Cast, road: Road) -> None:
    column, other = planned(cast, road), planned(cast, road, code="M2", buses=0)

    column.tell(
        "vehicle.transferred",
        30,
        vehicle=column.buses[0],
        other_convoy=other.convoy_id,
        data={"code": "B1", "seats": 50},
    )

    assert [bus.code for bus in other.row.vehicles.all()] == ["B1"]
    assert [bus.code for bus in column.row.vehicles.all()] == ["B2", "B3"]


def test_a_vehicle_breaks_down_and_is_repaired(cast: Cast, road: Road) -> None:
    column = planned(cast, road)

    column.tell("vehicle.broke_down", 30, vehicle=column.buses[0])
    broken = column.bus(1).state
    column.tell("vehicle.repaired", 60, vehicle=column.buses[0])

    assert (broken, column.bus(1).state) == ("BROKEN_DOWN", "IN_COLUMN")


def test_a_code_that_is_taken_is_refused(cast: Cast, road: Road) -> None:
    planned(cast, road)
    event = new_event(
        "convoy.planned", convoy=uuid4(), corridor=road.corridor.pk, data={"code": "m1"}
    )

    with pytest.raises(Refused) as refused:
        record(events=[event], organisation=cast.organisation, by=None, clock=Clock(now=NOON))

    assert [finding.code for finding in refused.value.findings] == ["code_taken"]


def test_two_convoys_of_one_code_in_one_submission_both_stand_with_codes_of_their_own(
    cast: Cast, road: Road
) -> None:
    events = [
        new_event("convoy.planned", convoy=uuid4(), corridor=road.corridor.pk, data={"code": "X"})
        for _ in range(2)
    ]

    log(*events, organisation=cast.organisation)

    codes = set(Convoy.objects.values_list("code", flat=True))
    assert len(codes) == 2
    assert "X" in codes


def test_a_vehicle_or_checkpoint_from_elsewhere_is_refused(cast: Cast, road: Road) -> None:
    column, other = planned(cast, road), planned(cast, road, code="M2")
    far = make_road(operator=cast.organisation, slug="elsewhere").vasylivka

    assert refusals(column, "vehicle.broke_down", {}, vehicle=other.buses[0]) == {
        "vehicle_elsewhere"
    }
    assert refusals(column, "convoy.held", {}, checkpoint=far.pk) == {"checkpoint_elsewhere"}


def test_a_vehicle_that_left_may_still_be_spoken_of_by_a_late_phone(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    split(column, 3, minute=60)

    column.tell("vehicle.broke_down", 50, vehicle=column.buses[2])

    assert Vehicle.objects.get(pk=column.buses[2]).convoy.code == "M1B"


def test_three_thousand_planned_in_a_bus_of_fifty_is_refused_as_a_slip(
    cast: Cast, road: Road
) -> None:
    column = planned(cast, road)
    data = {"code": "B9", "seats": 50, "people_planned": 3000}

    assert refusals(column, "vehicle.added", data, vehicle=uuid4()) == {"slip_people"}


def test_a_new_convoy_needs_a_time_that_can_be_right(cast: Cast, road: Road) -> None:
    event = new_event(
        "convoy.planned",
        at=NOON.replace(year=2030),
        convoy=uuid4(),
        corridor=road.corridor.pk,
        data={"code": "Z1"},
    )

    with pytest.raises(Refused) as refused:
        record(events=[event], organisation=cast.organisation, by=None, clock=Clock(now=NOON))

    assert [finding.code for finding in refused.value.findings] == ["time_disputed"]
    assert not Convoy.objects.exists()
