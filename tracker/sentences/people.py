"""Say how many people were counted, expected or reported, and that "not reported" is not zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.feeds.snapshot import Words
from tracker.sentences.wording import Filling, Phrase, moment, named, say


@dataclass(frozen=True, slots=True, kw_only=True)
class CountWords:
    """A headcount at a place; `None` is "not reported". `explanation` tells where a gap went."""

    place: str | Words
    counted_at: datetime | None
    time_zone: str
    counted: int | None
    expected: int | None
    explanation: str | Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartureWords:
    """What one source says of a departure, in its own round numbers."""

    source: str | Words
    source_kind: str
    buses: int
    people: int


def people_sentence(count: CountWords) -> Phrase:
    """Return what was counted against what was expected; a gap stays until it is explained."""
    if count.counted is None:
        return say("headcount.not_reported")
    at = moment(count.counted_at, count.time_zone)
    values: dict[str, Filling] = {
        "place": count.place,
        "time": at,
        "age": at,
        "counted": count.counted,
        "explanation": count.explanation,
    }
    if count.expected is None:
        return say("headcount.counted", values)
    values |= {"expected": count.expected, "gap": count.counted - count.expected}
    if count.counted == count.expected:
        return say("headcount.balanced", values)
    explained = "gap_explained" if count.explanation else "gap_unexplained"
    return say(f"headcount.{explained}", values)


def departure_sentence(departure: DepartureWords) -> Phrase:
    """Return that a convoy tried to leave, according to one source."""
    values: dict[str, Filling] = {
        "source": named(departure.source),
        "source_kind": departure.source_kind,
        "buses": departure.buses,
        "people": departure.people,
    }
    return say("attempt.left", values)


def estimate_sentence(*, low: int, high: int, source: str | Words, source_kind: str) -> Phrase:
    """Return a range of people that nobody has counted."""
    values: dict[str, Filling] = {
        "low": low,
        "high": high,
        "source": named(source),
        "source_kind": source_kind,
    }
    return say("headcount.estimate", values)
