"""Read the CSV files of a record: every cell by type, every problem by file, row and words."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, in words; row 1 is the line with the column names."""

    file: str
    row: int
    what: str

    def __str__(self) -> str:
        return f"{self.file} row {self.row}: {self.what}"


class BadRowError(Exception):
    """A row that cannot be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class BadRecordError(Exception):
    """A record that cannot be loaded, with every problem that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file; an empty cell means "not reported" and never zero."""

    file: str
    number: int
    cells: Mapping[str, str]

    def problem(self, what: str) -> BadRowError:
        """Return the error that says what is wrong here."""
        return BadRowError(Problem(self.file, self.number, what))

    def text(self, name: str) -> str:
        """Return a cell as it stands, without blanks at its ends."""
        return self.cells[name].strip()

    def required(self, name: str) -> str:
        """Return a cell that must not be empty."""
        if not self.text(name):
            raise self.problem(f"{name} is empty.")
        return self.text(name)

    def listed(self, name: str) -> tuple[str, ...]:
        """Return the parts of a cell that lists several things with semicolons."""
        return tuple(part.strip() for part in self.text(name).split(";") if part.strip())

    def day(self, name: str) -> date | None:
        """Return a cell as a day; `None` where it is empty."""
        if not self.text(name):
            return None
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            what = f"{name} is “{self.text(name)}”, not a date such as 2022-04-01."
            raise self.problem(what) from None

    def required_day(self, name: str) -> date:
        """Return a cell that must hold a day."""
        self.required(name)
        found = self.day(name)
        assert found is not None
        return found

    def count(self, name: str) -> int | None:
        """Return a cell as a whole number of 0 or more; `None` where it is empty."""
        text = self.text(name)
        if not text:
            return None
        if not text.isascii() or not text.isdigit():
            raise self.problem(f"{name} is “{text}”, not a whole number of 0 or more.")
        return int(text)

    def number_of(self, name: str) -> float | None:
        """Return a cell as a decimal number; `None` where it is empty."""
        if not self.text(name):
            return None
        try:
            return float(self.text(name))
        except ValueError:
            raise self.problem(f"{name} is “{self.text(name)}”, not a number.") from None

    def choice(self, name: str, choices: Mapping[str, Value]) -> Value:
        """Return what a code of the record stands for."""
        try:
            return choices[self.text(name)]
        except KeyError:
            known = ", ".join(code or "(empty)" for code in choices)
            raise self.problem(f"{name} is “{self.text(name)}”, not one of {known}.") from None


def rows_of(folder: Path, file: str, columns: tuple[str, ...]) -> list[Row]:
    """Return the rows of a file of the record.

    Raises BadRecordError where the file or a column is missing, or a row has other cells.
    """
    try:
        with (folder / file).open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise BadRecordError([Problem(file, 1, f"Column missing: {', '.join(missing)}.")])
            return list(_rows(file, reader))
    except FileNotFoundError:
        raise BadRecordError([Problem(file, 1, f"There is no such file in {folder}.")]) from None
    except (csv.Error, UnicodeDecodeError) as error:
        what = f"Not a CSV file in UTF-8: {error}."
        raise BadRecordError([Problem(file, 1, what)]) from None


def _rows(file: str, reader: csv.DictReader[str]) -> Iterator[Row]:
    problems = []
    for number, cells in enumerate(reader, start=2):
        if None in cells or None in cells.values():
            what = f"{len(reader.fieldnames or ())} cells expected, this row has more or fewer."
            problems.append(Problem(file, number, what))
        else:
            yield Row(file, number, cells)
    if problems:
        raise BadRecordError(problems)
