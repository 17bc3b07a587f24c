"""What the entries about one attempt, and about agreement, come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.facts import Fact, after, arrivals, correction, entries
from tracker.attempts.effects import AttemptFold, fold, fold_agreement


def plan(minutes: int = 0, **data: Any) -> Fact:
    body = {"stage": "ANNOUNCED", "is_public": True, "buses": None, "note": "", **data}
    return Fact("attempt.planned", after(minutes), body)


def start(minutes: int = 10, stage: str = "DEPARTED") -> Fact:
    return Fact("attempt.started", after(minutes), {"stage": stage})


def end(minutes: int = 20, outcome: str = "FAILED", **data: Any) -> Fact:
    return Fact("attempt.ended", after(minutes), {"outcome": outcome, "stage": None, **data})


def folded(*facts: Fact) -> AttemptFold:
    result = fold(entries(*facts))
    assert result is not None
    return result


changes = st.one_of(
    st.builds(start, st.integers(0, 9), st.sampled_from(["STAGED", "DEPARTED", "HELD"])),
    st.builds(end, st.integers(0, 9), st.sampled_from(["SUCCEEDED", "FAILED", "UNKNOWN"])),
)


@given(arrivals(st.lists(changes, min_size=1, max_size=6).map(lambda rest: [plan(), *rest])))
def test_any_order_of_arrival_and_any_repeats_give_the_same_attempt(
    histories: tuple[Sequence[Fact], Sequence[Fact]],
) -> None:
    as_it_happened, as_it_arrived = histories

    assert fold(entries(*as_it_arrived)) == fold(entries(*as_it_happened))


def test_an_attempt_is_planned_then_under_way_then_ended() -> None:
    planned, started, ended = plan(), start(), end(outcome="SUCCEEDED")

    states = [
        folded(planned).status,
        folded(planned, started).status,
        folded(planned, started, ended).status,
    ]

    assert states == ["PLANNED", "UNDER_WAY", "SUCCEEDED"]


def test_an_end_reported_before_its_start_arrives_still_ends_the_attempt() -> None:
    ended = end(minutes=5)

    late_start = folded(plan(), ended, start(minutes=30))

    assert (late_start.status, late_start.started_at) == ("FAILED", after(30))


def test_the_stage_is_the_furthest_told_until_the_end_says_otherwise() -> None:
    planned, started = plan(stage="AGREED"), start(stage="STAGED")

    assert folded(planned, started).stage == "STAGED"
    assert folded(planned, started, end(stage="TURNED_BACK")).stage == "TURNED_BACK"
    assert folded(plan(stage="STAGED"), start(stage="AGREED")).stage == "STAGED"


def test_an_attempt_whose_plan_was_withdrawn_stands_without_a_state_and_unseen() -> None:
    planned = plan()

    result = folded(planned, start(), correction(planned, minutes=1, withdraw=True))

    assert (result.status, result.is_public) == ("UNKNOWN", False)


def test_a_withdrawn_end_opens_the_attempt_again() -> None:
    mistaken = end()

    result = folded(plan(), start(), mistaken, correction(mistaken, minutes=21, withdraw=True))

    assert result.status == "UNDER_WAY"


def test_the_hour_of_an_end_of_which_only_the_day_is_known_is_not_told() -> None:
    assert folded(plan(), end(is_day_only=True)).ended_at is None
    assert folded(plan(), end(is_day_only=False)).ended_at == after(20)


def test_what_the_end_leaves_open_stays_as_planned_and_zero_is_a_number() -> None:
    planned = plan(buses=40)

    assert folded(planned, end(buses=None)).newest("buses", None) == 40
    assert folded(planned, end(buses=0)).newest("buses", None) == 0


def test_whoever_ends_an_attempt_decides_whether_the_public_sees_it() -> None:
    hidden = plan(is_public=False)

    assert not folded(hidden, end()).is_public
    assert folded(hidden, end(is_public=True)).is_public
    assert not folded(plan(is_public=True), end(is_public=False)).is_public


def test_before_the_plan_arrives_there_is_no_attempt() -> None:
    assert fold(entries(start())) is None


def position(minutes: int, party: str, word: str, *, is_public: bool = True) -> Fact:
    data = {"item": "TIME", "party": party, "position": word, "is_public": is_public}
    return Fact("agreement.stated", after(minutes), data)


def test_only_the_newest_word_of_a_party_on_a_point_counts() -> None:
    first, second = position(0, "PARTY_A", "AGREED"), position(5, "PARTY_A", "CONTESTED")
    other = position(0, "PARTY_B", "AGREED")

    result = fold_agreement(entries(second, other, first))

    assert {entry.id for entry in result} == {second.id, other.id}


def test_a_word_that_is_not_public_leaves_what_the_public_was_told() -> None:
    told = position(0, "PARTY_A", "AGREED")
    inside = position(5, "PARTY_A", "CONTESTED", is_public=False)

    result = fold_agreement(entries(inside, told))

    assert {entry.id for entry in result} == {told.id, inside.id}
