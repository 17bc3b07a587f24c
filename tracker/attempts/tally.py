"""Count how attempts ended and why; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

SUCCEEDED, PARTLY, FAILED, CANCELLED = "SUCCEEDED", "PARTLY_SUCCEEDED", "FAILED", "CANCELLED"


@dataclass(frozen=True, slots=True)
class BaseRate:
    """How often attempts came through before, of `n` with a known end.

    A record of what was found, not a random sample, and its rows are not independent: say so, with
    n, where it is shown.
    """

    n: int
    succeeded: int
    partly: int
    failed: int
    cancelled: int

    @property
    def at_least_partly(self) -> int:
        """Return how many brought at least some people out."""
        return self.succeeded + self.partly

    @property
    def not_through(self) -> int:
        """Return how many brought nobody out."""
        return self.failed + self.cancelled


def base_rate(outcomes: Iterable[str]) -> BaseRate:
    """Count the known outcomes; an attempt that runs or whose end is not known does not count."""
    counts = Counter(outcomes)
    known = (counts[SUCCEEDED], counts[PARTLY], counts[FAILED], counts[CANCELLED])
    return BaseRate(sum(known), *known)


@dataclass(frozen=True, slots=True)
class Tally:
    """The attempts until now, how many of them failed, and why: reason codes by their frequency."""

    attempts: int
    failed: int
    reasons: tuple[tuple[str, int], ...]


def tally(ends: Iterable[tuple[str, str]]) -> Tally:
    """Count attempts given as (status, reason code); only failed ones give reasons."""
    every = list(ends)
    reasons = Counter(reason for status, reason in every if status == FAILED)
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return Tally(len(every), sum(reasons.values()), tuple(ordered))
