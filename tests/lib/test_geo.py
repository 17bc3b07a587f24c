"""A fix lies so many km along a road and so many metres beside it."""

from __future__ import annotations

import math

import pytest

from tracker.lib.geo import RoadLine, distance_m, on_plane

# Along the 47th parallel: 0.1 degrees of longitude are 7.6 km.
STRAIGHT = [(36.0 + step / 100, 47.0) for step in range(101)]
PLACES = [(37.54131, 47.09514), (36.79, 46.7585), (35.71, 47.25), (35.11714, 47.85167)]


def straight(*, length_km: float | None = 100) -> RoadLine:
    return RoadLine(STRAIGHT, anchors=[], length_km=length_km)


def test_a_degree_of_latitude_is_a_hundred_and_eleven_km() -> None:
    assert distance_m(47, 36, 48, 36) == pytest.approx(111_195, rel=0.005)


def test_the_way_across_the_date_line_is_short() -> None:
    assert distance_m(0, 179.95, 0, -179.95) == pytest.approx(11_120, rel=0.01)
    assert on_plane([(0, -179.95)], centre=(0, 179.95))[0][0] == pytest.approx(11_120, rel=0.01)


def test_half_way_along_the_line_is_half_of_the_known_length() -> None:
    (match,) = straight().match([(47.0, 36.5)])

    assert match is not None
    assert match.chainage_km == pytest.approx(50, abs=0.1)
    assert match.off_m < 5


def test_metres_beside_the_line_are_metres() -> None:
    north = 47.0 + 300 / 111_195
    (match,) = straight().match([(north, 36.5)])

    assert match is not None
    assert match.off_m == pytest.approx(300, rel=0.02)


def test_km_between_known_places_run_in_proportion_to_the_line() -> None:
    road = RoadLine(
        STRAIGHT, anchors=[(36.0, 47.0, 0), (36.5, 47.0, 80), (37.0, 47.0, 100)], length_km=100
    )

    kms = [match.chainage_km for match in road.match([(47, 36.25), (47, 36.75)]) if match]

    assert kms == [pytest.approx(40, abs=0.2), pytest.approx(90, abs=0.2)]


def test_a_place_out_of_order_does_not_turn_the_km_around() -> None:
    road = RoadLine(STRAIGHT, anchors=[(36.2, 47.0, 70), (36.8, 47.0, 30)], length_km=100)

    kms = [m.chainage_km for m in road.match([(47, 36 + step / 10) for step in range(11)]) if m]

    assert kms == sorted(kms)


def test_without_any_known_km_the_line_itself_is_measured() -> None:
    road = straight(length_km=None)

    assert road.total_km == pytest.approx(76, rel=0.01)


def test_a_line_through_places_alone_is_coarse_and_its_tolerance_wide() -> None:
    coarse = RoadLine(PLACES, anchors=[], length_km=290.5)

    assert coarse.is_coarse
    assert not straight().is_coarse
    assert coarse.leave_m > 5_000 > straight().leave_m
    assert coarse.back_m < coarse.leave_m
    assert straight().back_m < straight().leave_m


def test_the_other_side_of_the_earth_is_far_off_and_no_error() -> None:
    matches = straight().match([(-47.0, -143.5), (90.0, 0.0), (47.0, 36.1)])

    assert matches[2] is not None
    assert all(m is None or (math.isfinite(m.off_m) and m.off_m > 1e6) for m in matches[:2])


def test_a_place_in_the_town_at_either_end_is_not_off_the_road() -> None:
    road = straight()

    assert road.is_at_an_end(0.5, 2_500)
    assert road.is_at_an_end(99.0, 2_500)
    assert not road.is_at_an_end(50.0, 600)
    assert not road.is_at_an_end(0.0, 30_000)
