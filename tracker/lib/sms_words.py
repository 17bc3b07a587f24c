"""The words of short messages in five languages, read once from the tables beside this module."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = ("en", "uk", "ru", "fr", "ar")
_TABLES = ("sms_words.csv", "sms_more_words.csv")
_DATA = Path(__file__).parent / "data"

# What a word can be, in this order: the first that fits is what it is.
KEYWORD, AMBIGUOUS = "keyword", "ambiguous"
_SECTIONS = (
    KEYWORD,
    AMBIGUOUS,
    *("negation", "future", "future_before", "ago_after", "ago_before", "minutes", "hours"),
    *("vehicles", "people", "part", "convoy", "checkpoint", "filler"),
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one word means: its sections, its codes by section, and the languages that use it."""

    codes: Mapping[str, tuple[str, ...]]
    languages: tuple[str, ...]

    def is_a(self, section: str) -> bool:
        """Tell whether the word stands in a section."""
        return section in self.codes

    @property
    def keyword(self) -> str:
        """Return the code of a keyword, "" for any other word."""
        return next(iter(self.codes.get(KEYWORD, ())), "")

    @property
    def candidates(self) -> tuple[str, ...]:
        """Return what an ambiguous word may mean, nothing for any other word."""
        return self.codes.get(AMBIGUOUS, ())


def _rows() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for name in _TABLES:
        with (_DATA / name).open(encoding="utf-8", newline="") as table:
            rows += csv.DictReader(table)
    return rows


_ROWS = _rows()


def _signs(section: str) -> dict[str, str]:
    return {row["text"]: row["code"] for row in _ROWS if row["section"] == section}


# Latin letters, by those of other scripts that look the same.
LOOKALIKES = _signs("lookalike")
LOOKALIKE_DIGITS = _signs("lookalike_digit")
_LETTER_FOLDS = str.maketrans(
    _signs("arabic_fold") | _signs("cyrillic_fold") | dict.fromkeys("'’ʼ`´", "")
)


def fold_word(word: str) -> str:
    """Return a word so that its spellings are one: in capitals, without accents and apostrophes."""
    bare = "".join(
        sign
        for sign in unicodedata.normalize("NFD", word.upper().translate(_LETTER_FOLDS))
        if unicodedata.category(sign) != "Mn"
    )
    return bare.translate(_LETTER_FOLDS)


def _languages_of(row: Mapping[str, str]) -> list[str]:
    return [name.removesuffix("-Latn") for name in row["lang"].split()]


def _vocabulary() -> dict[str, Meaning]:
    found: dict[str, dict[str, list[str]]] = {}
    spoken: dict[str, list[str]] = {}
    for section in _SECTIONS:
        for row in _ROWS:
            if row["section"] == section and " " not in row["text"]:
                word = fold_word(row["text"])
                codes = found.setdefault(word, {}).setdefault(section, [])
                codes += [code for code in row["code"].split() if code not in codes]
                spoken.setdefault(word, []).extend(_languages_of(row))
    # The codes themselves are words that everybody may use.
    for row in _ROWS:
        if row["section"] == KEYWORD and row["code"] not in found:
            found[row["code"]] = {KEYWORD: [row["code"]]}
            spoken[row["code"]] = ["en"]
    return {
        word: Meaning(
            {section: tuple(codes) for section, codes in sections.items()},
            tuple(dict.fromkeys(spoken[word])),
        )
        for word, sections in found.items()
    }


VOCABULARY: Mapping[str, Meaning] = _vocabulary()


def _replies() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in _ROWS:
        if row["section"] == "reply":
            found.setdefault(row["code"], {})[row["lang"]] = row["text"]
    return found


REPLIES: Mapping[str, Mapping[str, str]] = _replies()


def _short(code: str) -> dict[str, tuple[str, ...]]:
    words: dict[str, list[str]] = {}
    for row in _ROWS:
        if (row["section"], row["code"]) == ("short", code):
            words.setdefault(row["lang"], []).append(row["text"])
    return {language: tuple(each) for language, each in words.items()}


# In the order of the table: announced, open, restricted, suspended, closed, not known.
SHORT_STATUS: Mapping[str, tuple[str, ...]] = _short("status")
# Not confirmed, confirmed, old news.
SHORT_MARK: Mapping[str, tuple[str, ...]] = _short("mark")
# Examples in minutes, hours and days, whose figure is replaced.
SHORT_AGE: Mapping[str, tuple[str, ...]] = _short("age")


def most_spoken(languages: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the languages that most words belong to; English only where no other has a word.

    Codes and English words are written in every language.
    """
    counted: dict[str, int] = {}
    for of_word in languages:
        for language in () if "en" in of_word else of_word:
            counted[language] = counted.get(language, 0) + 1
    best = max(counted.values(), default=0)
    return tuple(language for language, number in counted.items() if number == best) or ("en",)
