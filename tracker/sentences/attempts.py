"""Say how an attempt ended and how often attempts came through before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.feeds.snapshot import Words
from tracker.sentences import catalogue
from tracker.sentences.wording import Filling, Phrase, moment, named, say, term


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptWords:
    """One attempt as one source tells it; `outcome` is an attempt code, `None` "not reported".

    `reason_code` names a reason.* term; where there is no such term, `reason` is shown as typed.
    """

    outcome: str
    source: str | Words
    source_kind: str
    time_zone: str
    destination: str | Words
    opens_at: datetime | None = None
    reason_code: str = ""
    reason: str = ""
    expected: int | None = None
    arrived: int | None = None


_TEMPLATES = {
    "PLANNED": "attempt.planned",
    "SUCCEEDED": "arrival.arrived.claimed",
    "PARTLY_SUCCEEDED": "attempt.partly",
    "FAILED": "attempt.failed",
    "CANCELLED": "attempt.cancelled",
}


def attempt_sentence(attempt: AttemptWords) -> Phrase:
    """Return how the attempt ended according to its source, or that the end is not known."""
    values: dict[str, Filling] = {
        "source": named(attempt.source),
        "source_kind": attempt.source_kind,
        "opens": moment(attempt.opens_at, attempt.time_zone),
        "place": attempt.destination,
        "reason": reason_words(code=attempt.reason_code, typed=attempt.reason),
        "expected": _number(attempt.expected),
        "counted": _number(attempt.arrived),
    }
    return say(_TEMPLATES.get(attempt.outcome, "attempt.outcome_unknown"), values)


def reason_words(*, code: str, typed: str = "") -> Filling:
    """Return the word for a reason, else the typed reason, else "reason not given"."""
    key = f"reason.{code}"
    if key in catalogue.terms():
        return term(key)
    return typed or term("reason.not_stated")


def base_rate_sentence(*, completed: int, known: int) -> Phrase:
    """Return how many of the attempts with a known end were completed; it is no forecast."""
    return say("attempt.base_rate", {"k": completed, "n": known})


def _number(value: int | None) -> Filling:
    return say("phrase.not_reported") if value is None else value
