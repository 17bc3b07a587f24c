"""Whatever comes as a short message is answered, quickly, and never as good news about a road."""

from __future__ import annotations

import random
import time
import unicodedata
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lib.test_sms_text import MESSAGES
from tracker.lib.sms_text import Ambiguous, NotUnderstood, Understood, read_sms
from tracker.lib.sms_verdict import ACTS
from tracker.lib.sms_words import LANGUAGES, VOCABULARY

# The bar is 50 ms for a message; what the machine does beside it is not the reader's fault.
SLOWEST_S, PAUSES = 0.05, 3
_LINES = [
    line.rpartition(" => ")[0]
    for line in MESSAGES.read_text(encoding="utf-8").split("\n")
    if " => " in line and not line.startswith("#")
]
_TALK = {"SOS", "HELP", "STATUS", "STOP", "START", "YES", "NO"}
_NOISE = "\x00\u202e\u200f\ufeff\ud800\u0301👨‍👩‍👧?؟/:.,-+#№\n\r\t٣۳²½ﻻＣ０'’\"{}<>"


def _check(text: str | bytes) -> None:
    """Read a message and hold the answer to what every answer must be."""
    reading = read_sms(text)
    parts = reading.parts
    assert isinstance(reading, Understood | Ambiguous | NotUnderstood)
    assert set(parts.languages) <= set(LANGUAGES)
    assert len(parts.code) in (0, 6)
    assert len(parts.note) <= 300
    if isinstance(reading, Understood):
        assert reading.word in ACTS | _TALK
    if isinstance(reading, Understood) and reading.word == "CLEAR":
        # The convoy passed a place that is named; a road that is free is never understood.
        assert parts.checkpoint
        assert not parts.note


def _slow(texts: Iterator[str | bytes]) -> list[str]:
    """Check each text and return those that took too long each time."""
    slow = []
    for text in texts:
        for _try in range(PAUSES):
            begun = time.perf_counter()
            _check(text)
            if time.perf_counter() - begun < SLOWEST_S:
                break
        else:
            slow.append(repr(text))
    return slow


def _random_text(dice: random.Random) -> str | bytes:
    length = dice.randrange(0, 200)
    if dice.random() < 0.3:
        return dice.randbytes(length)
    if dice.random() < 0.5:
        return "".join(chr(dice.randrange(0x11_0000)) for _sign in range(length))
    words = [*dice.choices(list(VOCABULARY), k=dice.randrange(1, 12)), *dice.choices(_LINES, k=1)]
    dice.shuffle(words)
    return " ".join(words)


_CHANGES: tuple[Callable[[random.Random, list[str], int], list[str]], ...] = (
    lambda dice, signs, at: [*signs[:at], dice.choice(_NOISE), *signs[at:]],
    lambda _dice, signs, at: signs[:at] + signs[at + 1 :],
    lambda dice, signs, at: [*signs[:at], dice.choice("?\ufffd؟"), *signs[at + 1 :]],
    lambda dice, signs, at: [*signs[:at], chr(dice.randrange(0x0370, 0x0700)), *signs[at + 1 :]],
    lambda dice, signs, at: [*signs[:at], *dice.choice(_LINES), *signs[at:]],
    lambda _dice, signs, at: signs[at:] + signs[:at],
    lambda dice, signs, _at: list(
        unicodedata.normalize(dice.choice(("NFD", "NFKC")), "".join(signs))
    ),
    lambda dice, signs, at: [*signs[:at], str(dice.randrange(10**9)), *signs[at:]],
)


def mutated(dice: random.Random) -> str | bytes:
    """Return a message as a bad line, another keyboard or a hurried thumb would leave it."""
    signs = list(dice.choice(_LINES))
    for _turn in range(dice.randrange(1, 6)):
        signs = dice.choice(_CHANGES)(dice, signs, dice.randrange(len(signs) + 1))
    text = "".join(signs)[:2000]
    if dice.random() < 0.1:
        return text.encode(dice.choice(("utf-16-le", "utf-8")), "surrogatepass")[1:]
    return text


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.binary(), st.text(alphabet="C7P3 /:hHчг?؟0Oо5ZЗ-.,", max_size=60)))
def test_any_text_and_any_bytes_are_answered(text: str | bytes) -> None:
    _check(text)


def test_two_thousand_random_messages_break_nothing() -> None:
    dice = random.Random(2022)

    slow = _slow(_random_text(dice) for _turn in range(2000))

    assert not slow


def test_two_thousand_mutated_messages_break_nothing() -> None:
    dice = random.Random(401)

    slow = _slow(mutated(dice) for _turn in range(2000))

    assert not slow


@pytest.mark.parametrize(
    "text",
    [
        "?" * 1600,
        "A? " * 533,
        "1/" * 800,
        "1:" * 800,
        "C7 " * 533,
        "٣" * 1600,
        "ﷺ" * 1600,
        "1,111" * 320,
        "e\u0301" * 800,
        " ".join("?" * 12 for _turn in range(119)),
        "5 MIN " * 60,
        "IL Y A " * 60,
    ],
)
def test_texts_made_to_be_slow_are_not(text: str) -> None:
    slow = _slow(iter([text]))

    assert not slow


@pytest.mark.drill
def test_two_hundred_thousand_messages_break_nothing() -> None:
    dice = random.Random(6)

    slow = _slow(_random_text(dice) if turn % 2 else mutated(dice) for turn in range(200_000))

    assert not slow
