"""Numbers of people that are exact, a range, or open; a sum is never surer than its parts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A number of people between `low` and `high`, both included; `high` is `None` where open."""

    low: int = 0
    high: int | None = 0

    def plus(self, other: Span) -> Span:
        """Add."""
        is_open = self.high is None or other.high is None
        return Span(self.low + other.low, None if is_open else (self.high or 0) + (other.high or 0))

    def minus(self, other: Span) -> Span:
        """Take away; nobody can be fewer than none."""
        low = 0 if other.high is None else max(0, self.low - other.high)
        return Span(low, None if self.high is None else max(0, self.high - other.low))

    @property
    def exact(self) -> int | None:
        """Return the number where it is one, else `None`."""
        return self.low if self.low == self.high else None


NOBODY = Span(0, 0)
NOT_REPORTED = Span(0, None)


def span_of(*, people: int | None, low: int | None, high: int | None) -> Span:
    """Return the span of an entry; a range stands before the single number beside it."""
    if low is not None and high is not None:
        return Span(low, high)
    return NOT_REPORTED if people is None else Span(people, people)


@dataclass(frozen=True, slots=True)
class Gap:
    """Expected less counted: above zero people are missing, below zero there are more."""

    low: int
    high: int | None

    @property
    def is_short(self) -> bool:
        """Tell whether somebody is missing for certain."""
        return self.low > 0

    @property
    def is_over(self) -> bool:
        """Tell whether there are more people than expected for certain."""
        return self.high is not None and self.high < 0


def gap_between(expected: Span, counted: Span) -> Gap:
    """Return expected less counted; an open count proves nobody missing."""
    high = None if expected.high is None else expected.high - counted.low
    if counted.high is None:
        return Gap(min(0, high or 0), high)
    return Gap(expected.low - counted.high, high)
