"""Find the time in a short message: by the clock, or so long ago, in five languages; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from tracker.lib.sms_signs import as_number, digits_of, meaning_of

_CLOCK = re.compile(r"^(\d{1,2})(?::|\.|;|H|Ч|ГОД|Г)(\d{2})$")
_DASHED = re.compile(r"^(\d{2})-(\d{2})$")
_HALVES = re.compile(r"^(\d{1,2})(?:[:.](\d{2}))?(AM|PM)$")
_COMPACT = re.compile(r"^(\d{2})(\d{2})$")
_GLUED = re.compile(r"^(\d{1,4})([^\W\d]+)$")
# A clock a little ahead is taken for now; further ahead it is of yesterday, or not yet.
TOLERANCE = timedelta(minutes=10)
_HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class SaidTime:
    """A time as said: hour and minute of a clock, or minutes ago."""

    hour: int = 0
    minute: int = 0
    minutes_ago: int | None = None


@dataclass(slots=True)
class Times:
    """The times that were found, whether one lies ahead, durations, and the tokens left."""

    said: list[SaidTime] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    is_ahead: bool = False
    is_unclear: bool = False
    lasting: list[str] = field(default_factory=list)


def clock_of(token: str) -> SaidTime | None:
    """Return the time that a token is by the clock: 14:05, 14h05, 2:05PM; not 1405."""
    read = digits_of(token) if ":" in token else token
    halves = _HALVES.match(read)
    if halves:
        return _of_halves(int(halves[1]), int(halves[2] or 0), halves[3])
    found = _CLOCK.match(read) or _DASHED.match(read)
    return _valid(int(found[1]), int(found[2])) if found else None


def compact_clock_of(digits: str) -> SaidTime | None:
    """Return the time that four digits are, such as 1405."""
    found = _COMPACT.match(digits)
    return _valid(int(found[1]), int(found[2])) if found else None


def _valid(hour: int, minute: int) -> SaidTime | None:
    return SaidTime(hour, minute) if hour < 24 and minute < 60 else None


def _of_halves(hour: int, minute: int, half: str) -> SaidTime | None:
    if not 1 <= hour <= 12:
        return None
    return _valid(hour % 12 + (12 if half == "PM" else 0), minute)


def _unit(token: str) -> str:
    meaning = meaning_of(token)
    if meaning is None:
        return ""
    return next((unit for unit in ("minutes", "hours") if meaning.is_a(unit)), "")


def split_units(tokens: list[str]) -> list[str]:
    """Separate a number from the unit that was written onto it: 5MIN, 2950PAX, 38V."""
    found: list[str] = []
    for token in tokens:
        glued = _GLUED.match(token)
        if glued and _is_number_with_unit(token) and _is_unit(glued[2]):
            found += [glued[1], glued[2]]
        else:
            found.append(token)
    return found


def _is_number_with_unit(token: str) -> bool:
    return not (as_number(token) or clock_of(token) or meaning_of(token))


def _is_unit(word: str) -> bool:
    meaning = meaning_of(word)
    units = ("minutes", "hours", "vehicles", "people")
    return meaning is not None and (
        meaning.keyword == "COUNT" or any(meaning.is_a(unit) for unit in units)
    )


def _is(token: str, section: str) -> bool:
    meaning = meaning_of(token)
    return meaning is not None and meaning.is_a(section)


def take_times(tokens: list[str]) -> Times:
    """Take the times out of a message; what is left stays in its order."""
    times = Times()
    index = 0
    while index < len(tokens):
        index += _take_one(tokens, index, times)
    return times


def _take_one(tokens: list[str], at: int, times: Times) -> int:
    """Take what stands at a place and return how many tokens it is long."""
    token = tokens[at]
    number = as_number(token)
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if number and len(number) <= 4 and (unit := _unit(following)):
        return _take_duration(tokens, at, int(number), unit, times)
    if following in ("AM", "PM") and (said := clock_of(f"{number or token}{following}")):
        times.said.append(said)
        return 2
    if said := clock_of(token):
        times.said.append(said)
        return 1
    times.rest.append(token)
    return 1


def _take_duration(tokens: list[str], at: int, number: int, unit: str, times: Times) -> int:
    minutes = number * (60 if unit == "hours" else 1)
    size = 2
    more = as_number(tokens[at + 2]) if at + 2 < len(tokens) else ""
    if unit == "hours" and more and at + 3 < len(tokens) and _unit(tokens[at + 3]) == "minutes":
        minutes, size = minutes + int(more), 4
    after = tokens[at + size] if at + size < len(tokens) else ""
    if _is(after, "ago_after"):
        times.said.append(SaidTime(minutes_ago=minutes))
        return size + 1
    if _came_before(times.rest):
        times.said.append(SaidTime(minutes_ago=minutes))
        return size
    if times.rest and _is(times.rest[-1], "future_before"):
        times.rest.pop()
        times.is_ahead = True
        return size
    # "14 H 05" and "14H" are French for a time by the clock; "2 HOURS" is how long.
    if unit == "hours" and len(tokens[at + 1]) == 1:
        return _take_hour(number, more, times)
    times.lasting += tokens[at : at + size]
    return size


def _take_hour(hour: int, minute: str, times: Times) -> int:
    said = _valid(hour, int(minute)) if len(minute) == 2 else None
    if said:
        times.said.append(said)
        return 3
    times.is_unclear = True
    return 2


def _came_before(rest: list[str]) -> bool:
    """Take "IL Y A" or a word like it off the end of what came before, and tell whether it was."""
    if rest[-3:] == ["IL", "Y", "A"]:
        del rest[-3:]
        return True
    if rest and _is(rest[-1], "ago_before"):
        rest.pop()
        return True
    return False


def moment_of(said: SaidTime, *, now: datetime, zone: tzinfo) -> datetime | None:
    """Return the moment that was meant, as seen at `now`; `None` for one that has not come yet.

    A time of the clock without a day is the last one; more than half a day ahead it is yesterday's.
    """
    if said.minutes_ago is not None:
        return now - timedelta(minutes=said.minutes_ago)
    local = now.astimezone(zone)
    meant = local.replace(hour=said.hour, minute=said.minute, second=0, microsecond=0)
    if meant - local > _HALF_A_DAY:
        meant -= timedelta(days=1)
    if meant - local > TOLERANCE:
        return None
    return min(meant, local)
