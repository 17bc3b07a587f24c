"""Rows out of CSV and XLSX, and what is refused."""

from __future__ import annotations

import json
import random

import pytest

from tests.lib.files import CSV, bombs, xlsx, zipped
from tests.lib.mangling import mangled
from tracker.lib import bounded
from tracker.lib.tables import READER, rows_of

SHEET = xlsx([["code", "seats", "people"], ["B1", 50, 48.0], ["B2", 50, None]])
BOMBS = bombs()


def test_a_csv_gives_its_rows_whatever_parts_its_columns() -> None:
    for sign in (b";", b",", b"\t"):
        assert rows_of(CSV.replace(b";", sign))[1] == ["B1", "50", "48"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_cyrillic_is_read_in_the_encodings_that_office_programs_write(encoding: str) -> None:
    body = "код;місць\nА1;50\n".encode(encoding)

    assert rows_of(body) == [["код", "місць"], ["А1", "50"]]


def test_a_workbook_gives_whole_numbers_as_they_are_typed() -> None:
    assert rows_of(SHEET) == [["code", "seats", "people"], ["B1", "50", "48"], ["B2", "50"]]


def test_a_quoted_line_break_stays_in_its_cell() -> None:
    assert rows_of(b'code,note\nB1,"two\nlines"\n')[1] == ["B1", "two\nlines"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "no_rows"),
        (b"\n\n;;\n", "no_rows"),
        (b"a\x00b", "not_a_table"),
        (b"a;b\n" * 2_001, "too_many_rows"),
        (b";".join([b"x"] * 41), "too_many_columns"),
        (b"PK\x03\x04", "not_a_table"),
        (zipped("xl/workbook.xml", b"<x/>"), "not_a_table"),
        (SHEET[: len(SHEET) // 2], "not_a_table"),
    ],
)
def test_what_is_no_table_is_refused_by_name(body: bytes, code: str) -> None:
    with pytest.raises(ValueError, match=code):
        rows_of(body)


@pytest.mark.parametrize("name", [name for name, body in BOMBS.items() if body.startswith(b"PK")])
def test_a_packed_bomb_is_refused(name: str) -> None:
    with pytest.raises(bounded.Unreadable):
        bounded.read(READER, BOMBS[name])


def test_a_sheet_of_one_letter_is_refused() -> None:
    huge = xlsx([["code"]])
    bomb = zipped("xl/worksheets/sheet1.xml", b"<a>" * 20_000_000)

    assert rows_of(huge) == [["code"]]
    with pytest.raises(bounded.Unreadable):
        bounded.read(READER, bomb)


def _survives(seeds: list[bytes], *, rounds: int, seed: int) -> int:
    chance = random.Random(seed)
    read = 0
    for _ in range(rounds):
        body = mangled(chance.choice(seeds), chance)
        try:
            rows = rows_of(body)
        except ValueError:
            continue
        assert json.loads(json.dumps(rows)) == rows
        read += 1
    return read


def test_mangled_tables_give_rows_or_a_reason() -> None:
    assert _survives([CSV], rounds=1_000, seed=1) > 100
    assert _survives([SHEET], rounds=150, seed=2) < 150


@pytest.mark.drill
def test_twenty_thousand_mangled_tables_give_rows_or_a_reason() -> None:
    assert _survives([CSV], rounds=20_000, seed=3) > 1_000
    assert _survives([SHEET], rounds=3_000, seed=4) < 3_000
