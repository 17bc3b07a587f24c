"""Read the line of a road from GPX, KML, KMZ or GeoJSON. Pure; run it through lib.bounded."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from math import isfinite
from typing import Any
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

READER = "tracker.lib.route_files:lines_of"
MOST_POINTS, MOST_DEEP, MOST_LINES = 20_000, 32, 50
MOST_UNPACKED = 5 * 1024 * 1024
NOT_A_ROUTE, NO_LINE, OFF_EARTH, TOO_MANY, TOO_DEEP, ENTITIES, TOO_BIG = (
    "not_a_route",
    "no_line",
    "off_earth",
    "too_many_points",
    "too_deep",
    "entities",
    "too_big",
)
Line = list[tuple[float, float]]


def _place(lon: Any, lat: Any) -> tuple[float, float]:
    """Return (longitude, latitude) to a metre; raises ValueError off the earth."""
    try:
        east, north = float(lon), float(lat)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(OFF_EARTH) from error
    if not (isfinite(east) and isfinite(north) and abs(east) <= 180 and abs(north) <= 90):
        raise ValueError(OFF_EARTH)
    return round(east, 5), round(north, 5)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _elements(body: bytes) -> Iterator[tuple[str, Element, str]]:
    """Yield ("start" | "end", element, its parent's name); refuses what is too deep."""
    path: list[str] = []
    for event, element in iterparse(BytesIO(body), events=("start", "end"), forbid_dtd=True):
        name = _name(element)
        if event == "start":
            path.append(name)
            if len(path) > MOST_DEEP:
                raise ValueError(TOO_DEEP)
        else:
            path.pop()
        yield event, element, path[-1] if path else ""


def _kml_line(text: str) -> Line:
    line = []
    for triple in text.split():
        parts = triple.split(",")
        if len(parts) not in (2, 3):
            raise ValueError(OFF_EARTH)
        line.append(_place(parts[0], parts[1]))
        if len(line) > MOST_POINTS:
            raise ValueError(TOO_MANY)
    return line


def _xml_lines(body: bytes) -> Iterator[Line]:
    """Yield the tracks and routes of a GPX, the line strings of a KML."""
    points: Line = []
    for event, element, parent in _elements(body):
        name = _name(element)
        if event == "start":
            continue
        if name in {"trkpt", "rtept"}:
            points.append(_place(element.get("lon"), element.get("lat")))
            if len(points) > MOST_POINTS:
                raise ValueError(TOO_MANY)
            element.clear()
        elif name in {"trk", "rte"}:
            yield points
            points = []
        elif name == "coordinates" and parent == "linestring":
            yield _kml_line(element.text or "")


def _kml_in(body: bytes) -> bytes:
    """Return the first KML of a KMZ, unpacked within bounds."""
    with ZipFile(BytesIO(body)) as archive:
        for part in archive.infolist():
            if part.filename.lower().endswith(".kml"):
                with archive.open(part) as packed:
                    text = packed.read(MOST_UNPACKED + 1)
                if len(text) > MOST_UNPACKED:
                    raise ValueError(TOO_BIG)
                return text
    raise ValueError(NO_LINE)


def _geometries(node: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield every geometry of a GeoJSON document."""
    if not isinstance(node, dict) or depth > 6:
        raise ValueError(NOT_A_ROUTE)
    kind = node.get("type")
    members = {"FeatureCollection": "features", "GeometryCollection": "geometries"}.get(str(kind))
    if members:
        parts = node.get(members)
        for part in parts if isinstance(parts, list) else []:
            yield from _geometries(part, depth + 1)
    elif kind == "Feature":
        if node.get("geometry") is not None:
            yield from _geometries(node["geometry"], depth + 1)
    else:
        yield node


def _line(coordinates: Any) -> Line:
    found = coordinates if isinstance(coordinates, list) else []
    if len(found) > MOST_POINTS:
        raise ValueError(TOO_MANY)
    line = []
    for each in found:
        if not isinstance(each, list) or len(each) < 2:
            raise ValueError(OFF_EARTH)
        line.append(_place(each[0], each[1]))
    return line


def _json_lines(body: bytes) -> Iterator[Line]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError(NOT_A_ROUTE) from error
    for geometry in _geometries(document):
        kind, coordinates = geometry.get("type"), geometry.get("coordinates")
        if kind == "LineString":
            yield _line(coordinates)
        elif kind == "MultiLineString" and isinstance(coordinates, list):
            for part in coordinates:
                yield _line(part)


def _all_lines(body: bytes) -> Iterator[Line]:
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:2]
    if start == b"PK":
        yield from _xml_lines(_kml_in(body))
    elif start[:1] in (b"{", b"["):
        yield from _json_lines(body)
    else:
        yield from _xml_lines(body)


def lines_of(body: bytes) -> list[Line]:
    """Return the lines of a file, each of two points or more, as (longitude, latitude), longest
    first by points.

    Tracks and routes of GPX, line strings of KML, KMZ and GeoJSON (WGS 84, RFC 7946). Raises
    ValueError with a code for what is no route, lies off the earth, is too large or does harm.
    """
    lines: list[Line] = []
    try:
        for line in _all_lines(body):
            if len(line) >= 2:
                lines.append(line)
            if len(lines) > MOST_LINES or sum(map(len, lines)) > MOST_POINTS:
                raise ValueError(TOO_MANY)
    except DefusedXmlException as error:
        raise ValueError(ENTITIES) from error
    except (
        ParseError,
        LookupError,
        UnicodeError,
        BadZipFile,
        NotImplementedError,
        OSError,
        RuntimeError,
        zlib.error,
        struct.error,
        EOFError,
    ) as error:
        raise ValueError(NOT_A_ROUTE) from error
    if not lines:
        raise ValueError(NO_LINE)
    return sorted(lines, key=len, reverse=True)
