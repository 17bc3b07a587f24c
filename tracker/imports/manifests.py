"""Make vehicles out of the rows of a file, and say of each row what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tracker.convoys.kinds import SLIP_FACTOR
from tracker.convoys.vehicle_lists import MOST_LINES, MOST_SEATS

# What a column may be called, in the languages of the people who keep such lists.
_NAMES = {
    "code": ("code", "vehicle", "bus", "no", "nr", "number", "код", "номер", "автобус", "машина",
             "véhicule", "numéro", "الرمز", "الحافلة", "رقم"),
    "kind": ("kind", "type", "вид", "тип", "genre", "النوع"),
    "seats": ("seats", "capacity", "places", "місць", "місця", "мест", "места", "sièges",
              "المقاعد", "السعة"),
    "people": ("people", "expected", "passengers", "persons", "людей", "люди", "пасажири",
               "пассажиры", "personnes", "passagers", "الأشخاص", "الركاب"),
}  # fmt: skip
_KINDS = {
    "BUS": ("bus", "coach", "автобус", "автобуси", "автобусы", "autobus", "حافلة"),
    "CAR": ("car", "авто", "машина", "легкова", "легковая", "voiture", "سيارة"),
    "AMBULANCE": ("ambulance", "швидка", "скорая", "إسعاف"),
    "TRUCK": ("truck", "lorry", "вантажівка", "грузовик", "camion", "شاحنة"),
}
_OF_NAME = {name: column for column, names in _NAMES.items() for name in names}
_OF_KIND = {name: kind for kind, names in _KINDS.items() for name in names}
_UNNAMED = ("code", "seats", "people")
_NOT_SAID = {"", "-", "–", "?"}


@dataclass(frozen=True, slots=True)
class Row:
    """One vehicle of a file, by the number of its row; numbers are `None` where it gives none."""

    row: int
    code: str
    kind: str
    seats: int | None
    people: int | None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row, as a code with the text it is about; a question can be stood by."""

    row: int
    code: str
    text: str = ""
    is_question: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file says of vehicles; `left_out` are columns that are not kept, such as plates."""

    rows: tuple[Row, ...]
    problems: tuple[RowProblem, ...]
    left_out: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the rows as the database keeps them until they are taken."""
        return {"rows": [asdict(row) for row in self.rows], "left_out": list(self.left_out)}


def _columns(heading: Sequence[str]) -> dict[str, int]:
    """Return where each known column stands; empty where this is no heading."""
    found: dict[str, int] = {}
    for index, cell in enumerate(heading):
        words = cell.casefold().replace("_", " ").split()
        column = next((_OF_NAME[word] for word in words if word in _OF_NAME), None)
        if column is not None:
            found.setdefault(column, index)
    return found if "code" in found else {}


def _number(text: str) -> int | None:
    """Return a whole number; raises ValueError for what is none."""
    plain = text.replace(" ", "").replace("\u202f", "")
    if plain in _NOT_SAID:
        return None
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 7:
        raise ValueError(text)
    return int(plain)


def _cells(cells: Sequence[str], columns: dict[str, int]) -> dict[str, str]:
    return {name: cells[index] if index < len(cells) else "" for name, index in columns.items()}


def _read(row: int, cells: dict[str, str]) -> Row | RowProblem:
    code = cells["code"]
    if not code or len(code) > 16 or any(sign.isspace() or sign in ",;" for sign in code):
        return RowProblem(row, "code", code[:40])
    kind = cells.get("kind", "").casefold()
    if kind not in _OF_KIND and kind not in _NOT_SAID:
        return RowProblem(row, "kind", kind[:40])
    try:
        seats, people = _number(cells.get("seats", "")), _number(cells.get("people", ""))
    except ValueError as error:
        return RowProblem(row, "number", str(error)[:40])
    return Row(row, code, _OF_KIND.get(kind, "BUS"), seats, people)


def _judge(vehicle: Row) -> Iterator[RowProblem]:
    seats, people = vehicle.seats, vehicle.people
    if seats is not None and not 1 <= seats <= MOST_SEATS:
        yield RowProblem(vehicle.row, "seats", str(seats))
    elif seats is not None and people is not None and people > seats:
        is_slip = people > SLIP_FACTOR * seats
        yield RowProblem(
            vehicle.row, "slip" if is_slip else "crowded", f"{people}/{seats}", not is_slip
        )


def _body(rows: Sequence[Sequence[str]]) -> tuple[dict[str, int], int, tuple[str, ...]]:
    """Return where the columns stand, at which row the vehicles begin, and what is left out."""
    for index, cells in enumerate(rows[:10]):
        if columns := _columns(cells):
            known = set(columns.values())
            others = [cell for at, cell in enumerate(cells) if cell and at not in known]
            return columns, index + 1, tuple(others)
    return {name: at for at, name in enumerate(_UNNAMED)}, 0, ()


def manifest_of(rows: Sequence[Sequence[str]], *, taken: frozenset[str]) -> Manifest:
    """Read vehicles out of rows; `taken` are the codes, case-folded, that the convoy has.

    A heading within the first ten rows names the columns; without one they are code, seats and
    expected people. Nothing but these and the kind is kept.
    """
    columns, start, left_out = _body(rows)
    vehicles: list[Row] = []
    problems: list[RowProblem] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows[start:], start=start + 1):
        if not any(cells):
            continue
        item = _read(number, _cells(cells, columns))
        if isinstance(item, RowProblem):
            problems.append(item)
            continue
        key = item.code.casefold()
        if key in taken:
            problems.append(RowProblem(number, "taken", item.code))
        elif key in seen:
            problems.append(RowProblem(number, "twice", f"{item.code}/{seen[key]}"))
        seen.setdefault(key, number)
        problems.extend(_judge(item))
        vehicles.append(item)
    if len(vehicles) > MOST_LINES:
        problems = [RowProblem(MOST_LINES + 1, "too_many", str(len(vehicles)))]
    if not vehicles and not problems:
        problems = [RowProblem(1, "no_vehicles")]
    return Manifest(tuple(vehicles), tuple(problems), left_out)
