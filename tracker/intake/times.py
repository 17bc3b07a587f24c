"""Find times that no entry can honestly name and no page could show; pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import astuple

from tracker.fieldlog.kinds import Finding

# Far from both ends of what Python and PostgreSQL can hold, so that zones and corrections of a
# clock never carry a time over the edge: a row there would break every page that reads it.
FIRST_YEAR, LAST_YEAR = 1900, 2200
# Python takes zones up to a day from UTC; PostgreSQL, like the earth, none so far away.
FARTHEST_ZONE = timedelta(hours=15)


# What can hold no time: most of what comes, so it is passed over first.
_TIMELESS = frozenset({str, int, float, bool, UUID, type(None)})


def _named_times(value: Any, path: str) -> Iterator[tuple[str, date]]:
    if isinstance(value, date):
        yield path, value
    elif isinstance(value, msgspec.Struct):
        for name, inner in zip(value.__struct_fields__, astuple(value), strict=True):
            if type(inner) not in _TIMELESS:
                yield from _named_times(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _named_times(inner, f"{path}[{index}]")


def _zone_findings(moment: datetime, path: str) -> list[Finding]:
    if moment.tzinfo is UTC:
        return []
    offset = moment.utcoffset()
    if offset is None:
        return [Finding("time_without_zone", path)]
    return [] if abs(offset) <= FARTHEST_ZONE else [Finding("zone_of_no_place", path)]


def time_findings(value: Any, *, where: str = "") -> list[Finding]:
    """Find dates out of range and times without a zone of this world, anywhere in event data."""
    findings = []
    for path, each in _named_times(value, where):
        if not FIRST_YEAR <= each.year <= LAST_YEAR:
            findings.append(Finding("time_out_of_range", path))
        elif isinstance(each, datetime):
            findings += _zone_findings(each, path)
    return findings
