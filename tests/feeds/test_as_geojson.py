"""The GeoJSON feed obeys RFC 7946 and shows places, never people."""

from __future__ import annotations

import json
from typing import Any

import pytest
from geojson_pydantic import FeatureCollection

from tests.feeds.samples import EXERCISE, STAMP, corridor, snapshot
from tracker.feeds import as_geojson
from tracker.feeds.snapshot import PointView, Snapshot


def collection(of: Snapshot) -> dict[str, Any]:
    rendered = as_geojson.render(of, STAMP)
    FeatureCollection.model_validate_json(rendered)
    read: dict[str, Any] = json.loads(rendered)
    return read


def test_a_corridor_is_a_line_through_its_known_points_longitude_first() -> None:
    line = collection(snapshot())["features"][0]

    assert line["geometry"]["type"] == "LineString"
    assert line["geometry"]["coordinates"] == [
        [37.54131, 47.09514],
        [35.28213, 47.44218],
        [35.11714, 47.85167],
    ]
    assert line["properties"]["status"] == "ANNOUNCED"


def test_a_point_without_a_position_stays_in_the_list_without_a_geometry() -> None:
    points = collection(snapshot())["features"][1:]

    assert [point["properties"]["name"] for point in points] == [
        "Mariupol",
        "Vasylivka",
        "Kamianske",
        "Zaporizhzhia",
    ]
    assert [point["geometry"] is None for point in points] == [False, False, True, False]


@pytest.mark.parametrize(
    "places",
    [
        (),
        ((47.0, 37.0),),
        ((47.0, 37.0), (47.0, 37.0)),
        ((47.0, 37.0), (None, 36.0)),
        ((47.0, 37.0), (91.0, 36.0)),
        ((47.0, 37.0), (46.0, 181.0)),
        ((47.0, 37.0), (float("nan"), 36.0)),
    ],
)
def test_a_route_that_is_no_line_has_no_geometry(places: Any) -> None:
    points = tuple(PointView(name="x", km=0, lat=lat, lon=lon, kind="TOWN") for lat, lon in places)

    line = collection(snapshot(corridors=(corridor(points=points),)))["features"][0]

    assert line["geometry"] is None


def test_no_number_pretends_to_be_finer_than_a_metre() -> None:
    points = tuple(
        PointView(name="x", km=0, lat=47.123456789 + n, lon=37.123456789, kind="TOWN")
        for n in range(2)
    )

    line = collection(snapshot(corridors=(corridor(points=points),)))["features"][0]

    assert line["geometry"]["coordinates"][0] == [37.12346, 47.12346]


def test_every_feature_of_an_exercise_carries_its_name() -> None:
    features = collection(snapshot(exercise=EXERCISE))["features"]

    assert {feature["properties"]["exercise"] for feature in features} == {"1 April 2022"}


def test_each_feature_has_its_own_lasting_id() -> None:
    ids = [feature["id"] for feature in collection(snapshot())["features"]]

    assert ids[:2] == [
        "corridor/mariupol-zaporizhzhia",
        "corridor/mariupol-zaporizhzhia/point/1",
    ]
    assert len(set(ids)) == len(ids)


def test_the_collection_has_no_coordinate_system_member() -> None:
    assert "crs" not in collection(snapshot())
