"""Vehicles out of rows, with each row's problem named; and lines judged against a corridor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.imports.manifests import manifest_of
from tracker.imports.routes import Known, draw

MARIUPOL = Known("Mariupol", 47.09514, 37.54131)
ZAPORIZHZHIA = Known("Zaporizhzhia", 47.85167, 35.11714)
LINE = [[37.54131, 47.09514], [36.7868, 46.7585], [35.11714, 47.85167]]


def codes_of(*rows: list[str], taken: frozenset[str] = frozenset()) -> list[tuple[int, str]]:
    return [(each.row, each.code) for each in manifest_of(rows, taken=taken).problems]


def test_a_heading_names_the_columns_in_any_order_and_language() -> None:
    found = manifest_of([["Людей", "Номер", "Місць"], ["48", "B1", "50"]], taken=frozenset())

    (row,) = found.rows
    assert (row.code, row.seats, row.people, row.kind) == ("B1", 50, 48, "BUS")


def test_plates_and_names_are_named_and_not_kept() -> None:
    found = manifest_of(
        [["code", "plate", "driver", "seats"], ["B1", "AH 1234", "A Name", "50"]],
        taken=frozenset(),
    )

    assert found.left_out == ("plate", "driver")
    assert "AH 1234" not in str(found.as_json()["rows"])
    assert "A Name" not in str(found.as_json()["rows"])


def test_a_missing_number_is_not_reported_and_not_zero() -> None:
    (row,) = manifest_of([["code", "seats", "people"], ["B1", "", "-"]], taken=frozenset()).rows

    assert (row.seats, row.people) == (None, None)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["B 1", "50"], "code"),
        (["", "50"], "code"),
        (["B1", "fifty"], "number"),
        (["B1", "-5"], "number"),
        (["B1", "501"], "seats"),
        (["B1", "50", "3000"], "slip"),
        (["B1", "50", "74"], "crowded"),
        (["B9", "50"], "taken"),
    ],
)
def test_each_wrong_row_is_named_with_its_reason(row: list[str], code: str) -> None:
    found = codes_of(["code", "seats", "people"], row, taken=frozenset({"b9"}))

    assert found == [(2, code)]


def test_a_vehicle_that_stands_twice_is_named_with_its_first_row() -> None:
    assert codes_of(["code"], ["B1"], ["b1"]) == [(3, "twice")]


@given(st.lists(st.lists(st.text(max_size=20), max_size=6), max_size=30))
def test_any_rows_give_vehicles_or_problems_and_never_an_error(rows: list[list[str]]) -> None:
    found = manifest_of(rows, taken=frozenset())

    assert found.rows or found.problems
    assert all(row.code and len(row.code) <= 16 for row in found.rows)


def test_a_line_keeps_the_places_that_lie_on_it() -> None:
    berdiansk = Known("Berdiansk", 46.7585, 36.7868, 84.0)
    kyiv = Known("Kyiv", 50.45, 30.52, 100.0)

    found = draw(LINE, start=MARIUPOL, end=ZAPORIZHZHIA, known=[berdiansk, kyiv])

    assert not found.problems
    assert [name for name, _km in found.places] == ["Berdiansk"]
    assert [name for name, _km in found.off] == ["Kyiv"]
    assert 200 < found.length_km < 260


def test_a_line_that_runs_the_other_way_is_turned_round() -> None:
    found = draw(LINE[::-1], start=MARIUPOL, end=ZAPORIZHZHIA, known=[])

    assert found.is_reversed
    assert found.path == LINE


def test_a_line_of_another_road_is_refused() -> None:
    found = draw([[30.5, 50.4], [36.2, 50.0]], start=MARIUPOL, end=ZAPORIZHZHIA, known=[])

    assert {code for code, _text in found.problems} == {"far_start", "far_end"}
