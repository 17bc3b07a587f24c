"""Read numbers, moments, words and JSON from devices, which write each of them in many ways."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from tracker.lib.text import clamp, tidy

KNOT_M_S = 1852 / 3600
KMH_M_S = 1000 / 3600
MAX_FIELDS = 200
# Traccar takes what fits a 32-bit integer for seconds and anything larger for milliseconds.
_LAST_SECOND = 2**31 - 1
_LONGEST_WORDS = 500
# A plus sign that nobody encoded arrives as a space: "12:12:00 03:00".
_LOST_PLUS = re.compile(r"(?<=\d) (?=\d\d:?\d\d$)")
_DAY_ALONE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d$")


class Unreadable(Exception):
    """What came says nothing that can be understood; `code` names what is wrong with it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def number(value: object) -> float | None:
    """Return a finite number, also one written as text, else `None`."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def within(value: object, low: float, high: float, *, factor: float = 1.0) -> float | None:
    """Return the number times `factor` if the number lies within [low, high], else `None`.

    Devices write -1 for what they do not know.
    """
    read = number(value)
    return read * factor if read is not None and low <= read <= high else None


def coordinate(value: object) -> float:
    """Return a coordinate in degrees, of this earth or not; raises Unreadable."""
    read = number(value)
    if read is None:
        raise Unreadable("position_unreadable")
    return read


def unix_moment(value: object, *, per_second: int = 1) -> datetime:
    """Return the moment of a count since 1970, `per_second` to the second; raises Unreadable."""
    read = number(value)
    if read is None:
        raise Unreadable("time_unreadable")
    try:
        return datetime.fromtimestamp(read / per_second, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable("time_unreadable") from error


def moment(value: object) -> datetime:
    """Return a moment written in seconds or milliseconds since 1970 or as ISO 8601.

    A time without a zone is UTC. Raises Unreadable.
    """
    read = number(value)
    if read is not None:
        return unix_moment(read, per_second=1 if read < _LAST_SECOND else 1000)
    if not isinstance(value, str):
        raise Unreadable("time_unreadable")
    text = value.strip()
    if not _DAY_ALONE.match(text):
        text = _LOST_PLUS.sub("+", text)
    try:
        written = datetime.fromisoformat(text)
        return written.astimezone(UTC) if written.tzinfo else written.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable("time_unreadable") from error


def says_yes(value: object) -> bool:
    """Tell whether a flag is set: `true`, 1, or their words."""
    return value is True or (not isinstance(value, bool) and str(value).lower() in {"true", "1"})


def says_no(value: object) -> bool:
    """Tell whether a flag is there and not set."""
    return value is False or str(value).lower() in {"false", "0"}


def words(value: object, *, limit: int = _LONGEST_WORDS) -> str:
    """Return short text in one line that any page and table can hold; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = tidy(value[: 4 * limit] if isinstance(value, str) else str(value))
    return clamp(text, limit)


def part(whole: object, name: str) -> dict[str, Any]:
    """Return the object of this name within another; an empty one where there is none."""
    inner = whole.get(name) if isinstance(whole, dict) else None
    return inner if isinstance(inner, dict) else {}


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object that a body holds; raises Unreadable for anything else."""
    try:
        read = json.loads(body.decode("utf-8-sig"), parse_constant=lambda _name: None)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not_json") from error
    if not isinstance(read, dict):
        raise Unreadable("not_an_object")
    return read


def moment_or_none(value: object) -> datetime | None:
    """Return the moment that a service names; one that cannot be read is as good as none."""
    try:
        return moment(value) if value else None
    except Unreadable:
        return None


def fields_or_none(text: str) -> dict[str, str]:
    """Return the fields of a query or form; none of one that cannot be read."""
    try:
        return form_fields(text)
    except Unreadable:
        return {}


def form_fields(text: str) -> dict[str, str]:
    """Return the fields of a query or form, the last of each name; raises Unreadable."""
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError as error:
        raise Unreadable("too_many_fields") from error
