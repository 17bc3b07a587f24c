"""The ledger of a convoy for its page: where everybody is, by vehicle, by place, count by count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.convoys.models import Convoy, Vehicle
from tracker.convoys.queries import vehicles_in_column
from tracker.headcounts.accounts import COMES, Accounts, accounts
from tracker.headcounts.balance import Balance, CountPoint, balance
from tracker.headcounts.books import PlaceBook, VehicleBook, place_books, vehicle_books
from tracker.headcounts.departures import AWAY, MOVED_IN, MOVED_OUT, Departure, without_detail
from tracker.headcounts.ledger import Category
from tracker.headcounts.models import PeopleEntry
from tracker.headcounts.queries import entries_told, ledger_of
from tracker.headcounts.spans import NOBODY, Span
from tracker.web.convoy_log import entry_url, named
from tracker.web.convoy_people import change_words, followers_words, gap_of, gap_words
from tracker.web.convoy_words import figure, span_words

_TERMS = {
    "set_out": gettext_lazy("Set out"),
    "joined": gettext_lazy("Came on the road"),
    "surplus": gettext_lazy("Counted beyond those expected"),
    "aboard": gettext_lazy("On board now"),
    "left": gettext_lazy("Left by choice"),
    "turned_back": gettext_lazy("Turned back by themselves"),
    "hospital": gettext_lazy("Taken to hospital"),
    "detained": gettext_lazy("Detained"),
    "separated": gettext_lazy("Separated from the convoy"),
    "died": gettext_lazy("Died"),
    "away": gettext_lazy("No longer with the convoy"),
    "handed_over": gettext_lazy("Handed over to a reception centre"),
    "with_another": gettext_lazy("Went on with another convoy"),
    "explained": gettext_lazy("Missing, and explained"),
    "unaccounted": gettext_lazy("Not accounted for"),
}
_STARTS = {
    "planned": gettext_lazy("Planned, nobody counted"),
    "split": gettext_lazy("Came with the split"),
    "counted": gettext_lazy("At the first count"),
}
_GOES = tuple(name for name in _TERMS if name not in COMES)
_RESTRICTED_TERMS = ("detained", "separated", "died")
_BETWEEN_VEHICLES = {
    MOVED_IN: gettext_lazy("%(n)s came from another vehicle"),
    MOVED_OUT: gettext_lazy("%(n)s moved to another vehicle"),
}


@dataclass(frozen=True, slots=True)
class Teller:
    """Who told a number, how it was found, and the entry that says so."""

    name: str
    how: str
    url: str


@dataclass(frozen=True, slots=True)
class CountShown:
    """One count: what was expected there, what of it lacks, and who told it."""

    label: str
    people: str
    at: datetime | None
    place: str = ""
    expected: str = ""
    gap: str = ""
    is_short: bool = False
    tellers: tuple[Teller, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """One account of the whole convoy."""

    term: str
    people: str
    is_alarm: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the ledger with its sum."""

    posts: tuple[Post, ...]
    total: str


