"""Answers to short messages: in the right language, in one part, with nothing that reorders."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tracker.lib.sms_replies import age_words, fits, language_of, reply, size_of
from tracker.lib.sms_times import SaidTime, moment_of
from tracker.lib.sms_words import LANGUAGES, REPLIES

LONGEST = {
    "ref": "1234",
    "convoy": "C777",
    "cp": "CP33",
    "code": "CLEAR",
    "time": "14:05",
    "n": "12345",
    "m": "12345",
    "gap": "12345",
    "a": "HELD",
    "b": "CLEAR",
    "cor": "M-Z",
    "status": "restricted",
    "mark": "old news",
    "age": "42 min ago",
}
KYIV = ZoneInfo("Europe/Kyiv")
NOON = datetime(2022, 4, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(REPLIES))
def test_each_answer_exists_in_each_language_and_goes_into_one_part(
    name: str, language: str
) -> None:
    told = reply(name, language, **LONGEST)

    assert fits(told), size_of(told)
    assert "{" not in told
    assert told == REPLIES[name][language].format(**LONGEST)


@pytest.mark.parametrize("name", sorted(REPLIES))
def test_an_english_or_french_answer_needs_no_wide_signs(name: str) -> None:
    rooms = {size_of(reply(name, language, **LONGEST))[1] for language in ("en", "fr")}

    # Statuses in these two languages are the only values that may hold a letter of their own.
    assert rooms == {160}


def test_a_place_that_is_not_known_leaves_no_gap() -> None:
    told = reply("ok_event", "uk", ref=1, convoy="C7", cp="", code="HELD", time="14:05")

    assert told == "OK 1: C7 HELD 14:05. Помилка? NO 1"


def test_an_arabic_answer_holds_its_codes_on_lines_of_their_own_without_isolates() -> None:
    lines = reply("ok_event", "ar", **LONGEST).split("\n")

    assert not re.search("[\u200e\u200f\u2066-\u2069\u202a-\u202e]", "".join(lines))
    assert [bool(re.search("[A-Z]", line)) for line in lines] == [True, False, True]


def test_values_cannot_reorder_or_break_an_answer() -> None:
    told = reply("unknown_convoy", "en", convoy="C7\u202e\nOPEN {ref}")

    assert (
        told == "Convoy C7 OPEN {ref} is not known. Nothing logged. Check the code and send again."
    )


def test_an_answer_that_is_too_long_goes_without_its_place_then_is_cut() -> None:
    told = reply(
        "ok_event", "ru", **{**LONGEST, "convoy": "КОЛОННА-2022", "cp": "ПУНКТ-ДАЛЬНИЙ-1234567890"}
    )

    assert fits(told)
    assert "КОЛОННА-2022" in told
    assert "ПУНКТ" not in told


@pytest.mark.parametrize(
    ("languages", "own", "expected"),
    [
        (("en",), "uk", "uk"),
        (("en",), "de", "en"),
        (("uk", "ru"), "ru", "ru"),
        (("uk", "ru"), "en", "uk"),
        (("ar",), "fr", "ar"),
    ],
)
def test_the_answer_is_in_the_language_of_the_words_else_the_senders_own(
    languages: tuple[str, ...], own: str, expected: str
) -> None:
    assert language_of(languages, own=own) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"), [(5, "5 хв тому"), (90, "1 год тому"), (2900, "2 дн. тому")]
)
def test_an_age_is_told_in_the_unit_that_fits(minutes: int, expected: str) -> None:
    assert age_words(minutes, "uk") == expected


@pytest.mark.parametrize(
    ("said", "now", "expected"),
    [
        (SaidTime(11, 30), NOON, NOON - timedelta(minutes=30)),
        (SaidTime(12, 5), NOON, NOON),
        (SaidTime(12, 30), NOON, None),
        (SaidTime(minutes_ago=20), NOON, NOON - timedelta(minutes=20)),
    ],
)
def test_a_time_of_the_clock_is_the_last_one_at_the_place(
    said: SaidTime, now: datetime, expected: datetime | None
) -> None:
    moment = moment_of(said, now=now, zone=KYIV)

    assert moment == expected


def test_ten_to_midnight_just_after_midnight_was_yesterday() -> None:
    just_after = datetime(2022, 3, 31, 21, 10, tzinfo=UTC)

    moment = moment_of(SaidTime(23, 50), now=just_after, zone=KYIV)

    assert moment == datetime(2022, 3, 31, 20, 50, tzinfo=UTC)
