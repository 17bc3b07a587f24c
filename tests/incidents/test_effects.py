"""What the entries about one incident come to."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tests.facts import Fact, after, arrivals, correction, entries
from tracker.incidents.effects import fold


def report() -> Fact:
    return Fact("incident.reported", after(0), {"alleged": "A depot was set on fire."})


def claim(minutes: int, stance: str) -> Fact:
    return Fact("incident.claimed", after(minutes), {"stance": stance})


def verdict(minutes: int, code: str) -> Fact:
    return Fact("incident.verified", after(minutes), {"verification": code})


changes = st.one_of(
    st.builds(claim, st.integers(0, 9), st.sampled_from(["CLAIMS", "DENIES", "NEITHER"])),
    st.builds(verdict, st.integers(0, 9), st.sampled_from(["DISPUTED", "CORROBORATED"])),
)


@given(arrivals(st.lists(changes, min_size=1, max_size=6).map(lambda rest: [report(), *rest])))
def test_any_order_of_arrival_and_any_repeats_give_the_same_incident(
    histories: tuple[Sequence[Fact], Sequence[Fact]],
) -> None:
    as_it_happened, as_it_arrived = histories

    assert fold(entries(*as_it_arrived)) == fold(entries(*as_it_happened))


def test_no_number_of_claims_verifies_an_incident() -> None:
    result = fold(entries(report(), *(claim(minute, "CLAIMS") for minute in range(9))))

    assert result is not None
    assert (result.verification, len(result.claims)) == ("UNVERIFIED", 9)


def test_the_newest_verdict_counts() -> None:
    result = fold(entries(report(), verdict(5, "DISPUTED"), verdict(2, "CORROBORATED")))

    assert result is not None
    assert result.verification == "DISPUTED"


def test_a_withdrawn_report_is_retracted_whatever_was_found() -> None:
    reported = report()

    result = fold(
        entries(
            reported,
            verdict(2, "CORROBORATED"),
            correction(reported, minutes=3, withdraw=True),
        )
    )

    assert result is not None
    assert result.verification == "RETRACTED"
