"""No group is told that names a person, nor can it be worked out from the rest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracker.headcounts.small_cells import (
    FEWEST_FOR_PARTNERS,
    FEWEST_FOR_PUBLIC,
    NEEDS,
    without_small_cells,
)


def test_a_small_group_takes_the_next_smallest_with_it() -> None:
    groups = {"f_0_4": 2, "f_18_59": 40, "m_18_59": 9, "u_60": 0}

    shown = without_small_cells(groups, fewest=FEWEST_FOR_PARTNERS)

    assert shown == {"f_0_4": None, "f_18_59": 40, "m_18_59": None, "u_60": 0}


def test_the_public_is_told_no_group_below_ten() -> None:
    groups = {"f_0_4": 12, "m_0_4": 9, "f_18_59": 40, "medical": 9, "disability": 10}

    shown = without_small_cells(groups, fewest=FEWEST_FOR_PUBLIC)

    assert shown == {
        "f_0_4": None,
        "m_0_4": None,
        "f_18_59": 40,
        "medical": None,
        "disability": 10,
    }


def test_where_nothing_is_small_everything_is_told() -> None:
    groups = {"f_0_4": 12, "m_0_4": 30}

    assert without_small_cells(groups, fewest=FEWEST_FOR_PUBLIC) == groups
    assert without_small_cells({"f_0_4": 1}, fewest=0) == {"f_0_4": 1}


NAMES = ("f_0_4", "f_18_59", "m_0_4", "m_18_59", "unknown", "disability", "medical")


@given(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 30)), st.sampled_from([5, 10]))
def test_what_is_kept_back_cannot_be_worked_out_from_the_total(
    groups: dict[str, int], fewest: int
) -> None:
    shown = without_small_cells(groups, fewest=fewest)

    kept = [name for name in groups if shown[name] is None and name not in NEEDS]
    parts = [name for name in groups if name not in NEEDS]
    rest = sum(groups[name] for name in kept)
    assert all(not 0 < number < fewest for number in shown.values() if number is not None)
    assert not kept or kept == parts or (len(kept) > 1 and rest >= fewest)
