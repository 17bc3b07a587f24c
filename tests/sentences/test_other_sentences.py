"""Counts, attempts, claims, moments and ages: not reported is not zero, unknown is not a guess."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tracker.lib.periods import Age
from tracker.sentences.attempts import AttemptWords, attempt_sentence, base_rate_sentence
from tracker.sentences.catalogue import LANGUAGES
from tracker.sentences.incidents import ClaimWords, claim_sentence, tally_sentence
from tracker.sentences.people import (
    CountWords,
    DepartureWords,
    departure_sentence,
    estimate_sentence,
    people_sentence,
)
from tracker.sentences.wording import age_words, moment, say, status_word, utc_moment

AT = datetime(2022, 4, 1, 7, 0, tzinfo=UTC)
COUNT = CountWords(
    place="Vasylivka", counted_at=AT, time_zone="Europe/Kyiv", counted=2961, expected=3000
)
ATTEMPT = AttemptWords(
    outcome="FAILED",
    source="I. Vereshchuk",
    source_kind="authority",
    time_zone="Europe/Kyiv",
    destination="Zaporizhzhia",
    reason_code="shelling",
)
CLAIM = ClaimWords(
    stance="CLAIMS",
    source="Governor of Belgorod",
    source_kind="authority",
    what="two helicopters struck a fuel depot",
    said_at=AT,
    time_zone="Europe/Kyiv",
)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (
            COUNT,
            (
                "Counted (Vasylivka, 1 April 2022, 10:00 UTC+3): 2,961 people. Expected: 3,000. "
                "Difference: -39, not explained. Noticed: 1 April 2022, 10:00 UTC+3. "
                "We do not know the reason."
            ),
        ),
        (
            replace(COUNT, explanation="39 stayed in Berdiansk"),
            (
                "Counted (Vasylivka, 1 April 2022, 10:00 UTC+3): 2,961 people. Expected: 3,000. "
                "Difference: -39, explained: 39 stayed in Berdiansk."
            ),
        ),
        (
            replace(COUNT, counted=3000),
            (
                "Counted (Vasylivka, 1 April 2022, 10:00 UTC+3): 3,000 people. "
                "The same number as expected."
            ),
        ),
        (
            replace(COUNT, expected=None),
            (
                "Counted (Vasylivka, 1 April 2022, 10:00 UTC+3): 2,961 people. "
                "The expected number has not been reported."
            ),
        ),
        (
            replace(COUNT, counted=None),
            "The number of people has not been reported. This does not mean zero.",
        ),
    ],
)
def test_a_count_is_told_against_what_was_expected(count: CountWords, text: str) -> None:
    assert people_sentence(count)["en"] == text


def test_counted_zero_is_a_number_and_not_a_silence() -> None:
    assert "0 people" in people_sentence(replace(COUNT, counted=0))["en"]


def test_a_departure_is_the_word_of_its_source_in_round_numbers() -> None:
    words = departure_sentence(
        DepartureWords(source="Y. Boichenko", source_kind="authority", buses=40, people=3000)
    )

    assert words["en"] == (
        "According to the authorities (Y. Boichenko), a convoy tried to leave: "
        "about 40 buses, about 3,000 people."
    )
    assert "3\u00a0000 осіб" in words["uk"]


def test_an_estimate_says_that_nobody_has_counted() -> None:
    words = estimate_sentence(low=2800, high=3100, source="ICRC", source_kind="humanitarian")

    assert "between 2,800 and 3,100" in words["en"]
    assert "nobody has counted" in words["en"]


@pytest.mark.parametrize(
    ("attempt", "part"),
    [
        (ATTEMPT, "the attempt failed: shelling or fighting."),
        (replace(ATTEMPT, reason_code="", reason="fear of provocations"), "fear of provocations"),
        (replace(ATTEMPT, reason_code=""), "reason not given"),
        (
            replace(ATTEMPT, outcome="SUCCEEDED"),
            "people have arrived (Zaporizhzhia). Not confirmed",
        ),
        (
            replace(ATTEMPT, outcome="PARTLY_SUCCEEDED", arrived=631),
            "(planned: not reported, arrived: 631)",
        ),
        (replace(ATTEMPT, outcome="PLANNED"), "an attempt is planned (time not known)."),
        (replace(ATTEMPT, outcome="UNDER_WAY"), "We do not know how this attempt ended."),
    ],
)
def test_an_attempt_is_told_as_its_source_tells_it(attempt: AttemptWords, part: str) -> None:
    assert part in attempt_sentence(attempt)["en"]


def test_the_base_rate_says_that_it_is_no_forecast() -> None:
    text = base_rate_sentence(completed=9, known=24)["en"]

    assert "24" in text
    assert "not a forecast" in text


@pytest.mark.parametrize(
    ("stance", "part"),
    [
        ("CLAIMS", "According to the authorities (Governor of Belgorod): two helicopters"),
        ("DENIES", "Governor of Belgorod denies this"),
        ("NEITHER", "Governor of Belgorod neither confirms nor denies this"),
        ("CORRECTS", "Before: one helicopter. Now: two helicopters struck a fuel depot."),
    ],
)
def test_each_voice_about_an_incident_keeps_its_stance(stance: str, part: str) -> None:
    claim = replace(CLAIM, stance=stance, before="one helicopter")

    assert part in claim_sentence(claim)["en"]


def test_a_tally_does_not_say_who_is_right() -> None:
    text = tally_sentence(claims=2, denials=1, neither=1)["en"]

    assert "claimed by 2 sources, denied by 1 source" in text
    assert text.endswith("We do not know which is right.")


def test_one_moment_reads_differently_at_the_place_and_in_utc() -> None:
    assert moment(AT, "Europe/Kyiv")["en"] == "1 April 2022, 10:00 UTC+3"
    assert utc_moment(AT)["en"] == "1 April 2022, 07:00 UTC"
    assert moment(AT, "America/St_Johns")["fr"] == "1 avril 2022, 04:30 UTC-2:30"


def test_an_unknown_moment_is_said_to_be_unknown() -> None:
    assert moment(None, "Europe/Kyiv")["en"] == "time not known"


def test_ages_are_inflected() -> None:
    assert age_words(Age("hours", 3))["uk"] == "3 години тому"
    assert age_words(Age("minutes", 1))["en"] == "1 minute ago"
    assert age_words(Age("unknown"))["fr"] == "heure non connue"


def test_a_status_has_a_word_in_every_language() -> None:
    assert set(status_word("CLOSED")) == set(LANGUAGES)
    assert status_word("CLOSED")["fr"] == "fermé"


def test_an_unknown_sentence_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("corridor.safe")
