"""What is read of short messages in five languages, and that nothing breaks the reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.lib.sms_text import (
    Ambiguous,
    Known,
    NotUnderstood,
    Parts,
    Reading,
    Understood,
    read_sms,
)
from tracker.lib.sms_times import SaidTime

MESSAGES = Path(__file__).parent / "sms_messages.txt"


def _lines() -> list[str]:
    lines = MESSAGES.read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line and not line.startswith("#")]


def _number(number: int | None) -> str:
    return "-" if number is None else str(number)


def _time(said: SaidTime | None) -> list[str]:
    if said is None:
        return []
    if said.minutes_ago is not None:
        return [f"-{said.minutes_ago}"]
    return [f"{said.hour:02d}:{said.minute:02d}"]


def _parts(parts: Parts) -> list[str]:
    counted = (parts.vehicles, parts.people)
    return [
        *filter(None, (parts.convoy, parts.checkpoint)),
        *(["/".join(map(_number, counted))] if counted != (None, None) else []),
        *_time(parts.time),
        *([f"={parts.ref}"] if parts.ref else []),
        *parts.languages,
        *([f"@{parts.code}"] if parts.code else []),
    ]


def _told(reading: Reading) -> str:
    """Write a reading as the table of messages does."""
    if isinstance(reading, Understood):
        return " ".join([reading.word, *_parts(reading.parts)])
    if isinstance(reading, NotUnderstood):
        return " ".join(["!", reading.reason, *_parts(reading.parts)])
    alarm = ["+"] if reading.is_alarming else []
    start = ["?", *reading.candidates, reading.reason, *alarm]
    return " ".join([*start, *_parts(reading.parts)])


def test_there_are_two_hundred_messages_in_five_languages() -> None:
    expected = [line.rpartition(" => ")[2] for line in _lines()]

    spoken = {word for line in expected for word in line.split()}
    assert len(expected) >= 200
    assert {"en", "uk", "ru", "fr", "ar"} <= spoken


@pytest.mark.parametrize("line", _lines())
def test_each_message_is_read_as_a_person_would(line: str) -> None:
    text, _arrow, expected = line.rpartition(" => ")

    assert _told(read_sms(text)) == expected


def test_codes_of_an_unusual_form_are_found_where_they_are_in_use() -> None:
    known = Known(convoys={"NORD-2"}, checkpoints={"VAS"})

    reading = read_sms("nоrd2 vas held", known=known)

    assert _told(reading) == "HELD NORD-2 VAS en"


def test_what_is_left_of_a_message_is_its_note() -> None:
    reading = read_sms("C7 CP3 held bus B3 broken")

    assert isinstance(reading, Understood)
    assert reading.parts.note == "B3 BROKEN"


@pytest.mark.parametrize("text", ["C7 CP3 PASSED " + "x" * 1600, "HELD " * 121])
def test_what_is_longer_than_anybody_types_is_for_a_person(text: str) -> None:
    reading = read_sms(text)

    assert isinstance(reading, NotUnderstood)
    assert reading.reason == "too_long"


def test_no_word_that_frees_the_road_is_ever_understood() -> None:
    words = ("SAFE", "OPEN", "ВІЛЬНО", "СВОБОДНО", "LIBRE", "ЧИСТО", "آمن", "مفتوح", "OUVERT")

    readings = [read_sms(f"123456 C7 CP3 {word} 14:05") for word in words]

    assert all(isinstance(each, Ambiguous) and each.reason == "good_news" for each in readings)
