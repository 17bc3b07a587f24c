"""What many reports on one checkpoint come to."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tests.facts import Fact, after, arrivals, correction, entries
from tracker.checkpoints.effects import fold


def report(minutes: int, status: str) -> Fact:
    return Fact("checkpoint.reported", after(minutes), {"status": status})


reports = st.builds(
    report, st.integers(0, 9), st.sampled_from(["OPEN", "RESTRICTED", "CLOSED", "UNKNOWN"])
)


@given(arrivals(st.lists(reports, min_size=1, max_size=7)))
def test_any_order_of_arrival_and_any_repeats_give_the_same_state(
    histories: tuple[Sequence[Fact], Sequence[Fact]],
) -> None:
    as_it_happened, as_it_arrived = histories

    assert fold(entries(*as_it_arrived)) == fold(entries(*as_it_happened))


def test_a_status_counts_since_the_first_report_of_it_and_rests_on_the_newest() -> None:
    open_, closed, still = report(0, "OPEN"), report(5, "CLOSED"), report(9, "CLOSED")

    result = fold(entries(still, open_, closed))

    assert (result.status, result.since, result.event_id) == ("CLOSED", after(5), still.id)


def test_a_word_without_a_status_renews_the_age_and_leaves_the_status() -> None:
    closed, waiting = report(0, "CLOSED"), report(30, "UNKNOWN")

    result = fold(entries(closed, waiting))

    assert (result.status, result.last_word_at) == ("CLOSED", after(30))
    assert result.event_id == closed.id


def test_a_withdrawn_report_gives_its_status_back() -> None:
    open_, mistaken = report(0, "OPEN"), report(5, "CLOSED")

    result = fold(entries(open_, mistaken, correction(mistaken, minutes=6, withdraw=True)))

    assert (result.status, result.since) == ("OPEN", after(0))


def test_nothing_reported_is_no_information() -> None:
    result = fold(())

    assert (result.status, result.last_word_at) == ("UNKNOWN", None)
