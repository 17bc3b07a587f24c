"""A GPX file of anybody's making is read in bounds, or refused with a reason; never half."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable

import pytest

from tracker.lib import bounded, gpx
from tracker.lib.bounded import Limits, Unreadable, read
from tracker.lib.gpx import track_points

POINT = '<trkpt lat="47.1" lon="36.2"><ele>12</ele><time>2022-04-01T06:00:00Z</time></trkpt>'


def file(*points: str, head: str = "") -> bytes:
    inner = "".join(points)
    return (
        f'<?xml version="1.0"?>{head}<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><trkseg>{inner}</trkseg></trk></gpx>"
    ).encode()


def test_a_point_is_read_with_its_time_in_utc() -> None:
    local = POINT.replace("06:00:00Z", "09:00:00+03:00")

    points = track_points(file(POINT, local))["points"]

    assert points[0] == {
        "lat": 47.1,
        "lon": 36.2,
        "altitude_m": 12.0,
        "fixed_at": "2022-04-01T06:00:00+00:00",
    }
    assert points[1]["fixed_at"] == points[0]["fixed_at"]


def test_a_time_without_a_zone_is_utc_as_the_format_says() -> None:
    (point,) = track_points(file(POINT.replace("00Z", "00")))["points"]

    assert point["fixed_at"] == "2022-04-01T06:00:00+00:00"


def test_speed_and_course_are_found_also_among_extensions() -> None:
    more = "<extensions><t:speed xmlns:t='urn:t'>8.5</t:speed><course>310</course></extensions>"

    (point,) = track_points(file(POINT.replace("</trkpt>", more + "</trkpt>")))["points"]

    assert (point["speed_m_s"], point["course_deg"]) == (8.5, 310.0)


def test_what_a_point_lacks_is_named_with_its_number() -> None:
    found = track_points(
        file(
            POINT,
            '<trkpt lat="47.1" lon="36.2"/>',
            POINT.replace('lat="47.1"', 'lat="north"'),
            POINT.replace('lon="36.2"', 'lon="nan"'),
            POINT.replace("2022-04-01T06:00:00Z", "yesterday"),
            POINT,
        )
    )

    assert len(found["points"]) == 2
    assert found["problems"] == [
        [2, gpx.NO_TIME],
        [3, gpx.NO_PLACE],
        [4, gpx.NO_PLACE],
        [5, gpx.BAD_TIME],
    ]


def test_way_points_and_routes_are_plans_and_left_out() -> None:
    way = b'<wpt lat="1" lon="2"><time>2022-04-01T06:00:00Z</time></wpt><trk>'

    assert len(track_points(file(POINT).replace(b"<trk>", way))["points"]) == 1


def _laughs() -> bytes:
    lines = ['<!ENTITY a "ha">']
    for before, name in zip("abcdefghij", "bcdefghijk", strict=True):
        lines.append(f'<!ENTITY {name} "{f"&{before};" * 10}">')
    return file(POINT.replace("12", "&k;"), head=f"<!DOCTYPE gpx [{''.join(lines)}]>")


def _swelling() -> bytes:
    head = f'<!DOCTYPE gpx [<!ENTITY a "{"x" * 50_000}">]>'
    return file(POINT.replace("12", "&a;" * 50_000), head=head)


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.gpx", b"0" * 20_000_000)
    return packed.getvalue()


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a billion laughs": (_laughs, gpx.ENTITIES),
    "quadratic swelling": (_swelling, gpx.ENTITIES),
    "a file of the machine": (
        lambda: file(
            POINT.replace("12", "&f;"),
            head='<!DOCTYPE gpx [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        ),
        gpx.ENTITIES,
    ),
    "a file from the net": (
        lambda: file(POINT, head='<!DOCTYPE gpx SYSTEM "http://127.0.0.1:9/evil.dtd">'),
        gpx.ENTITIES,
    ),
    "nesting without end": (lambda: file("<a>" * 600_000), gpx.TOO_DEEP),
    "one point too many": (lambda: file(POINT * 20_001), gpx.TOO_MANY),
    "more than five megabytes": (lambda: b" " * (5 * 1024 * 1024 + 1), bounded.TOO_BIG),
    "a packed file": (_zipped, gpx.NOT_XML),
    "cut in the middle": (lambda: file(POINT * 10)[:700], gpx.NOT_XML),
    "another language": (lambda: b"<html><trkpt lat='1' lon='2'/></html>", gpx.NOT_GPX),
    "an encoding that nobody knows": (
        lambda: file(POINT).replace(b'"1.0"?', b'"1.0" encoding="EBCDIC-XX"?'),
        gpx.NOT_XML,
    ),
    "nothing": (lambda: b"", gpx.NOT_XML),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(name: str) -> None:
    make, code = BOMBS[name]
    body = make()
    begun = time.monotonic()

    with pytest.raises(Unreadable) as refused:
        read(gpx.READER, body)

    assert refused.value.code == code
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    "body",
    [
        file(POINT.replace("<ele>", "<x/>" * 100_000 + "<ele>")),
        file(POINT.replace("36.2", "3" * 4_000_000)),
    ],
    ids=["a point of a hundred thousand parts", "a huge attribute"],
)
def test_an_odd_point_is_one_point_however_large(body: bytes) -> None:
    found = read(gpx.READER, body)

    assert len(found["points"]) + len(found["problems"]) == 1


def test_the_largest_honest_file_is_read() -> None:
    found = read(gpx.READER, file(POINT * 20_000))

    assert len(found["points"]) == 20_000


def test_a_reader_that_asks_for_too_much_memory_or_time_is_stopped() -> None:
    with pytest.raises(Unreadable, match=bounded.TOO_HARD):
        read("builtins:list", b"x" * 5_000_000, limits=Limits(memory=64 * 1024 * 1024))
    with pytest.raises(Unreadable, match=bounded.TOO_HARD):
        read(gpx.READER, file(POINT * 20_000), limits=Limits(work_s=0))
    with pytest.raises(Unreadable, match=bounded.TOO_HARD):
        read(gpx.READER, file(POINT * 20_000), limits=Limits(wait_s=0.01))


def _mangled(rng: random.Random) -> bytes:
    body = bytearray(file(POINT * 3, "<rte/>", '<trkpt lat="-91" lon="x"><time/></trkpt>'))
    for _turn in range(rng.randint(1, 8)):
        place = rng.randrange(len(body))
        act = rng.randrange(4)
        if act == 0:
            body[place] = rng.randrange(256)
        elif act == 1:
            del body[place : place + rng.randrange(40)]
        elif act == 2:
            body[place:place] = rng.choice(
                [b"&#0;", b"<", b"]]>", b"\xff\xfe", b"<!--", b"&lt;", "ї".encode(), b"1e999"]
            )
        else:
            body[place:place] = body[: rng.randrange(60)]
        body = body or bytearray(b"<")
    return bytes(body)


def _outcome(body: bytes) -> str:
    try:
        return "+".join(sorted(track_points(body)))
    except ValueError as refused:
        return str(refused)


ALLOWED = {"points+problems", gpx.NOT_XML, gpx.NOT_GPX, gpx.TOO_DEEP, gpx.ENTITIES}


def test_two_thousand_mangled_files_are_read_or_refused() -> None:
    outcomes = {_outcome(_mangled(random.Random(seed))) for seed in range(2_000)}

    assert outcomes <= ALLOWED
    assert {"points+problems", gpx.NOT_XML} <= outcomes


@pytest.mark.drill
def test_twenty_thousand_mangled_files_are_read_or_refused() -> None:
    assert {_outcome(_mangled(random.Random(seed))) for seed in range(2_000, 22_000)} <= ALLOWED
