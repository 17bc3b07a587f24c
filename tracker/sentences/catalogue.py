"""The templates, the rules that pick them and the single words, read once from this room's data."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "uk", "ru", "fr", "ar")

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Template:
    """One sentence in every language, its certainty 0 to 4 and the values it needs."""

    id: str
    level: int
    about: str
    needs: frozenset[str]
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What to use when each named part of a state has one of the listed values."""

    when: Mapping[str, tuple[str | bool, ...]]
    use: tuple[str, ...]
    level: int

    def fits(self, state: Mapping[str, str | bool]) -> bool:
        return all(state[part] in accepted for part, accepted in self.when.items())


@dataclass(frozen=True, slots=True)
class CorridorRules:
    """How the sentence about a corridor is put together, first fitting rule first."""

    worth: tuple[Rule, ...]
    select: tuple[Rule, ...]
    agreement: Mapping[str, str]
    freshness: Mapping[str, str]
    always: str


def _document(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((_DATA / name).read_text(encoding="utf-8"))
    return document


@cache
def templates() -> Mapping[str, Template]:
    """Return every template by its id."""
    found: dict[str, Template] = {}
    for name in ("sentences.json", "more_sentences.json"):
        for key, entry in _document(name)["templates"].items():
            needs = frozenset(entry["placeholders"])
            found[key] = Template(key, entry["level"], entry["about"], needs, entry["text"])
    return found


@cache
def corridor_rules() -> CorridorRules:
    """Return the rules that the words were written with."""
    meta = _document("sentences.json")["meta"]
    then = meta["corridor_then"]
    return CorridorRules(
        worth=_rules(meta["certainty_of_statement"]),
        select=_rules(meta["corridor_select"]),
        agreement=then["agreement"],
        freshness=then["freshness"],
        always=then["always"],
    )


def _rules(entries: list[dict[str, Any]]) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            when={part: tuple(accepted) for part, accepted in entry["when"].items()},
            use=tuple(entry.get("use", ())),
            level=entry.get("level", 0),
        )
        for entry in entries
    )


@cache
def terms() -> Mapping[str, Mapping[str, str]]:
    """Return every single word or short phrase by its key, such as "corridor.OPEN"."""
    with (_DATA / "terms.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["key"]: {language: row[language] for language in LANGUAGES}
            for row in csv.DictReader(lines)
        }


def certainty(template_id: str) -> int:
    """Return how much a template claims: 0 nothing, 1 one claim, 2 one own report or two sources,
    3 confirmed from the field, 4 counted and closed.

    Raises KeyError for an unknown id.
    """
    return templates()[template_id].level
