"""A status is derived from who said what, and never surer than the weakest of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.corridors.status import StatusFacts, Validity, derive

NOW = datetime(2022, 4, 1, 9, 12, tzinfo=UTC)
VALIDITY = Validity(passable=timedelta(hours=6), barred=timedelta(hours=24))
ACTS = ("OPEN", "RESTRICTED", "SUSPENDED", "CLOSED")

# Whole minutes: two hours that differ by less than a microsecond are one moment.
hours = st.integers(0, 200 * 60).map(lambda minutes: minutes / 60)
maybe_hours = st.none() | hours


def at(hours_ago: float | None) -> datetime | None:
    return None if hours_ago is None else NOW - timedelta(hours=hours_ago)


def facts(
    act: str = "",
    acted: float | None = None,
    announced: float | None = None,
    adverse: float | None = None,
    adverse_status: str = "CLOSED",
) -> StatusFacts:
    return StatusFacts(
        operator_status=act,
        operator_event_id=uuid4() if act else None,
        operator_at=at(acted),
        announced_event_id=uuid4() if announced is not None else None,
        announced_at=at(announced),
        adverse_event_id=uuid4() if adverse is not None else None,
        adverse_at=at(adverse),
        adverse_status=adverse_status if adverse is not None else "",
        last_word_at=None,
    )


@given(announced=maybe_hours, adverse=maybe_hours)
def test_without_an_operator_no_corridor_is_ever_open(
    announced: float | None, adverse: float | None
) -> None:
    verdict = derive(facts(announced=announced, adverse=adverse), validity=VALIDITY, now=NOW)

    assert verdict.status in {"ANNOUNCED", "UNKNOWN"}


@given(act=st.sampled_from(ACTS), acted=hours, announced=maybe_hours, adverse=maybe_hours)
def test_a_corridor_is_open_only_while_an_operators_word_is_fresh_and_nobody_denies_it(
    act: str, acted: float, announced: float | None, adverse: float | None
) -> None:
    verdict = derive(facts(act, acted, announced, adverse), validity=VALIDITY, now=NOW)

    denied = adverse is not None and adverse <= acted
    assert (verdict.status == "OPEN") == (act == "OPEN" and acted < 6 and not denied)


def test_a_partys_announcement_gives_announced_at_most() -> None:
    verdict = derive(facts(announced=3), validity=VALIDITY, now=NOW)

    assert (verdict.status, verdict.basis) == ("ANNOUNCED", "announced")


def test_a_closure_holds_against_a_newer_announcement() -> None:
    verdict = derive(facts("CLOSED", 5, announced=1), validity=VALIDITY, now=NOW)

    assert (verdict.status, verdict.basis) == ("CLOSED", "operator")


def test_an_old_open_becomes_no_information_and_says_what_it_was() -> None:
    verdict = derive(facts("OPEN", 6), validity=VALIDITY, now=NOW)

    assert (verdict.status, verdict.basis, verdict.was) == ("UNKNOWN", "old", "OPEN")


def test_an_old_closure_gives_way_to_a_newer_announcement_but_remembers_itself() -> None:
    verdict = derive(facts("CLOSED", 25, announced=2), validity=VALIDITY, now=NOW)

    assert (verdict.status, verdict.was) == ("ANNOUNCED", "CLOSED")


def test_an_old_announcement_is_no_information() -> None:
    verdict = derive(facts(announced=24), validity=VALIDITY, now=NOW)

    assert verdict.status == "UNKNOWN"


@pytest.mark.parametrize(
    ("act", "said", "status"),
    [
        ("OPEN", "RESTRICTED", "UNKNOWN"),
        ("OPEN", "CLOSED", "UNKNOWN"),
        ("RESTRICTED", "RESTRICTED", "RESTRICTED"),
        ("RESTRICTED", "CLOSED", "UNKNOWN"),
        ("CLOSED", "RESTRICTED", "CLOSED"),
    ],
)
def test_a_newer_worse_word_takes_passage_away_and_gives_none(
    act: str, said: str, status: str
) -> None:
    verdict = derive(facts(act, 2, adverse=1, adverse_status=said), validity=VALIDITY, now=NOW)

    assert verdict.status == status


def test_of_two_words_of_one_minute_the_worse_one_counts() -> None:
    verdict = derive(facts("OPEN", 1, adverse=1), validity=VALIDITY, now=NOW)

    assert (verdict.status, verdict.basis) == ("UNKNOWN", "contradicted")


def test_silence_is_no_information() -> None:
    verdict = derive(StatusFacts(), validity=VALIDITY, now=NOW)

    assert (verdict.status, verdict.basis, verdict.event_id) == ("UNKNOWN", "silent", None)
