"""Groups told by vehicle are added up, and whoever told none makes no zero."""

from __future__ import annotations

from tests.headcounts.test_balance import BUSES, balanced, item
from tracker.headcounts.ledger import Category
from tracker.web.convoy_people import groups_words


def test_groups_of_all_vehicles_are_added_up_for_the_convoy() -> None:
    told = [{"f_18_59": 10, "m_18_59": 8}, {"f_18_59": 12, "m_18_59": 0}, {"f_18_59": 9}]
    result = balanced(
        *(
            item(Category.COUNTED, 30, 60, vehicle_id=bus, groups=groups)
            for bus, groups in zip(BUSES, told, strict=True)
        )
    )

    groups = result.points[-1].groups
    assert groups.numbers == {"f_18_59": 31, "m_18_59": 8}
    assert (groups.told_by, groups.vehicles) == ({"f_18_59": 3, "m_18_59": 2}, 3)
    assert groups_words(groups) == (
        "By group: women 18 to 59: 31 (3 of 3 vehicles reported), "
        "men 18 to 59: 8 (2 of 3 vehicles reported)."
    )


def test_how_many_of_the_vehicles_told_is_said_once_where_it_is_the_same_for_all() -> None:
    result = balanced(
        item(Category.BOARDED, 30, 0, vehicle_id=BUSES[0], groups={"f_0_4": 2, "medical": 1}),
        item(Category.BOARDED, 25, 0, vehicle_id=BUSES[1]),
    )

    assert result.base is not None
    assert groups_words(result.base.groups) == (
        "By group, as 1 of 3 vehicles reported: girls under 5: 2, in need of medical care: 1."
    )


def test_groups_of_a_count_of_the_whole_convoy_name_no_vehicles() -> None:
    result = balanced(item(Category.COUNTED, 80, 60, groups={"f_18_59": 50}))

    assert groups_words(result.points[-1].groups) == "By group: women 18 to 59: 50."


def test_the_newest_number_that_was_told_by_group_is_found_behind_one_that_was_not() -> None:
    result = balanced(
        item(Category.BOARDED, 80, 0, groups={"f_18_59": 50}), item(Category.COUNTED, 79, 60)
    )

    assert result.told_by_group is result.base


def test_small_sums_over_vehicles_are_kept_from_other_eyes() -> None:
    result = balanced(
        item(Category.COUNTED, 30, 60, vehicle_id=BUSES[0], groups={"f_0_4": 2, "f_18_59": 20}),
        item(Category.COUNTED, 30, 61, vehicle_id=BUSES[1], groups={"f_0_4": 2, "m_18_59": 25}),
    )

    words = groups_words(result.points[-1].groups, fewest=5)

    assert "under 5" not in words
    assert "small groups kept back" in words
