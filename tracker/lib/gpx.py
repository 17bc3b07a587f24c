"""Read a recorded track from a GPX file of anybody's making. Pure; run it through lib.bounded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from math import isfinite
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

MOST_POINTS = 20_000
MOST_DEEP = 32
READER = "tracker.lib.gpx:track_points"
NOT_XML, NOT_GPX, TOO_DEEP, TOO_MANY, ENTITIES = (
    "not_xml",
    "not_gpx",
    "too_deep",
    "too_many_points",
    "entities",
)
NO_TIME, BAD_TIME, NO_PLACE = "no_time", "bad_time", "no_place"
_NUMBERS = {"ele": "altitude_m", "speed": "speed_m_s", "course": "course_deg"}


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _number(text: str | None) -> float | None:
    try:
        value = float((text or "").strip()[:40])
    except ValueError:
        return None
    return value if isfinite(value) else None


def _moment(text: str) -> str:
    """Return a time as ISO text in UTC, which GPX means where no zone is given; "" for none."""
    try:
        at = datetime.fromisoformat(text.strip()[:40])
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        return at.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return ""


def _point(element: Element) -> tuple[dict[str, Any], str]:
    """Return what a point says, and what it lacks as a code."""
    lat, lon = _number(element.get("lat")), _number(element.get("lon"))
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        return {}, NO_PLACE
    found: dict[str, Any] = {"lat": lat, "lon": lon}
    time = None
    for child in element.iter():
        name = _name(child)
        if name == "time" and time is None:
            time = child.text or ""
        elif name in _NUMBERS:
            found[_NUMBERS[name]] = _number(child.text)
    if time is None:
        return {}, NO_TIME
    found["fixed_at"] = _moment(time)
    return found, "" if found["fixed_at"] else BAD_TIME


def _track_elements(body: bytes) -> Iterator[Element]:
    """Yield each point of a track once it is complete, and forget it afterwards."""
    depth = 0
    for event, element in iterparse(BytesIO(body), events=("start", "end"), forbid_dtd=True):
        if event == "start":
            depth += 1
            if depth == 1 and _name(element) != "gpx":
                raise ValueError(NOT_GPX)
            if depth > MOST_DEEP:
                raise ValueError(TOO_DEEP)
            continue
        depth -= 1
        if _name(element) == "trkpt":
            yield element
            element.clear()


def track_points(body: bytes) -> dict[str, Any]:
    """Return the points of the tracks in a GPX 1.0 or 1.1 file, and problems by number of point.

    Points are by name: fixed_at (ISO, UTC), lat, lon, and altitude_m, speed_m_s, course_deg where
    given. Way points and routes are left out: they are plans, not where somebody was. Raises
    ValueError with a code for a file that is no GPX, too large or built to do harm.
    """
    points, problems = [], []
    try:
        for number, element in enumerate(_track_elements(body), start=1):
            if number > MOST_POINTS:
                raise ValueError(TOO_MANY)
            point, problem = _point(element)
            if problem:
                problems.append([number, problem])
            else:
                points.append(point)
    except DefusedXmlException as error:
        raise ValueError(ENTITIES) from error
    except (ParseError, LookupError, UnicodeError) as error:
        raise ValueError(NOT_XML) from error
    return {"points": points, "problems": problems}
