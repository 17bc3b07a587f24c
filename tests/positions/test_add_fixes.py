"""What a device reports is taken once, in any order, and moves only what it may move."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast, make_cast
from tests.factories import Road, make_road
from tests.positions import tracks
from tests.positions.scenes import (
    BEFORE,
    START,
    Trackers,
    as_fixes,
    at_km,
    tracker,
    with_trackers,
)
from tests.positions.tracks import drive
from tracker.devices.operations import assign_device
from tracker.positions.fixes import FixResult, NewFix, Outcome
from tracker.positions.models import PositionFix, VehicleTrack
from tracker.positions.operations import add_fixes

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Trackers:
    return with_trackers(cast, road)


def test_a_fix_is_stored_with_its_vehicle_and_its_place_on_the_road(convoy: Trackers) -> None:
    results = convoy.report(1, at_km(95, 0, north_m=120), at=START + MINUTE)

    stored = PositionFix.objects.get()
    assert results == [FixResult(Outcome.STORED)]
    assert (stored.vehicle, stored.convoy) == (convoy.bus(1), convoy.column.row)
    assert stored.chainage_km == pytest.approx(95, abs=0.3)
    assert stored.off_route_m == pytest.approx(120, rel=0.05)
    assert stored.received_at == START + MINUTE
    assert convoy.track(1).fix == stored


def test_a_repeat_is_a_duplicate_within_a_message_and_between_two(convoy: Trackers) -> None:
    first = convoy.report(1, at_km(10, 0), at_km(10, 0), at_km(11, 2))
    again = convoy.report(1, at_km(10, 0), at_km(11, 2))

    assert [result.outcome for result in first] == ["stored", "duplicate", "stored"]
    assert [result.outcome for result in again] == ["duplicate", "duplicate"]
    assert PositionFix.objects.count() == 2


@pytest.mark.parametrize(
    ("fix", "reason"),
    [
        (NewFix(fixed_at=START, lat=0.0, lon=0.0), "null_island"),
        (NewFix(fixed_at=START, lat=91.0, lon=36.0), "impossible"),
        (NewFix(fixed_at=START, lat=47.0, lon=-180.1), "impossible"),
        (NewFix(fixed_at=START, lat=float("nan"), lon=36.0), "impossible"),
        (NewFix(fixed_at=START, lat=47.0, lon=float("inf")), "impossible"),
        (NewFix(fixed_at=START + 6 * MINUTE, lat=47.0, lon=36.0), "in_future"),
        (NewFix(fixed_at=START - timedelta(days=7, seconds=1), lat=47.0, lon=36.0), "too_old"),
    ],
)
def test_what_cannot_be_is_quarantined_and_stops_nothing_else(
    convoy: Trackers, fix: NewFix, reason: str
) -> None:
    results = convoy.report(1, fix, at_km(20, 0), at=START)

    assert results == [
        FixResult(Outcome.QUARANTINED, reason),
        FixResult(Outcome.STORED),
    ]


def test_what_is_a_week_late_or_five_minutes_early_is_taken(convoy: Trackers) -> None:
    late, early = at_km(20, -7 * 24 * 60), at_km(20, 5)

    results = convoy.report(1, late, early, at=START)

    assert {result.outcome for result in results} == {Outcome.STORED}


def test_figures_that_are_no_numbers_are_left_out(convoy: Trackers) -> None:
    convoy.report(1, at_km(20, 0, speed_m_s=float("nan"), battery_pct=float("inf")))

    stored = PositionFix.objects.get()
    assert (stored.speed_m_s, stored.battery_pct) == (None, None)


def test_a_late_fix_rebuilds_history_and_does_not_move_now_back(convoy: Trackers) -> None:
    convoy.report(1, at_km(30, 30))
    now = convoy.track(1).fix

    convoy.report(1, at_km(10, 5), at_km(12, 8), at=START + 40 * MINUTE)

    assert convoy.track(1).fix == now
    assert PositionFix.objects.count() == 3


def test_a_fix_belongs_to_whom_the_device_reported_for_at_its_own_time(
    cast: Cast, convoy: Trackers
) -> None:
    device = convoy.devices[0]
    assign_device(
        device=device,
        convoy=convoy.column.row,
        vehicle=convoy.bus(2),
        at=START + 20 * MINUTE,
        by=cast.dispatcher,
    )

    convoy.report(1, at_km(40, 25), at_km(36, 15), at=START + 30 * MINUTE)

    buses = PositionFix.objects.order_by("fixed_at").values_list("vehicle__code", flat=True)
    assert list(buses) == ["B1", "B2"]


def test_a_device_that_is_assigned_to_nothing_is_heard_and_moves_nothing(
    cast: Cast, convoy: Trackers
) -> None:
    lonely = tracker(cast, "T9")

    results = add_fixes(device=lonely, fixes=[at_km(20, 0)], raw=None, at=START)

    assert results == [FixResult(Outcome.STORED)]
    assert not VehicleTrack.objects.exists()


def test_a_flagged_fix_is_kept_and_moves_nothing(convoy: Trackers) -> None:
    convoy.report(1, at_km(30, 0))
    good = convoy.track(1).fix

    convoy.report(1, at_km(31, 2, is_mock=True))
    convoy.report(1, at_km(150, 3))

    assert convoy.track(1).fix == good
    assert list(PositionFix.objects.values_list("flags", flat=True)) == [[], ["MOCK"], ["JUMP"]]


@pytest.mark.parametrize("size", [1, 500])
def test_five_hundred_points_take_as_many_queries_as_one(
    convoy: Trackers, size: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fixes = as_fixes(drive(random.Random(1), fixes=500))
    if size < 500:
        convoy.report(1, *fixes[:-size])

    with django_assert_max_num_queries(24) as captured:
        convoy.report(1, *fixes[-size:])

    assert len(captured) <= 24
    assert PositionFix.objects.count() == 500


_MIXED = as_fixes(
    drive(random.Random(11), fixes=14, every=120) + tracks.with_a_jump(random.Random(12))[24:32]
)
_SECOND = as_fixes(drive(random.Random(13), fixes=10, every=240, metres=5_300))


@st.composite
def _arrivals(draw: st.DrawFn) -> list[tuple[int, list[NewFix]]]:
    """Return messages of two devices of one bus, in any order, cut anyhow, some sent twice."""
    sent = [(0, fix) for fix in _MIXED] + [(1, fix) for fix in _SECOND]
    order = draw(st.permutations(sent + draw(st.lists(st.sampled_from(sent), max_size=3))))
    messages: list[tuple[int, list[NewFix]]] = []
    for device, fix in order:
        if messages and messages[-1][0] == device and draw(st.booleans()):
            messages[-1][1].append(fix)
        else:
            messages.append((device, [fix]))
    return messages


def _standing() -> tuple[object, ...]:
    fixes = PositionFix.objects.order_by("device__label", "fixed_at", "lat", "lon")
    flags = [
        (label, at, tuple(flags))
        for label, at, flags in fixes.values_list("device__label", "fixed_at", "flags")
    ]
    tracks_now = VehicleTrack.objects.order_by("vehicle__code").values_list(
        "vehicle__code",
        "fix__device__label",
        "fix__fixed_at",
        "off_route_since",
        "separated_since",
        "flagged_since",
    )
    return (*flags, *tracks_now)


class AnyOrderTests(TestCase):
    """The same fixes give the same tracks, in whatever order and pieces they come."""

    def setUp(self) -> None:
        cast = make_cast()
        self.convoy = with_trackers(cast, make_road(operator=cast.organisation))
        phone = tracker(cast, "phone")
        assign_device(
            device=phone,
            convoy=self.convoy.column.row,
            vehicle=self.convoy.bus(1),
            at=BEFORE,
            by=None,
            priority=2,
        )
        self.devices = [self.convoy.devices[0], phone]
        self.at = START + timedelta(hours=5)
        for index, fixes in enumerate((_MIXED, _SECOND)):
            add_fixes(device=self.devices[index], fixes=fixes, raw=None, at=self.at)
        self.in_order = _standing()
        VehicleTrack.objects.all().delete()
        PositionFix.objects.all().delete()

    @given(messages=_arrivals())
    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    def test_any_order_of_arrival_gives_the_same_tracks(
        self, messages: list[tuple[int, list[NewFix]]]
    ) -> None:
        for device, fixes in messages:
            add_fixes(device=self.devices[device], fixes=fixes, raw=None, at=self.at)

        assert _standing() == self.in_order
        VehicleTrack.objects.all().delete()
        PositionFix.objects.all().delete()
