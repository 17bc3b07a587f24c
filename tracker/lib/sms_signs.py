"""Bring the signs of a short message to one form: digits, look-alikes, losses on the way; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from tracker.lib.sms_words import (
    LOOKALIKE_DIGITS,
    LOOKALIKES,
    VOCABULARY,
    Meaning,
    fold_word,
)
from tracker.lib.text import plain

# Ten parts, and more words than anybody types; what is longer is no short code.
MAX_CHARACTERS, MAX_TOKENS = 1600, 120
# Forms that only look different: letters of Arabic as joined in print, and wide Latin.
_PRESENTATION = re.compile("[\ufb50-\ufdff\ufe70-\ufefc\uff01-\uff5e]+")
_THOUSANDS = re.compile(r"(?<=\d)[\u00a0\u202f,'’٬](?=\d{3}(?!\d))")
_DOTTED_THOUSANDS = re.compile(r"(?<![\d.:])(\d{1,3})\.(\d{3})(?![\d.])")
_SLASH = re.compile(r"(?<=\d)\s*[/\\⁄]\s*(?=\d)")
_NUMBERS = re.compile(r"^[\dOОILІBВSЗЧБ]+/[\dOОILІBВSЗЧБ]+$")
_COLON = re.compile(r"(?<=\d)\s*:\s*(?=\d\d(?!\d))")
_BREAKS = re.compile(r"[\s,;!()\[\]{}\"«»“”„…|<>=*~^_\\،؛]+")
_ENDS = ".:-–—'’#№+&@"
_QUESTION_MARKS = str.maketrans({"؟": "?", "\ufffd": "?", "¿": "?"})

LATIN = {other: latin.upper() for other, latin in LOOKALIKES.items() if latin.isalpha()}
_CYRILLIC = {
    latin.upper(): other
    for other, latin in LOOKALIKES.items()
    if latin.isalpha() and "А" <= other <= "Я"
} | {"I": "І"}
_TO_LATIN = str.maketrans(LATIN | {key.upper(): value for key, value in LATIN.items()})
_TO_CYRILLIC = str.maketrans(_CYRILLIC)
_DIGITS = {key.upper(): value for key, value in LOOKALIKE_DIGITS.items()} | LOOKALIKE_DIGITS
_TO_DIGITS = str.maketrans(_DIGITS)
_HAS_CYRILLIC = re.compile("[\u0400-\u04ff]")
# One form for all signs that look the same, so that codes are compared by their looks.
_SKELETON = str.maketrans({"O": "0", "I": "1", "L": "1", "З": "3", "B": "8", "S": "5", "Ч": "4"})


def _ascii_digits(text: str) -> str:
    """Write the digits of every script as 0 to 9."""
    return "".join(
        str(unicodedata.decimal(sign)) if sign > "\x7f" and sign.isdecimal() else sign
        for sign in text
    )


def tokens_of(text: str) -> list[str]:
    """Split a message into its words and numbers, in capitals, numbers without thousands marks.

    Question marks stay at the end of a word: on some ways they stand for a letter that was lost.
    """
    one = _PRESENTATION.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    one = _ascii_digits(plain(one.translate(_QUESTION_MARKS)))
    one = _DOTTED_THOUSANDS.sub(r"\1\2", _THOUSANDS.sub("", one))
    one = _COLON.sub(":", _SLASH.sub("/", one))
    parts = (
        part.strip(_ENDS)
        for word in _BREAKS.split(one.upper())
        for part in ([word] if _NUMBERS.match(word) else word.split("/"))
    )
    return [part for part in parts if part]


def as_number(token: str) -> str:
    """Return a token as digits where it is a number, also with letters that look like digits.

    They count only beside digits, and B and S only beside two of them: "B7" is a bus.
    """
    if token.isdecimal():
        return token
    digits = sum(sign.isdecimal() for sign in token)
    read = token.translate(_TO_DIGITS)
    if not digits or not read.isdecimal() or not token[0].isdecimal():
        return ""
    return read if digits > len(token) - digits or not set(token) & set("BВS") else ""


def skeleton(code: str) -> str:
    """Return a code as it looks: equal for all codes that the eye would take for the same."""
    kept = "".join(sign for sign in code.upper() if sign not in "-_#№.")
    return kept.translate(_TO_LATIN).translate(_SKELETON)


def _by_length() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for word in VOCABULARY:
        found.setdefault(len(word), []).append(word)
    return found


_WORDS_OF_LENGTH = _by_length()


def _lost(word: str) -> Meaning | None:
    """Return what a word with lost letters means, if all words that fit mean one thing."""
    if "?" not in word or len(word) < 4 or word.count("?") > len(word) // 3:
        return None
    fits = re.compile("".join("[^\\d]" if sign == "?" else re.escape(sign) for sign in word))
    found = [
        VOCABULARY[each] for each in _WORDS_OF_LENGTH.get(len(word), ()) if fits.fullmatch(each)
    ]
    codes = {(meaning.keyword, meaning.candidates) for meaning in found}
    return found[0] if len(codes) == 1 else None


def _forms(word: str) -> Iterator[str]:
    """Yield a word as it is, then as it looks in the other alphabet.

    "HE" is English and no Russian "not"; a word in two alphabets was meant in one.
    """
    yield word
    yield word.translate(_TO_LATIN)
    if len(word) > 2 or _HAS_CYRILLIC.search(word):
        yield word.translate(_TO_CYRILLIC)


@lru_cache(maxsize=2048)
def meaning_of(token: str) -> Meaning | None:
    """Return what a word means, whole words first, then as it looks in the other alphabet."""
    word = fold_word(token)
    found = next((VOCABULARY[form] for form in _forms(word) if form in VOCABULARY), None)
    return found or _lost(word)


def joined_pairs(tokens: list[str]) -> list[str]:
    """Join two words that the tables write with a hyphen, such as AU SECOURS."""
    joined: list[str] = []
    skip = False
    for first, second in pairwise([*tokens, ""]):
        if skip:
            skip = False
            continue
        together = f"{first}-{second}"
        skip = bool(second) and fold_word(together) in VOCABULARY
        joined.append(together if skip else first)
    return joined


def latin(token: str) -> str:
    """Return a token with the letters that look Latin as Latin ones."""
    return token.translate(_TO_LATIN)


def digits_of(token: str) -> str:
    """Return a token with the letters that look like digits as digits."""
    return token.translate(_TO_DIGITS)
