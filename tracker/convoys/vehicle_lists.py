"""Read a pasted list of vehicles: one a line, "code, seats, expected people"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.convoys.kinds import SLIP_FACTOR

# No convoy of the record has more; a longer list is another file pasted by mistake.
MOST_LINES = 500
MOST_SEATS = 500
_SEPARATOR = re.compile(r"[^\S\t]*[,;\t][^\S\t]*")
_CODE = re.compile(r"^[^\s,;].{0,15}$")


@dataclass(frozen=True, slots=True)
class Listed:
    """One vehicle of the list; numbers are `None` where the line gives none."""

    line: int
    code: str
    seats: int | None
    people: int | None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line, as a code; a question may be answered by standing by it."""

    line: int
    code: str
    text: str = ""
    is_question: bool = False


@dataclass(frozen=True, slots=True)
class VehicleList:
    """What a list says, and every problem in it; nothing is loaded while there is one."""

    vehicles: tuple[Listed, ...] = ()
    problems: tuple[Problem, ...] = ()


def _number(text: str) -> int | None:
    """Return the number; ValueError where the text is none."""
    if text in {"", "-", "?"}:
        return None
    if not text.isdecimal() or len(text) > 7:
        raise ValueError(text)
    return int(text)


def _is_heading(parts: list[str]) -> bool:
    return len(parts) > 1 and not any(character.isdigit() for character in "".join(parts))


def _judge(vehicle: Listed) -> Iterator[Problem]:
    seats, people = vehicle.seats, vehicle.people
    if seats is not None and not 1 <= seats <= MOST_SEATS:
        yield Problem(vehicle.line, "seats", str(seats))
    elif seats is not None and people is not None and people > seats:
        is_slip = people > SLIP_FACTOR * seats
        words = f"{people}/{seats}"
        yield Problem(vehicle.line, "slip" if is_slip else "crowded", words, not is_slip)


def _read(line: int, parts: list[str]) -> Listed | Problem:
    if len(parts) > 3:
        return Problem(line, "columns", str(len(parts)))
    if not _CODE.match(parts[0]):
        return Problem(line, "code", parts[0][:40])
    try:
        numbers = [_number(part) for part in parts[1:]]
    except ValueError as error:
        return Problem(line, "number", str(error)[:40])
    seats, people = [*numbers, None, None][:2]
    return Listed(line, parts[0], seats, people)


def read_vehicle_list(text: str) -> VehicleList:
    """Read `text`; lines are separated by comma, semicolon or tab, a heading is passed over."""
    vehicles: list[Listed] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        parts = _SEPARATOR.split(raw.strip(" \xa0"))
        if not raw.strip() or (not vehicles and not problems and _is_heading(parts)):
            continue
        item = _read(number, parts)
        if isinstance(item, Problem):
            problems.append(item)
            continue
        key = item.code.casefold()
        if key in seen:
            problems.append(Problem(number, "twice", f"{item.code}/{seen[key]}"))
        seen.setdefault(key, number)
        problems.extend(_judge(item))
        vehicles.append(item)
    if len(vehicles) > MOST_LINES:
        problems = [Problem(MOST_LINES + 1, "too_many", str(len(vehicles)))]
    return VehicleList(tuple(vehicles), tuple(problems))
