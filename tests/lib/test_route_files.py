"""Lines of roads out of GPX, KML, KMZ and GeoJSON, and what is refused."""

from __future__ import annotations

import json
import random

import pytest

from tests.lib.files import GEOJSON, GPX, KML, bombs, kmz
from tests.lib.mangling import mangled
from tracker.lib import bounded
from tracker.lib.route_files import READER, lines_of

LINE = [(37.54131, 47.09514), (36.7868, 46.7585), (35.11714, 47.85167)]
BOMBS = bombs()


@pytest.mark.parametrize(
    "body",
    [GPX, KML, kmz(), GEOJSON, b"\xef\xbb\xbf" + GEOJSON],
    ids=["gpx", "kml", "kmz", "json", "bom"],
)
def test_each_format_gives_the_same_line(body: bytes) -> None:
    assert lines_of(body) == [LINE]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_a_route"),
        (b"hello", "not_a_route"),
        (b"<gpx></gpx>", "no_line"),
        (b'<gpx><trk><trkpt lat="1" lon="2"/></trk></gpx>', "no_line"),
        (b'<gpx><trk><trkpt lat="91" lon="2"/></trk></gpx>', "off_earth"),
        (b'<gpx><trk><trkpt lat="nan" lon="2"/></trk></gpx>', "off_earth"),
        (b'{"type":"LineString","coordinates":[[1e400,2],[3,4]]}', "off_earth"),
        (b'{"type":"LineString","coordinates":[1,2]}', "off_earth"),
        (b'{"type":"Point","coordinates":[1,2]}', "no_line"),
        (b"[]", "not_a_route"),
        (b"PK\x03\x04broken", "not_a_route"),
        (kmz(b"<kml/>"), "no_line"),
    ],
)
def test_what_is_no_route_is_refused_by_name(body: bytes, code: str) -> None:
    with pytest.raises(ValueError, match=code):
        lines_of(body)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_and_costs_this_process_nothing(name: str) -> None:
    with pytest.raises(bounded.Unreadable):
        bounded.read(READER, BOMBS[name])


def _survives(seeds: list[bytes], *, rounds: int, seed: int) -> int:
    chance = random.Random(seed)
    read = 0
    for _ in range(rounds):
        body = mangled(chance.choice(seeds), chance)
        try:
            lines = lines_of(body)
        except ValueError:
            continue
        assert json.loads(json.dumps(lines))
        read += 1
    return read


def test_mangled_files_give_a_line_or_a_reason() -> None:
    assert _survives([GPX, KML, kmz(), GEOJSON], rounds=1_500, seed=1) > 10


@pytest.mark.drill
def test_sixty_thousand_mangled_files_give_a_line_or_a_reason() -> None:
    for number, seeds in enumerate(([GPX], [KML, kmz()], [GEOJSON])):
        assert _survives(seeds, rounds=20_000, seed=number) > 100
