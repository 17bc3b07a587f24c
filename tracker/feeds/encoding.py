"""Write documents as JSON bytes that every parser reads, whatever people typed."""

from __future__ import annotations

import json
import math

from tracker.feeds.snapshot import ExerciseLabel, Snapshot, Words
from tracker.lib.periods import utc_text
from tracker.lib.text import plain

# What json.loads gives back, so what a feed may hold.
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def json_bytes(document: Json) -> bytes:
    """Return the document as UTF-8 JSON without control, bidi and invisible characters.

    A number that JSON cannot write (infinite, not a number) becomes null.
    """
    text = json.dumps(_clean(document), ensure_ascii=False, allow_nan=False, indent=1)
    return (text + "\n").encode()


def _clean(value: Json) -> Json:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return value


def in_language(words: Words, language: str, otherwise: str = "") -> str:
    """Return the words in the language, else in English, else `otherwise`."""
    return words.get(language) or words.get("en") or otherwise


def exercise_label(exercise: ExerciseLabel | None) -> Json:
    """Return the watermark that every document of an exercise carries, or null."""
    if exercise is None:
        return None
    return {
        "name": exercise.name,
        "field_time": utc_text(exercise.field_time),
        "speed": exercise.speed,
    }


def link(snapshot: Snapshot, path: str) -> str:
    """Return the address of a page; `path` begins with a slash."""
    return snapshot.base_url.rstrip("/") + path
