"""Everybody who set out is in one account, and no account is surer than what was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.headcounts.test_balance import MORNING, item
from tracker.headcounts.accounts import Accounts, accounts
from tracker.headcounts.balance import Balance, balance
from tracker.headcounts.ledger import OUT, Category, Item, Ledger
from tracker.headcounts.spans import NOT_REPORTED, Gap, Span


def ledger(*items: Item, planned: int | None = None) -> Ledger:
    return Ledger(items=items, planned=planned)


def about(number: int) -> Span:
    return Span(number, number, is_estimate=True)


def test_an_estimate_stands_beside_a_count_and_not_in_its_place() -> None:
    result = balance(
        ledger(
            item(Category.BOARDED, 100, 0),
            item(Category.COUNTED, 98, 60),
            item(Category.COUNTED, about(90), 120),
        )
    )

    assert result.on_board == Span(98, 98)
    assert result.gap == Gap(2, 2)
    assert [point.counted for point in result.beside] == [about(90)]


def test_a_count_takes_the_place_of_an_estimate_and_a_sum_with_one_stays_about() -> None:
    estimated = balance(ledger(item(Category.COUNTED, about(500), 0)))
    counted = balance(
        ledger(item(Category.COUNTED, about(500), 0), item(Category.COUNTED, 480, 60))
    )

    assert estimated.on_board == about(500)
    assert counted.on_board == Span(480, 480)
    assert counted.gap == Gap(20, 20, is_estimate=True)


def test_an_estimate_of_who_left_makes_those_on_board_an_estimate() -> None:
    result = accounts(ledger(item(Category.BOARDED, 100, 0), item(Category.LEFT, about(10), 30)))

    assert result.left == about(10)
    assert result.aboard == about(90)
    assert result.aboard.exact is None


def test_those_who_follow_are_never_on_board_and_close_no_gap() -> None:
    short = [item(Category.BOARDED, 100, 0), item(Category.COUNTED, 90, 60)]
    behind = item(Category.COUNTED, Span(500, 1000), 90, is_follower=True, cars=40)
    more = item(Category.JOINED, 10, 95, is_follower=True, cars=3)

    result = balance(ledger(*short, behind, more))

    assert (result.on_board, result.gap) == (Span(90, 90), Gap(10, 10))
    assert result.followers is not None
    assert (result.followers.people, result.followers.cars) == (Span(510, 1010), 43)


def test_an_explanation_closes_the_gap_for_its_number_until_another_number_is_missing() -> None:
    start = [item(Category.BOARDED, 100, 0), item(Category.COUNTED, 90, 60)]
    told = item(Category.EXPLAINED, 8, 70)
    as_before, another = item(Category.COUNTED, 90, 120), item(Category.COUNTED, 91, 120)

    def gap(*items: Item) -> tuple[Gap | None, Any]:
        result = balance(ledger(*start, *items))
        return result.gap, result.gap_since and (result.gap_since - MORNING).seconds // 60

    assert gap() == (Gap(10, 10), 60)
    assert gap(told) == (Gap(2, 2), 60)
    assert gap(told, as_before) == (Gap(2, 2), 60)
    assert gap(told, another) == (Gap(9, 9), 60)
    assert gap(told, item(Category.EXPLAINED, 2, 80)) == (Gap(0, 0), None)


def test_an_explanation_of_more_than_are_missing_makes_nobody_appear() -> None:
    result = accounts(
        ledger(
            item(Category.BOARDED, 100, 0),
            item(Category.COUNTED, 95, 60),
            item(Category.EXPLAINED, 30, 70),
        )
    )

    assert (result.explained, result.unaccounted) == (Span(5, 5), Span(0, 0))


def test_who_is_handed_over_after_the_count_on_arrival_closes_the_ledger() -> None:
    arrived = [item(Category.BOARDED, 100, 0), item(Category.ARRIVED, 97, 300)]

    early = balance(ledger(*arrived, item(Category.HANDED_OVER, 60, 290)))
    rest = accounts(
        ledger(
            *arrived,
            item(Category.HANDED_OVER, 60, 290),
            item(Category.HANDED_OVER, 37, 320),
        )
    )

    assert (early.on_board, early.gap) == (Span(37, 37), Gap(3, 3))
    assert (rest.aboard, rest.handed_over) == (Span(0, 0), Span(97, 97))
    assert rest.unaccounted == Span(3, 3)


def test_who_left_just_before_a_count_is_not_taken_away_from_it_twice() -> None:
    result = accounts(
        ledger(
            item(Category.BOARDED, 2332, 0),
            item(Category.COUNTED, 2300, 275, place="Tokmak"),
            item(Category.LEFT, 20, 280, place="Tokmak"),
        )
    )

    assert (result.aboard, result.left, result.unaccounted) == (
        Span(2300, 2300),
        Span(20, 20),
        Span(12, 12),
    )


def test_without_any_number_every_account_is_open_or_empty() -> None:
    result = accounts(ledger())

    assert result == Accounts()
    assert result.aboard == NOT_REPORTED


MOVES = sorted({*OUT, Category.JOINED, Category.COUNTED, Category.ARRIVED, Category.EXPLAINED})
exact = st.integers(0, 60).map(lambda number: Span(number, number))
sure = st.builds(Span, st.integers(0, 60), st.none() | st.integers(60, 90))
unsure = st.builds(lambda span, guess: replace(span, is_estimate=guess), sure, st.booleans())


def entries(numbers: st.SearchStrategy[Span]) -> st.SearchStrategy[list[Item]]:
    one = st.builds(
        lambda category, people, minute, follows: item(
            category, people, minute, is_follower=follows
        ),
        st.sampled_from(MOVES),
        numbers,
        st.integers(1, 600),
        st.sampled_from([False, False, False, True]),
    )
    return st.lists(one, max_size=9)


@given(entries(exact), st.integers(0, 100))
def test_exact_accounts_sum_to_those_who_set_out_and_joined(told: list[Item], boarded: int) -> None:
    result = accounts(ledger(item(Category.BOARDED, boarded, 0), *told))

    assert result.set_out.exact == boarded
    assert result.comes.exact is not None
    assert result.comes == result.goes


@given(entries(unsure), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_accounts(told: list[Item], random: Random) -> None:
    everything = [item(Category.BOARDED, 100, 0), *told]
    shuffled = list(everything)
    random.shuffle(shuffled)

    assert balance(ledger(*everything)) == balance(ledger(*shuffled))
    assert accounts(ledger(*everything)) == accounts(ledger(*shuffled))


def _on_board(result: Balance) -> Span:
    assert result.on_board is not None
    return result.on_board


@given(entries(exact), st.data())
def test_a_number_that_becomes_an_estimate_never_makes_an_account_exact(
    told: list[Item], data: st.DataObject
) -> None:
    everything = [item(Category.BOARDED, 100, 0), *told]
    which = data.draw(st.integers(0, len(everything) - 1))
    guessed = list(everything)
    guessed[which] = replace(
        guessed[which], people=replace(guessed[which].people, is_estimate=True)
    )

    counted = [each for each in guessed if each.category in {"COUNTED", "ARRIVED"}]
    is_any_count_hard = any(each.is_hard and not each.is_follower for each in counted)
    result = accounts(ledger(*guessed))

    is_boarded = which == 0
    assert not (is_boarded and not is_any_count_hard and result.aboard.exact is not None)
    assert not (is_boarded and result.set_out.exact is not None)


@given(entries(exact), st.integers(1, 600))
def test_an_estimate_added_to_a_counted_convoy_changes_no_account(
    told: list[Item], minute: int
) -> None:
    everything = [item(Category.BOARDED, 100, 0), *told]
    guess = item(Category.COUNTED, about(40), minute)

    before, after = accounts(ledger(*everything)), accounts(ledger(*everything, guess))

    assert after == before


@pytest.mark.parametrize("minute", [30, 90])
def test_an_open_number_of_those_who_left_leaves_open_who_is_on_board(minute: int) -> None:
    gone = Item(item(Category.LEFT, 1, 0).event_id, Category.LEFT, NOT_REPORTED, MORNING)
    gone = replace(gone, at=MORNING + timedelta(minutes=minute))

    result = balance(ledger(item(Category.BOARDED, 100, 0), gone))

    assert _on_board(result) == Span(0, 100)
