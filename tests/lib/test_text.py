"""Typed text is made safe without losing what people meant."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.lib.text import (
    as_sentence,
    clamp,
    plain,
    reads_right_to_left,
    split_link,
    tidy,
    tidy_lines,
    web_address,
)

ANY_TEXT = st.text(st.characters())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202eNEPO\u202c", "NEPO"),
        ("C\u200b7", "C7"),
        ("a\x00b", "ab"),
        ("a\ud83db", "ab"),
        ("\ufeffstart", "start"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("e\u0301", "é"),
        ("\u200dx\u200c", "x"),
        ("tag\U000e0041\U000e007f", "tag"),
        ("tab\there", "tab\there"),
    ],
)
def test_what_cannot_be_seen_is_removed(typed: str, kept: str) -> None:
    assert plain(typed) == kept


@pytest.mark.parametrize("typed", ["👨‍👩‍👧", "می‌خواهم", "Маріуполь", "ممر آمن", "3 000 €"])
def test_what_people_write_stays_as_they_wrote_it(typed: str) -> None:
    assert plain(typed) == typed


@given(ANY_TEXT)
def test_plain_text_is_plain_already(typed: str) -> None:
    once = plain(typed)

    assert plain(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(ANY_TEXT)
def test_plain_text_can_be_written_as_utf_8(typed: str) -> None:
    assert plain(typed).encode("utf-8").decode("utf-8") == plain(typed)


def test_tidy_text_is_one_line_with_single_spaces() -> None:
    assert tidy("  Held \n\n at\u00a0 Vasylivka\t") == "Held at Vasylivka"


def test_tidy_lines_keep_their_paragraphs() -> None:
    assert tidy_lines("\n\none  two \n\n\n\nthree\n") == "one two\n\nthree"


@pytest.mark.parametrize(
    ("limit", "shown"), [(20, "Mariupol"), (8, "Mariupol"), (7, "Mariup…"), (1, "…")]
)
def test_a_cut_is_shown(limit: int, shown: str) -> None:
    assert clamp("Mariupol", limit) == shown


def test_a_cut_does_not_fall_between_a_letter_and_its_mark() -> None:
    assert clamp("aq\u0323\u0307bcd", 4) == "a…"


def test_a_cut_does_not_split_a_joined_emoji() -> None:
    assert clamp("a👨‍👩‍👧 and more", 4) == "a…"


def test_a_limit_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        clamp("x", 0)


@given(ANY_TEXT, st.integers(1, 40))
def test_clamped_text_is_never_longer_than_its_limit(typed: str, limit: int) -> None:
    assert len(clamp(typed, limit)) <= limit


@pytest.mark.parametrize(("typed", "answer"), [("ممر", True), ("C7 שלום", True), ("Київ", False)])
def test_right_to_left_text_is_recognised(typed: str, answer: bool) -> None:
    assert reads_right_to_left(typed) is answer


@pytest.mark.parametrize(
    "address", ["https://example.org/a?b=1#c", "http://127.0.0.1:8000/", "https://приклад.укр/"]
)
def test_a_web_address_stays(address: str) -> None:
    assert web_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\x00script:alert(1)",
        "data:text/html,x",
        "//example.org",
        "https://",
        "https://[",
        "https://example.org:99999/",
        "https://example.org/a b",
        "https://example.org/" + "x" * 2000,
    ],
)
def test_what_is_no_web_address_becomes_nothing(address: str) -> None:
    assert web_address(address) == ""


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("held at Vasylivka", "Held at Vasylivka."),
        ("Was it seen?", "Was it seen?"),
        ("  50 buses held ", "50 buses held."),
        ("", ""),
    ],
)
def test_typed_words_become_a_sentence(typed: str, sentence: str) -> None:
    assert as_sentence(typed) == sentence


@pytest.mark.parametrize(
    ("typed", "beside", "address"),
    [
        ("AP https://example.org/a", "AP", "https://example.org/a"),
        ("UN: https://example.org/b", "UN", "https://example.org/b"),
        ("measured by us", "measured by us", ""),
        ("", "", ""),
    ],
)
def test_an_address_is_taken_out_of_the_words_beside_it(
    typed: str, beside: str, address: str
) -> None:
    assert split_link(typed) == (beside, address)
