"""Every account of a convoy's ledger, so that everybody who set out is in one of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from tracker.headcounts.balance import Balance, balance
from tracker.headcounts.departures import MOVED_IN, MOVED_OUT, Departure
from tracker.headcounts.ledger import Category, Ledger
from tracker.headcounts.spans import NOBODY, NOT_REPORTED, Gap, Span

_ACCOUNT: Mapping[str, str] = {
    Category.JOINED: "joined",
    MOVED_IN: "joined",
    Category.LEFT: "left",
    Category.TURNED_BACK: "turned_back",
    Category.HOSPITAL: "hospital",
    Category.DETAINED: "detained",
    Category.SEPARATED: "separated",
    Category.DIED: "died",
    Category.HANDED_OVER: "handed_over",
    MOVED_OUT: "with_another",
}
COMES = ("set_out", "joined", "surplus")


@dataclass(frozen=True, slots=True)
class Accounts:
    """Where everybody is: those who set out, joined or came on top are in one of the others.

    `surplus` are those counted beyond the number expected; `followers` are in no sum.
    """

    set_out: Span = NOT_REPORTED
    joined: Span = NOBODY
    surplus: Span = NOBODY
    aboard: Span = NOT_REPORTED
    left: Span = NOBODY
    turned_back: Span = NOBODY
    hospital: Span = NOBODY
    detained: Span = NOBODY
    separated: Span = NOBODY
    died: Span = NOBODY
    handed_over: Span = NOBODY
    with_another: Span = NOBODY
    explained: Span = NOBODY
    unaccounted: Span = NOBODY
    followers: Span = NOBODY

    @property
    def comes(self) -> Span:
        """Return everybody whom the ledger has to account for."""
        return _sum(getattr(self, name) for name in COMES)

    @property
    def goes(self) -> Span:
        """Return everybody whom it accounts for, with those it knows it does not."""
        names = (field.name for field in fields(self))
        return _sum(getattr(self, name) for name in names if name not in {*COMES, "followers"})


def _sum(spans: Iterable[Span]) -> Span:
    total = NOBODY
    for span in spans:
        total = total.plus(span)
    return total


def _above(gap: Gap) -> Span:
    """Return how many are missing: nobody where there are as many as expected, or more."""
    return Span(max(0, gap.low), None if gap.high is None else max(0, gap.high), gap.is_estimate)


def _below(gap: Gap) -> Span:
    """Return how many there are beyond the number expected."""
    return Span(max(0, -(gap.high or 0)) if gap.high is not None else 0, max(0, -gap.low))


def _moves(changes: Iterable[Departure]) -> dict[str, Span]:
    sums: dict[str, Span] = {}
    for change in changes:
        name = _ACCOUNT[change.category]
        sums[name] = sums.get(name, NOBODY).plus(change.people)
    return sums


def _rest(found: Balance) -> dict[str, Any]:
    """Return who is missing, who is explained, and who is there beyond the number expected."""
    if not found.points or found.gap is None:
        return {}
    last = found.points[-1]
    surplus = _below(last.lack)
    if last.counted.high is None:
        surplus = NOBODY if last.lack.high is None else Span(surplus.low, None)
    missing, left = _above(last.lack), _above(last.gap)
    # No more are explained than were missing.
    explained = missing.minus(left) if missing.exact is not None else last.explained
    return {"unaccounted": left, "explained": explained, "surplus": surplus}


def accounts(ledger: Ledger) -> Accounts:
    """Return every account of a ledger; each is as sure as the entries it is made of."""
    found = balance(ledger)
    followers = found.followers.people if found.followers else NOBODY
    if found.base is None:
        return Accounts(followers=followers)
    told = Accounts(
        set_out=found.base.people,
        aboard=found.on_board if found.on_board is not None else NOT_REPORTED,
        followers=followers,
        **_moves(found.changes),
        **_rest(found),
    )
    comes, goes = told.comes.exact, told.goes.exact
    if comes is None or goes is None or goes <= comes:
        return told
    # More went than were there: some had come whom nobody told of.
    return replace(told, surplus=told.surplus.plus(Span(goes - comes, goes - comes)))
