"""A pasted list of vehicles is read line by line; each problem names its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.convoys.vehicle_lists import read_vehicle_list


def test_code_seats_and_people_are_read_and_what_is_empty_is_not_known() -> None:
    listed = read_vehicle_list("B1, 50, 48\nB2;50\n\nB3\t\t40\nB4\n")

    assert [(each.code, each.seats, each.people) for each in listed.vehicles] == [
        ("B1", 50, 48),
        ("B2", 50, None),
        ("B3", None, 40),
        ("B4", None, None),
    ]
    assert not listed.problems


def test_a_heading_is_passed_over() -> None:
    listed = read_vehicle_list("code, seats, expected people\nB1, 50, 48")

    assert [each.code for each in listed.vehicles] == ["B1"]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("B1, 50, 48\nB2, fifty, 40", "number", 2),
        ("B1, 50, -3", "number", 1),
        ("B1, 50, 3000", "slip", 1),
        ("B1, 0, 3", "seats", 1),
        ("B1, 50\nb1, 50", "twice", 2),
        ("B1, 50, 40, 3", "columns", 1),
        (", 50", "code", 1),
        ("A very long name of a bus, 50", "code", 1),
    ],
)
def test_each_problem_names_its_line(text: str, code: str, line: int) -> None:
    listed = read_vehicle_list(text)

    assert [(each.code, each.line) for each in listed.problems] == [(code, line)]
    assert not any(each.is_question for each in listed.problems)


def test_a_crowded_vehicle_is_a_question() -> None:
    (problem,) = read_vehicle_list("B1, 50, 74").problems

    assert (problem.code, problem.is_question) == ("crowded", True)


def test_a_list_that_is_too_long_is_one_problem() -> None:
    listed = read_vehicle_list("\n".join(f"B{n}" for n in range(600)))

    assert [each.code for each in listed.problems] == ["too_many"]


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused_by_line(text: str) -> None:
    listed = read_vehicle_list(text)

    lines = len(text.splitlines())
    assert all(1 <= each.line <= lines for each in (*listed.vehicles, *listed.problems))
