"""A device that moves to another vehicle, or off one, changes where both are in the same moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories import Road
from tests.positions.scenes import BEFORE, Trackers, at_km, tracker, with_trackers
from tests.positions.tracks import START
from tracker.devices.models import Device
from tracker.devices.operations import assign_device
from tracker.exercises.clock import field_now
from tracker.positions.models import PositionFix, VehicleTrack
from tracker.positions.moving import move_device, release_device
from tracker.positions.operations import add_fixes

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Trackers:
    return with_trackers(cast, road)


def move(convoy: Trackers, bus: int, *, at: datetime, device: Device | None = None) -> None:
    move_device(
        device=device or convoy.devices[0],
        convoy=convoy.column.row,
        vehicle=convoy.bus(bus),
        at=at,
        by=convoy.cast.dispatcher,
    )


def stand_in(convoy: Trackers, bus: int) -> Device:
    """Put a second device into a bus, which speaks only while the first is silent."""
    phone = tracker(convoy.cast, "phone", kind=Device.Kind.PHONE)
    assign_device(
        device=phone,
        convoy=convoy.column.row,
        vehicle=convoy.bus(bus),
        at=BEFORE,
        by=None,
        priority=2,
    )
    return phone


def places() -> dict[str, tuple[str, datetime] | None]:
    """Return for each vehicle by which device and when it was last placed."""
    tracks = VehicleTrack.objects.select_related("vehicle", "fix__device").order_by("vehicle__code")
    return {
        track.vehicle.code: (str(track.fix.device), track.fix.fixed_at) if track.fix else None
        for track in tracks
    }


def test_what_came_before_the_move_stays_with_the_old_vehicle(convoy: Trackers) -> None:
    convoy.report(1, at_km(40, 0))

    move(convoy, 2, at=START + 10 * MINUTE)

    assert places() == {"B1": ("T1", START)}


def test_what_came_with_a_time_after_the_move_goes_to_the_new_vehicle(convoy: Trackers) -> None:
    convoy.report(1, at_km(40, 0), at_km(44, 12), at=START + 10 * MINUTE)

    move(convoy, 2, at=START + 10 * MINUTE)

    later = PositionFix.objects.get(fixed_at=START + 12 * MINUTE)
    assert later.vehicle == convoy.bus(2)
    assert places() == {"B1": ("T1", START), "B2": ("T1", START + 12 * MINUTE)}


def test_a_device_that_is_still_aboard_speaks_at_once_when_the_better_one_leaves(
    convoy: Trackers,
) -> None:
    phone = stand_in(convoy, 1)
    add_fixes(device=phone, fixes=[at_km(44, 5)], raw=None, at=START + 5 * MINUTE)
    convoy.report(1, at_km(45, 6))
    before = places()["B1"]

    move(convoy, 2, at=START + 7 * MINUTE)

    assert before == ("T1", START + 6 * MINUTE)
    assert places()["B1"] == ("phone", START + 5 * MINUTE)


def test_a_device_that_is_released_makes_way_and_its_old_fixes_stay(convoy: Trackers) -> None:
    phone = stand_in(convoy, 1)
    add_fixes(device=phone, fixes=[at_km(44, 5)], raw=None, at=START + 5 * MINUTE)
    convoy.report(1, at_km(45, 6), at_km(46, 8), at=START + 6 * MINUTE)

    release_device(device=convoy.devices[0], at=START + 7 * MINUTE)

    theirs = PositionFix.objects.filter(device=convoy.devices[0]).order_by("fixed_at")
    assert [fix.vehicle_id for fix in theirs] == [convoy.bus(1).pk, None]
    assert theirs[1].chainage_km is None
    assert places()["B1"] == ("phone", START + 5 * MINUTE)


def test_a_move_that_is_taken_back_in_the_same_moment_leaves_no_trace(convoy: Trackers) -> None:
    convoy.report(1, at_km(40, 0), at_km(44, 12), at=START + 10 * MINUTE)
    before = places()
    move(convoy, 2, at=START + 10 * MINUTE)

    move(convoy, 1, at=START + 10 * MINUTE)

    assert places() == before | {"B2": None}
    assert convoy.devices[0].assignments.count() == 2


def test_the_old_vehicle_is_compared_with_its_column_anew(cast: Cast, road: Road) -> None:
    convoy = with_trackers(cast, road, buses=4)
    for minute in range(0, 30, 5):
        for bus in (1, 2, 3):
            convoy.report(bus, at_km(70 + minute / 2, minute))
        convoy.report(4, at_km(30, minute))
    apart = convoy.track(4).separated_since

    move(convoy, 1, at=BEFORE, device=convoy.devices[3])

    assert apart is not None
    assert convoy.track(4).fix is None
    assert convoy.track(4).separated_since is None


def test_a_vehicle_that_never_reported_gets_no_empty_track(convoy: Trackers) -> None:
    move(convoy, 2, at=START)

    assert not VehicleTrack.objects.exists()


def test_a_move_by_the_page_is_seen_at_once(convoy: Trackers) -> None:
    now, desk = field_now(), Client()
    desk.force_login(convoy.cast.dispatcher)
    km = at_km(40, (now - START) / MINUTE + 2)
    add_fixes(device=convoy.devices[0], fixes=[km], raw=None, at=now)
    chosen = {"target": f"v-{convoy.bus(2).pk}", "priority": "1"}

    desk.post(reverse("device_assign", args=[convoy.devices[0].pk]), chosen)
    moved = places()
    desk.post(reverse("device_release", args=[convoy.devices[0].pk]))

    assert {code: place and place[0] for code, place in moved.items()} == {"B1": None, "B2": "T1"}
    assert set(places().values()) == {None}
