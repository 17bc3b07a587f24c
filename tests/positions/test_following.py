"""A vehicle is off the road, or apart from its column, by rule and not by one fix."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.cast import Cast
from tests.factories import Road
from tests.positions.scenes import BEFORE, START, Trackers, at_km, tracker, with_trackers
from tracker.convoys.models import Vehicle
from tracker.corridors.models import Route, RoutePoint
from tracker.devices.models import Device
from tracker.devices.operations import assign_device
from tracker.lib.geo import distance_m
from tracker.positions.fixes import NewFix
from tracker.positions.following import (
    APART_KM,
    FALLBACK_AFTER,
    STEP,
    Beside,
    Candidate,
    apart_since,
    chosen,
    off_road_since,
)
from tracker.positions.operations import add_fixes
from tracker.positions.queries import span_of, tracks_of

NOON = datetime(2022, 4, 1, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def since(*offs: float, every: timedelta = MINUTE) -> int | None:
    """Return the number of the fix at which the vehicle left a road of 500 m and 250 m."""
    fixes = [Beside(NOON + every * number, off_m) for number, off_m in enumerate(offs)]
    found = off_road_since(fixes, leave_m=500, back_m=250)
    return None if found is None else round((found - NOON) / every)


def test_it_takes_three_fixes_in_a_row_or_five_minutes_to_be_off_the_road() -> None:
    assert since(100, 600, 600) is None
    assert since(100, 600, 600, 600) == 1
    assert since(600, 600, 100, 600, 600) is None
    assert since(100, 600, 600, every=5 * MINUTE) == 1


def test_it_takes_less_than_the_near_limit_to_be_back() -> None:
    assert since(600, 600, 600, 300, 480) == 0
    assert since(600, 600, 600, 300, 240) is None
    assert since(600, 600, 600, 240, 600, 600) is None


def test_a_place_in_a_town_at_the_end_of_the_road_is_no_way_off_it() -> None:
    fixes = [Beside(NOON + MINUTE * n, 2_000, is_excused=True) for n in range(6)]

    assert off_road_since(fixes, leave_m=500, back_m=250) is None


def places(*kms: tuple[float, ...]) -> dict[datetime, dict[str, float]]:
    return {
        NOON + STEP * number: {f"B{bus}": km for bus, km in enumerate(row, start=1)}
        for number, row in enumerate(kms)
    }


def test_a_vehicle_far_from_the_middle_for_two_steps_is_apart_until_it_is_near_again() -> None:
    far, near = 50 - APART_KM - 1, 46.0

    once = apart_since(places((50, 50, far)))  # type: ignore[arg-type]  # any key will do
    twice = apart_since(places((50, 50, far), (50, 50, far)))  # type: ignore[arg-type]  # same
    nearer = apart_since(places((50, 50, far), (50, 50, far), (50, 50, 43.0)))  # type: ignore[arg-type]  # same
    back = apart_since(places((50, 50, far), (50, 50, far), (50, 50, near)))  # type: ignore[arg-type]  # same

    assert [each["B3"] for each in (once, twice, nearer, back)] == [None, NOON, NOON, None]  # type: ignore[index]  # same


def test_two_vehicles_have_no_middle_to_be_apart_from() -> None:
    assert set(apart_since(places((10, 90), (10, 90), (10, 90))).values()) == {None}  # type: ignore[arg-type]  # any key will do


def test_the_better_device_is_used_until_it_has_been_silent_for_too_long() -> None:
    tracker_id, phone_id = uuid4(), uuid4()
    better = Candidate(1, NOON, 1, tracker_id)

    soon = chosen([better, Candidate(2, NOON + FALLBACK_AFTER, 2, phone_id)])
    late = chosen([better, Candidate(2, NOON + FALLBACK_AFTER + MINUTE, 2, phone_id)])

    assert (soon and soon.fix_id, late and late.fix_id) == (1, 2)
    assert chosen([]) is None


# --- with the tables ----------------------------------------------------------------------------


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Trackers:
    return with_trackers(cast, road, buses=4)


@pytest.mark.django_db
def test_a_bus_that_leaves_the_road_and_comes_back_is_followed(convoy: Trackers) -> None:
    convoy.report(1, at_km(50, 0))
    convoy.report(1, *(at_km(50 + n, 2 * n, north_m=900) for n in range(1, 4)))
    left = convoy.track(1).off_route_since

    convoy.report(1, at_km(54, 9, north_m=300))
    still = convoy.track(1).off_route_since
    convoy.report(1, at_km(55, 11, north_m=100))

    assert left == still == START + 2 * MINUTE
    assert convoy.track(1).off_route_since is None


@pytest.mark.django_db
def test_a_bus_that_falls_behind_its_column_is_apart(convoy: Trackers) -> None:
    for minute in range(0, 50, 5):
        for bus in (1, 2, 3):
            convoy.report(bus, at_km(50 + minute / 2 - bus, minute))
        convoy.report(4, at_km(46 + (minute / 2 if minute < 15 else 7), minute))

    apart = [convoy.track(bus).separated_since is not None for bus in (1, 2, 3, 4)]

    assert apart == [False, False, False, True]


@pytest.mark.django_db
def test_a_bus_that_broke_down_is_not_told_as_apart(convoy: Trackers) -> None:
    Vehicle.objects.filter(pk=convoy.bus(4).pk).update(state=Vehicle.State.BROKEN_DOWN)
    for minute in (0, 5, 10, 15):
        for bus in (1, 2, 3):
            convoy.report(bus, at_km(70, minute))
        convoy.report(4, at_km(30, minute))

    assert convoy.track(4).separated_since is None


@pytest.mark.django_db
def test_lead_and_tail_are_those_of_the_column_with_their_age(convoy: Trackers) -> None:
    for minute in (0, 5, 10):
        for bus, km in enumerate((60, 58.5, 57, 20), start=1):
            convoy.report(bus, at_km(km, minute + bus / 10))

    span = span_of(tracks_of([convoy.column.row])[convoy.column.convoy_id])

    assert span is not None
    assert (span.vehicles, span.at) == (4, START + 10.1 * MINUTE)
    assert span.lead_km == pytest.approx(60, abs=0.3)
    assert span.tail_km == pytest.approx(57, abs=0.3)


@pytest.mark.django_db
def test_a_phone_stands_in_for_a_silent_tracker_and_makes_way_again(
    cast: Cast, convoy: Trackers
) -> None:
    phone = tracker(cast, "phone", kind=Device.Kind.PHONE)
    assign_device(
        device=phone,
        convoy=convoy.column.row,
        vehicle=convoy.bus(1),
        at=BEFORE,
        by=None,
        priority=2,
    )
    used = []

    def seen(device: Device, km: float, minute: float) -> None:
        fix = at_km(km, minute)
        add_fixes(device=device, fixes=[fix], raw=None, at=fix.fixed_at)
        now = convoy.track(1).fix
        used.append(str(now.device) if now else "")

    seen(convoy.devices[0], 10, 0)
    seen(phone, 12, 5)
    seen(phone, 14, 10.5)
    seen(convoy.devices[0], 15, 12)

    assert used == ["T1", "T1", "phone", "T1"]


@pytest.mark.django_db
def test_nothing_but_odd_positions_is_noted_with_its_beginning(convoy: Trackers) -> None:
    convoy.report(1, at_km(10, 0))
    convoy.report(1, at_km(11, 2, is_mock=True))
    once = convoy.track(1).flagged_since

    convoy.report(1, at_km(12, 4, is_mock=True), at_km(13, 6, is_mock=True))
    odd = convoy.track(1).flagged_since
    convoy.report(1, at_km(14, 8))

    assert (once, odd) == (None, START + 2 * MINUTE)
    assert convoy.track(1).flagged_since is None


@pytest.mark.django_db
def test_between_places_alone_only_a_great_distance_is_off_the_road(cast: Cast, road: Road) -> None:
    convoy = with_trackers(cast, road)
    Route.objects.filter(pk=road.route.pk).update(path=[])
    for place, km in ((road.corridor.origin, 0), (road.corridor.destination, 290.5)):
        RoutePoint.objects.create(route=road.route, place=place, km=km)
    middle = (47.473, 36.329)

    def beside(north: float, minute: int) -> NewFix:
        return NewFix(fixed_at=START + minute * MINUTE, lat=middle[0] + north, lon=middle[1])

    convoy.report(1, *(beside(0.1, minute) for minute in range(4)))
    near = convoy.track(1).off_route_since
    convoy.report(1, *(beside(0.6, minute) for minute in range(60, 64)))

    assert distance_m(*middle, middle[0] + 0.1, middle[1]) > 11_000
    assert near is None
    assert convoy.track(1).off_route_since == START + 60 * MINUTE