@dataclass(frozen=True, slots=True)
class Change:
    """People who came or went, in words, with the last entry about it."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """One vehicle: who boarded it, came and went, was counted, and is aboard now."""

    vehicle: Vehicle
    boarded: str
    changes: tuple[Change, ...]
    count: CountShown | None
    aboard: str
    gap: str
    is_short: bool


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place: who boarded and was counted there, who came and went."""

    place: str
    boarded: str
    counts: tuple[CountShown, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class LedgerShown:
    """Everything on the page; `silent` vehicles gave no number."""

    comes: Side
    goes: Side
    verdict: str
    gap: str
    followers: str
    counts: tuple[CountShown, ...]
    vehicles: tuple[VehicleRow, ...]
    silent: tuple[Vehicle, ...]
    places: tuple[PlaceRow, ...]


def _side(told: Accounts, names: Sequence[str], total: Span, *, basis: str) -> Side:
    always = {"set_out", "aboard", "unaccounted"}
    posts = []
    for name in names:
        span = _account(told, name)
        if span == NOBODY and name not in always:
            continue
        term = _STARTS.get(basis, _TERMS[name]) if name == "set_out" else _TERMS[name]
        posts.append(Post(str(term), span_words(span), name == "unaccounted" and span.low > 0))
    return Side(tuple(posts), span_words(total))


def _account(told: Accounts, name: str) -> Span:
    if name != "away":
        span: Span = getattr(told, name)
        return span
    total = NOBODY
    for each in _RESTRICTED_TERMS:
        total = total.plus(getattr(told, each))
    return total


def _verdict(told: Accounts) -> str:
    comes, goes = told.comes, told.goes
    if comes.exact is not None and comes.exact == goes.exact:
        return _("Both sides come to %(n)s: everybody is in one account.") % {
            "n": figure(comes.exact)
        }
    return _("The sides are only as sure as what was told.")


class _Page:
    """What is needed to put one convoy's ledger into words."""

    def __init__(self, *, entries: Mapping[UUID, PeopleEntry], zone: ZoneInfo) -> None:
        self.entries = entries
        self.zone = zone

    def tellers(self, event_ids: Sequence[UUID]) -> tuple[Teller, ...]:
        """Return who told a number, each once, newest first; of many vehicles each its own."""
        found: dict[tuple[str, str], Teller] = {}
        for key in reversed(event_ids):
            entry = self.entries.get(key)
            if entry is not None:
                teller = _teller(entry)
                found.setdefault((teller.name, teller.how), teller)
        return tuple(found.values())

    def count(self, point: CountPoint, *, label: str = "") -> CountShown:
        """Return a count as it is shown."""
        arrived = point.category == Category.ARRIVED
        gap = gap_words(point.gap)
        if point.vehicles_missing:
            silent = _("%(n)s vehicles gave no number") % {"n": figure(point.vehicles_missing)}
            gap = f"{gap} {silent}.".strip()
        return CountShown(
            label=label or (_("Counted on arrival") if arrived else _("Counted on board")),
            people=span_words(point.counted),
            at=point.at,
            place=point.place,
            expected=span_words(point.expected),
            gap=gap,
            is_short=point.gap.is_short,
            tellers=self.tellers(point.event_ids),
        )

    def counts(self, found: Balance) -> tuple[CountShown, ...]:
        """Return every count, newest first, down to the number that all are compared with."""
        shown = [self.count(each, label=_("Estimated")) for each in reversed(found.beside)]
        shown += [self.count(each) for each in reversed(found.points)]
        base = found.base
        if base is not None and base.basis != "counted":
            label = {"planned": _("Planned"), "split": _("Came with the split")}
            start = CountShown(
                label=label.get(base.basis, _("Boarded")),
                people=span_words(base.people),
                at=base.at,
                tellers=self.tellers(base.event_ids),
            )
            shown.append(start)
        return tuple(shown)

    def vehicle(self, vehicle: Vehicle, book: VehicleBook, *, sees: bool) -> VehicleRow:
        """Return the row of one vehicle."""
        found = book.balance
        changes = found.changes if sees else without_detail(found.changes)
        told = [_change(each, between_vehicles=True) for each in changes]
        base = found.base
        if base is not None and base.basis == "split" and base.at is not None:
            came = Departure(MOVED_IN, base.people, base.at, "", base.event_ids)
            told.insert(0, _change(came, between_vehicles=True))
        points = (*found.points, *found.beside)
        return VehicleRow(
            vehicle=vehicle,
            boarded=span_words(base.people) if base and base.basis == "boarded" else "",
            changes=tuple(told),
            count=self.count(points[-1]) if points else None,
            aboard=span_words(found.on_board) if found.on_board is not None else "",
            gap=gap_words(found.gap),
            is_short=found.is_short,
        )

    def place(self, book: PlaceBook) -> PlaceRow:
        """Return the row of one place."""
        changes = [replace(each, place="") for each in book.changes]
        return PlaceRow(
            place=book.place,
            boarded=span_words(book.boarded) if book.boarded is not None else "",
            counts=tuple(self.count(each) for each in reversed(book.counts)),
            changes=tuple(_change(each, between_vehicles=False) for each in changes),
        )


def _teller(entry: PeopleEntry) -> Teller:
    source = entry.event.source
    name = named(entry.event)
    if source is not None:
        name = _("%(source)s, grade %(grade)s") % {"source": name, "grade": source.reliability}
    how = str(PeopleEntry.Method(entry.method).label) if entry.method else ""
    return Teller(name, how, entry_url(entry.event_id))


def _change(change: Departure, *, between_vehicles: bool) -> Change:
    url = entry_url(change.event_ids[-1]) if change.event_ids else ""
    own = _BETWEEN_VEHICLES.get(change.category) if between_vehicles else None
    if own is not None:
        return Change(str(own) % {"n": span_words(change.people)}, url)
    return Change(change_words(change), url)


def _away(found: Balance) -> list[PlaceRow]:
    """Return those who are away as a row of its own: where it was would tell what befell them."""
    away = [each for each in without_detail(found.changes) if each.category == AWAY]
    return [PlaceRow("", "", (), (_change(each, between_vehicles=False),)) for each in away]


def _ids(found: Balance) -> set[UUID]:
    ids = {key for point in (*found.points, *found.beside) for key in point.event_ids}
    return ids | set(found.base.event_ids if found.base else ())


def ledger_shown(
    convoy: Convoy, *, sees_restricted: bool, now: datetime, zone: ZoneInfo
) -> LedgerShown:
    """Return the ledger of a convoy at `now` (field time) for people of its own organisation."""
    ledger = ledger_of(convoy, at=now)
    found, told = balance(ledger), accounts(ledger)
    books = vehicle_books(ledger)
    ids = _ids(found).union(*(_ids(book.balance) for book in books.values()))
    page = _Page(entries=entries_told(ids), zone=zone)
    vehicles = list(vehicles_in_column(convoy))
    basis = found.base.basis if found.base else ""
    without = _RESTRICTED_TERMS if not sees_restricted else ("away",)
    goes = [name for name in _GOES if name not in without]
    return LedgerShown(
        comes=_side(told, COMES, told.comes, basis=basis),
        goes=_side(told, goes, told.goes, basis=basis),
        verdict=_verdict(told),
        gap=gap_of(found, zone=zone, now=now),
        followers=followers_words(found.followers) if found.followers else "",
        counts=page.counts(found),
        vehicles=tuple(
            page.vehicle(each, books[each.pk], sees=sees_restricted)
            for each in vehicles
            if each.pk in books
        ),
        silent=tuple(each for each in vehicles if each.pk not in books),
        places=(
            *map(page.place, place_books(ledger, sees_restricted=sees_restricted)),
            *([] if sees_restricted else _away(found)),
        ),
    )
