"""Read the rows of a CSV or XLSX file of anybody's making. Pure; run it through lib.bounded."""

from __future__ import annotations

import csv
import struct
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO, StringIO
from zipfile import BadZipFile, ZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

READER = "tracker.lib.tables:rows_of"
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 2_000, 40, 400
# A sheet unpacks to many times its size; what unpacks to more than this is no vehicle list.
MOST_UNPACKED, MOST_PARTS = 40 * 1024 * 1024, 200
NOT_A_TABLE, TOO_MANY_ROWS, TOO_MANY_COLUMNS, TOO_BIG, NO_ROWS = (
    "not_a_table",
    "too_many_rows",
    "too_many_columns",
    "too_big",
    "no_rows",
)
_XLSX_BROKEN = (
    BadZipFile,
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    EOFError,
    NotImplementedError,
    SyntaxError,
    OverflowError,
    RuntimeError,
    zlib.error,
    struct.error,
)


def _text(cell: object) -> str:
    """Return a cell as it would be typed; whole numbers without their ".0"."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    return str(cell).replace("\xa0", " ").strip()[:LONGEST_CELL]


def _bounded(rows: Iterable[Iterable[object]]) -> list[list[str]]:
    """Return the rows as text, without empty ones at the end; raises ValueError beyond limits."""
    found: list[list[str]] = []
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise ValueError(TOO_MANY_ROWS)
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise ValueError(TOO_MANY_COLUMNS)
        found.append(cells)
    while found and not found[-1]:
        found.pop()
    if not found:
        raise ValueError(NO_ROWS)
    return found


def _decoded(body: bytes) -> str:
    """Return the text of a CSV: UTF-8, UTF-16 with a mark, else what old office programs wrote."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1251", errors="replace")


def _delimiter(text: str) -> str:
    """Return what parts the columns of the first line that has anything in it."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(";\t,", key=lambda sign: (first.count(sign), sign == ","))


def _csv_rows(body: bytes) -> list[list[str]]:
    try:
        text = _decoded(body)
    except UnicodeDecodeError as error:
        raise ValueError(NOT_A_TABLE) from error
    if "\0" in text:
        raise ValueError(NOT_A_TABLE)
    try:
        return _bounded(csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise ValueError(NOT_A_TABLE) from error


def _refuse_bomb(body: bytes) -> None:
    """Refuse an archive that says it unpacks to too much; limits of memory catch one that lies."""
    with ZipFile(BytesIO(body)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise ValueError(TOO_BIG)


def _sheet_rows(body: bytes) -> Iterator[tuple[object, ...]]:
    book = openpyxl.load_workbook(BytesIO(body), read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    yield from sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)


def _xlsx_rows(body: bytes) -> list[list[str]]:
    try:
        _refuse_bomb(body)
        return _bounded(_sheet_rows(body))
    except ValueError as error:
        if str(error) in {TOO_BIG, TOO_MANY_ROWS, TOO_MANY_COLUMNS, NO_ROWS}:
            raise
        raise ValueError(NOT_A_TABLE) from error
    except _XLSX_BROKEN as error:
        raise ValueError(NOT_A_TABLE) from error


def rows_of(body: bytes) -> list[list[str]]:
    """Return the rows of the first sheet as text; cells are trimmed and cut at 400 characters.

    At most 2,000 rows of 40 columns. Formulas give their stored value, never a computed one.
    Raises ValueError with a code for a file that is no table, or too large.
    """
    return _xlsx_rows(body) if body.startswith(b"PK") else _csv_rows(body)
