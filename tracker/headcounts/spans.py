"""Numbers of people that are exact, a range, or open; a sum is never surer than its parts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A number of people between `low` and `high`, both included; `high` is `None` where open.

    `is_estimate` says that nobody counted them; it stays with every sum that they are part of.
    """

    low: int = 0
    high: int | None = 0
    is_estimate: bool = False

    def plus(self, other: Span) -> Span:
        """Add."""
        is_open = self.high is None or other.high is None
        return Span(
            self.low + other.low,
            None if is_open else (self.high or 0) + (other.high or 0),
            self.is_estimate or other.is_estimate,
        )

    def minus(self, other: Span) -> Span:
        """Take away; nobody can be fewer than none."""
        low = 0 if other.high is None else max(0, self.low - other.high)
        high = None if self.high is None else max(0, self.high - other.low)
        return Span(low, high, self.is_estimate or other.is_estimate)

    @property
    def exact(self) -> int | None:
        """Return the number where it is one and was counted, else `None`."""
        return self.low if self.low == self.high and not self.is_estimate else None


NOBODY = Span(0, 0)
NOT_REPORTED = Span(0, None)


def span_of(
    *, people: int | None, low: int | None, high: int | None, is_estimate: bool = False
) -> Span:
    """Return the span of an entry; a range stands before the single number beside it."""
    if low is not None and high is not None:
        return Span(low, high, is_estimate)
    return NOT_REPORTED if people is None else Span(people, people, is_estimate)


@dataclass(frozen=True, slots=True)
class Gap:
    """Expected less counted: above zero people are missing, below zero there are more.

    With `is_estimate` one of the two numbers was not counted: it is said as "about".
    """

    low: int
    high: int | None
    is_estimate: bool = False

    @property
    def is_short(self) -> bool:
        """Tell whether somebody is missing by these numbers."""
        return self.low > 0

    @property
    def is_over(self) -> bool:
        """Tell whether there are more people than expected by these numbers."""
        return self.high is not None and self.high < 0

    def less(self, explained: Span) -> Gap:
        """Return what is left of a lack of people once `explained` of them are explained."""
        if not self.is_short:
            return self
        low = 0 if explained.high is None else max(0, self.low - explained.high)
        high = None if self.high is None else max(0, self.high - explained.low)
        return Gap(low, high, self.is_estimate)


NO_GAP = Gap(0, 0)


def gap_between(expected: Span, counted: Span) -> Gap:
    """Return expected less counted; an open count proves nobody missing."""
    is_estimate = expected.is_estimate or counted.is_estimate
    high = None if expected.high is None else expected.high - counted.low
    if counted.high is None:
        return Gap(min(0, high or 0), high, is_estimate)
    return Gap(expected.low - counted.high, high, is_estimate)
