"""What the sentences about corridors and windows say of the day of 1 April 2022."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tracker.sentences.catalogue import LANGUAGES
from tracker.sentences.corridors import (
    Contradiction,
    CorridorStateWords,
    WindowWords,
    corridor_line,
    corridor_sentence,
    headline,
    window_sentence,
)

ANNOUNCED = CorridorStateWords(
    corridor={"en": "Mariupol – Zaporizhzhia", "ar": "ماريوبول – زابوريجيا"},
    status="ANNOUNCED",
    verification="UNVERIFIED",
    source_kind="party",
    freshness="recent",
    operator_confirmed=False,
    agreement="contested",
    source={"en": "Russian defence ministry", "uk": "Міноборони Росії"},
    said_at=datetime(2022, 3, 31, 18, 0, tzinfo=UTC),
    time_zone="Europe/Kyiv",
    opens_at=datetime(2022, 4, 1, 7, 0, tzinfo=UTC),
)
RUSSIAN = {"en": "According to Russian information", "fr": "Selon des informations russes"}
CONFIRMED_OPEN = replace(
    ANNOUNCED,
    status="OPEN",
    verification="CORROBORATED",
    source_kind="field",
    operator_confirmed=True,
)
RESTRICTED = replace(CONFIRMED_OPEN, status="RESTRICTED")
CLAIMED_OPEN = replace(ANNOUNCED, status="OPEN")
WINDOW = WindowWords(
    state="ANNOUNCED",
    opens_at=datetime(2022, 4, 1, 7, 0, tzinfo=UTC),
    closes_at=datetime(2022, 4, 1, 15, 0, tzinfo=UTC),
    time_zone="Europe/Kyiv",
    source="Russian defence ministry",
    source_kind="party",
    said_at=datetime(2022, 3, 31, 18, 0, tzinfo=UTC),
)


def test_an_announcement_is_told_as_the_word_of_one_party() -> None:
    assert corridor_line(ANNOUNCED)["en"] == (
        "According to a party to the conflict (Russian defence ministry), the corridor "
        "Mariupol – Zaporizhzhia is to open (1 April 2022, 10:00 UTC+3). "
        "Not confirmed from the field."
    )


def test_an_announcement_opens_with_the_words_of_its_source_and_the_day_it_named() -> None:
    said = replace(
        ANNOUNCED,
        attribution=RUSSIAN,
        opens_at=None,
        opens_on=date(2022, 4, 1),
        opens_part="MORNING",
        again=True,
        corridor={"en": "from Mariupol to Zaporizhzhia", "fr": "Marioupol – Zaporijjia"},
    )

    words = corridor_line(said)

    assert words["en"] == (
        "According to Russian information, the corridor from Mariupol to Zaporizhzhia is to reopen "
        "on Friday, 1 April, in the morning. Not confirmed from the field."
    )
    assert words["fr"] == (
        "Selon des informations russes, le couloir Marioupol – Zaporijjia doit rouvrir le vendredi "
        "1er avril, dans la matinée. Non confirmé par le terrain."
    )


def test_a_source_without_a_phrase_in_a_language_is_introduced_by_its_kind_there() -> None:
    words = corridor_line(
        replace(ANNOUNCED, attribution={"en": "According to Russian information"})
    )

    assert words["en"].startswith("According to Russian information, the corridor")
    assert words["uk"].startswith("За інформацією сторони конфлікту (Міноборони Росії), коридор")


@pytest.mark.parametrize("kind", ["witness", "field"])
def test_a_person_at_the_scene_is_never_introduced_by_other_words(kind: str) -> None:
    words = corridor_line(replace(ANNOUNCED, source_kind=kind, attribution=RUSSIAN))

    assert all(RUSSIAN[language] not in words[language] for language in RUSSIAN)


@pytest.mark.parametrize(
    ("told", "when"),
    [
        ({"opens_on": date(2022, 4, 3)}, "is to open on Sunday, 3 April."),
        (
            {"opens_on": date(2023, 1, 2), "opens_part": "EVENING"},
            "is to open on Monday, 2 January 2023, in the evening.",
        ),
        ({}, "is to open (time not known)."),
    ],
)
def test_an_opening_is_told_as_exactly_as_its_speaker_did(told: dict[str, Any], when: str) -> None:
    assert when in corridor_line(replace(ANNOUNCED, opens_at=None, **told))["en"]


def test_an_hour_that_was_named_goes_before_the_day() -> None:
    text = corridor_line(replace(ANNOUNCED, opens_on=date(2022, 4, 1), opens_part="MORNING"))["en"]

    assert "is to open (1 April 2022, 10:00 UTC+3)." in text


def test_the_whole_sentence_ends_with_what_it_is_not() -> None:
    text = corridor_sentence(ANNOUNCED)["en"]

    assert "The parties say different things about the agreement." in text
    assert "Last word: 31 March 2022, 21:00 UTC+3." in text
    assert text.endswith("not a guarantee of safety. The decision is yours.")


def test_the_same_facts_give_the_same_words_whenever_they_are_built() -> None:
    assert corridor_sentence(ANNOUNCED) == corridor_sentence(replace(ANNOUNCED))
    assert "ago" not in corridor_sentence(ANNOUNCED)["en"]


def test_an_old_word_is_told_with_its_time_at_the_place_and_in_utc() -> None:
    text = corridor_sentence(replace(ANNOUNCED, freshness="stale"))["en"]

    assert "We do not know whether this is still so." in text
    assert "No news since 31 March 2022, 21:00 UTC+3 (31 March 2022, 18:00 UTC)." in text


def test_names_come_in_the_reader_s_language_where_there_is_one() -> None:
    words = corridor_line(ANNOUNCED)

    assert "Міноборони Росії" in words["uk"]
    assert "Russian defence ministry" in words["ru"]
    assert "\u2068ماريوبول – زابوريجيا\u2069" in words["ar"]


def test_two_voices_that_contradict_stand_side_by_side() -> None:
    disputed = replace(
        CLAIMED_OPEN,
        verification="DISPUTED",
        contradiction=Contradiction(
            source_a="Ministry A", status_a="OPEN", source_b="Ministry B", status_b="CLOSED"
        ),
    )

    assert corridor_line(disputed)["en"] == (
        "Sources contradict each other about the corridor Mariupol – Zaporizhzhia. "
        "Ministry A: open. Ministry B: closed. We do not know which is right."
    )


def test_a_contradiction_without_its_voices_is_told_as_not_known() -> None:
    text = corridor_line(replace(CLAIMED_OPEN, verification="DISPUTED"))["en"]

    assert "Sources contradict each other." in text
    assert "We do not know whether the corridor Mariupol – Zaporizhzhia is open." in text


def test_a_source_without_a_name_is_said_to_have_none() -> None:
    assert "(not named)" in corridor_line(replace(ANNOUNCED, source=""))["en"]


def test_a_corridor_of_which_nothing_was_heard_has_no_last_word() -> None:
    silent = replace(ANNOUNCED, status="UNKNOWN", said_at=None, opens_at=None)

    text = corridor_sentence(silent)["en"]

    assert text.startswith("We do not know whether the corridor")
    assert "Last word" not in text


def test_typed_names_cannot_turn_the_sentence_round() -> None:
    text = corridor_line(replace(ANNOUNCED, source="\u202eMinistry {corridor}\u2069\u0000"))

    assert "(Ministry {corridor})" in text["en"]
    assert all("\u202e" not in text[language] for language in LANGUAGES)


def test_an_arabic_name_is_isolated_in_a_left_to_right_sentence() -> None:
    text = corridor_line(replace(ANNOUNCED, source="وزارة الدفاع"))

    assert "(\u2068وزارة الدفاع\u2069)" in text["en"]


@pytest.mark.parametrize(
    ("states", "text"),
    [
        ([], "No corridor is listed here"),
        ([ANNOUNCED], "No corridor is confirmed open"),
        ([replace(CONFIRMED_OPEN, status="CLOSED")], "No corridor is confirmed open"),
        ([replace(CONFIRMED_OPEN, freshness="stale")], "No corridor is confirmed open"),
        ([CONFIRMED_OPEN, ANNOUNCED], "1 corridor is confirmed open"),
        ([CONFIRMED_OPEN] * 2, "2 corridors are confirmed open"),
        ([RESTRICTED], "1 corridor is confirmed open with restrictions"),
        (
            [RESTRICTED, CONFIRMED_OPEN],
            "Corridors confirmed open: 1; open with restrictions: 1",
        ),
        (
            [CLAIMED_OPEN, ANNOUNCED],
            "No corridor is confirmed open from the field; reported open: 1",
        ),
    ],
)
def test_the_headline_counts_what_is_confirmed(states: list[CorridorStateWords], text: str) -> None:
    assert headline(states)["en"] == text


@pytest.mark.parametrize(
    ("window", "text"),
    [
        (
            WINDOW,
            (
                "According to a party to the conflict (Russian defence ministry), passage is "
                "planned from 1 April 2022, 10:00 UTC+3 to 1 April 2022, 18:00 UTC+3. "
                "Not confirmed from the field."
            ),
        ),
        (
            replace(WINDOW, moved_from=datetime(2022, 4, 1, 5, 0, tzinfo=UTC)),
            (
                "According to a party to the conflict (Russian defence ministry), the opening "
                "has been moved from 1 April 2022, 08:00 UTC+3 to 1 April 2022, 10:00 UTC+3."
            ),
        ),
        (
            replace(WINDOW, state="CONFIRMED"),
            (
                "Confirmed from the field (31 March 2022, 21:00 UTC+3): passage is planned from "
                "1 April 2022, 10:00 UTC+3 to 1 April 2022, 18:00 UTC+3. It can still change."
            ),
        ),
        (
            replace(WINDOW, state="CANCELLED", has_passed=True),
            (
                "According to a party to the conflict (Russian defence ministry), passage will not "
                "take place (1 April 2022, 10:00 UTC+3 – 1 April 2022, 18:00 UTC+3)."
            ),
        ),
    ],
)
def test_a_window_is_told_with_who_says_so(window: WindowWords, text: str) -> None:
    assert window_sentence(window)["en"] == text


def test_a_window_that_has_passed_says_that_nobody_knows_whether_it_opened() -> None:
    text = window_sentence(replace(WINDOW, has_passed=True))["en"]

    assert text.endswith("We do not know whether the corridor opened.")
