"""The headcount of a convoy in words and as a funnel, for whoever may see how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.headcounts.balance import Balance, CountPoint, Start
from tracker.headcounts.departures import (
    AWAY,
    MOVED_IN,
    MOVED_OUT,
    Departure,
    without_detail,
)
from tracker.headcounts.followers import Followers
from tracker.headcounts.groups import Groups
from tracker.headcounts.ledger import Category
from tracker.headcounts.small_cells import without_small_cells
from tracker.headcounts.spans import Gap, Span
from tracker.lib.drawing import FunnelRow
from tracker.web.convoy_log import entry_url
from tracker.web.convoy_words import cars_words, figure, span_words, time_words
from tracker.web.entry_words import GROUP_WORDS

# Below this a number of people can point at a person.
SMALL = 5

_BASE = {
    "boarded": gettext_lazy("%(n)s boarded."),
    "vehicles": gettext_lazy("%(n)s boarded, added up over the vehicles."),
    "split": gettext_lazy("%(n)s came with the vehicles that were split off."),
    "planned": gettext_lazy("%(n)s planned; nobody counted them at the start."),
    "counted": gettext_lazy("%(n)s at the first count; nobody counted them at the start."),
}
_CHANGE = {
    Category.LEFT: gettext_lazy("%(n)s left by choice"),
    Category.JOINED: gettext_lazy("%(n)s joined on the road"),
    Category.HOSPITAL: gettext_lazy("%(n)s taken to hospital"),
    Category.DETAINED: gettext_lazy("%(n)s detained"),
    Category.SEPARATED: gettext_lazy("%(n)s separated from the convoy"),
    Category.DIED: gettext_lazy("%(n)s died"),
    Category.TURNED_BACK: gettext_lazy("%(n)s turned back by themselves"),
    Category.HANDED_OVER: gettext_lazy("%(n)s handed over to a reception centre"),
    AWAY: gettext_lazy("%(n)s no longer with the convoy"),
    MOVED_IN: gettext_lazy("%(n)s came from another convoy"),
    MOVED_OUT: gettext_lazy("%(n)s went on with another convoy"),
    Category.EXPLAINED: gettext_lazy("%(n)s of those missing explained"),
}
_FUNNEL_BASE = {
    "boarded": gettext_lazy("Boarded"),
    "vehicles": gettext_lazy("Boarded, by vehicle"),
    "split": gettext_lazy("Came with the split"),
    "planned": gettext_lazy("Planned"),
    "counted": gettext_lazy("First count"),
}


@dataclass(frozen=True, slots=True)
class Headcount:
    """What `components/headcount.html` takes."""

    sentences: tuple[str, ...]
    gap: str
    rows: list[FunnelRow]
    note: str = ""
    is_short: bool = False


def gap_words(gap: Gap | None, *, since: str = "") -> str:
    """Say how many are not accounted for, or that there are more than expected; "" if neither."""
    if gap is None:
        return ""
    if gap.is_over:
        surplus = -(gap.high or 0)
        number = span_words(Span(surplus, surplus, gap.is_estimate))
        return _("%(n)s more than expected.") % {"n": number}
    if not gap.is_short:
        return ""
    number = span_words(Span(gap.low, gap.high, gap.is_estimate))
    if since:
        return _("%(n)s not accounted for since %(time)s.") % {"n": number, "time": since}
    return _("%(n)s not accounted for.") % {"n": number}


def gap_of(balance: Balance, *, zone: ZoneInfo, now: datetime) -> str:
    """Say the gap of the newest count with its age."""
    since = time_words(balance.gap_since, zone=zone, now=now) if balance.gap_since else ""
    return gap_words(balance.gap, since=since)


def change_words(change: Departure) -> str:
    """Say how many came or went, why, and where if that was one place."""
    words = str(_CHANGE[change.category]) % {"n": span_words(change.people)}
    if change.place and change.category != AWAY:
        return _("%(what)s (%(place)s)") % {"what": words, "place": change.place}
    return words


def _point_label(point: CountPoint) -> str:
    if point.category == Category.ARRIVED:
        return _("Counted on arrival")
    return _("Counted, %(place)s") % {"place": point.place} if point.place else _("Counted")


def _point_words(point: CountPoint) -> str:
    values = {"n": span_words(point.counted), "place": point.place}
    if point.category == Category.ARRIVED:
        return _("%(n)s counted on arrival.") % values
    return (
        _("%(n)s counted in %(place)s.") % values if point.place else _("%(n)s counted.") % values
    )


def _url(event_ids: Sequence[UUID]) -> str:
    return entry_url(event_ids[-1]) if event_ids else ""


def _size(span: Span) -> int | None:
    return span.low if span.low or span.high == 0 else None


def _base_row(base: Start) -> FunnelRow:
    is_exact = base.people.exact is not None and base.basis != "planned"
    note = ""
    if base.vehicles_missing:
        note = _("%(n)s vehicles gave no number") % {"n": figure(base.vehicles_missing)}
    return FunnelRow(
        label=str(_FUNNEL_BASE[base.basis]),
        figure=span_words(base.people),
        people=_size(base.people),
        kind="counted" if is_exact else "estimated",
        note=note,
        url=_url(base.event_ids),
    )


def _point_row(point: CountPoint, *, expected_before: Span, note: str, is_last: bool) -> FunnelRow:
    gap = point.gap
    explained = max(0, expected_before.low - point.expected.low) + point.explained.low
    return FunnelRow(
        label=_point_label(point),
        figure=span_words(point.counted),
        people=_size(point.counted),
        kind="counted" if point.counted.exact is not None else "estimated",
        explained=explained,
        missing=max(0, gap.low),
        note=note,
        alarm=is_last and (gap.is_short or gap.is_over),
        url=_url(point.event_ids),
    )


def _point_note(point: CountPoint) -> str:
    parts = [gap_words(point.gap).rstrip(".")]
    if point.vehicles_missing:
        parts.append(_("%(n)s vehicles gave no number") % {"n": figure(point.vehicles_missing)})
    return ", ".join(part for part in parts if part)


def _rows(balance: Balance, *, has_arrived: bool) -> list[FunnelRow]:
    if balance.base is None:
        return []
    rows = [_base_row(balance.base)]
    before = balance.base.people
    for point in balance.points:
        rows.append(
            _point_row(
                point,
                expected_before=before,
                note=_point_note(point),
                is_last=point is balance.points[-1],
            )
        )
        before = point.expected
    if not has_arrived and not any(p.category == Category.ARRIVED for p in balance.points):
        rows.append(FunnelRow(_("Arrived"), _("none yet"), None, "none_yet"))
    return rows


def _sentence(words: str) -> str:
    """Return words as a sentence of their own: "about 500" then begins with a capital."""
    return f"{words[:1].upper()}{words[1:]}"


def followers_words(followers: Followers) -> str:
    """Say how many follow in private cars, and that nobody counts them with the convoy."""
    is_told = followers.people.high is not None or followers.people.low
    values = {
        "people": span_words(followers.people),
        "cars": _("private cars") if followers.cars is None else cars_words(followers.cars),
    }
    if not is_told:
        text = _("%(cars)s follow, nobody said with how many people; not counted with the convoy.")
    else:
        text = _("%(people)s people in %(cars)s follow; not counted with the convoy.")
    return _sentence(text % values)


def _beside_words(point: CountPoint) -> str:
    words = _("Since then an estimate: %(n)s. It does not replace the count.")
    return words % {"n": span_words(point.counted)}


def _explained_words(balance: Balance) -> list[str]:
    explained = balance.explained
    if not explained.low:
        return []
    words = _("%(n)s of those missing are explained.") % {"n": span_words(explained)}
    return [_sentence(words)]


def groups_words(groups: Groups, *, fewest: int = 0) -> str:
    """Say how many of each group were counted; one that is too small for these eyes is kept back.

    `fewest` is the smallest number that may be told. Of groups that some vehicles told it says how
    many did: the others are not reported, which is not zero.
    """
    shown = without_small_cells(groups.numbers, fewest=fewest)
    parts = [
        _group_words(name, number, groups) for name, number in shown.items() if number is not None
    ]
    if any(number is None for number in shown.values()):
        parts.append(_("small groups kept back"))
    if not parts:
        return ""
    values = {"groups": ", ".join(parts), "n": groups.told_alike, "all": groups.vehicles}
    if groups.vehicles and groups.told_alike is not None:
        return _("By group, as %(n)s of %(all)s vehicles reported: %(groups)s.") % values
    return _("By group: %(groups)s.") % values


def _group_words(name: str, number: int, groups: Groups) -> str:
    words = f"{GROUP_WORDS.get(name, name)}: {figure(number)}"
    if not groups.vehicles or groups.told_alike is not None:
        return words
    values = {"group": words, "n": groups.told_by[name], "all": groups.vehicles}
    return _("%(group)s (%(n)s of %(all)s vehicles reported)") % values


def _by_group(balance: Balance, *, fewest: int, zone: ZoneInfo, now: datetime) -> str:
    """Say the groups of the newest number that has any, and of when it is if it is not the last."""
    told = balance.told_by_group
    if told is None:
        return ""
    words = groups_words(told.groups, fewest=fewest)
    if told is (balance.points[-1] if balance.points else balance.base):
        return words
    if fewest or told.at is None:
        # When the convoy was counted is for its own organisation alone.
        return ""
    when = time_words(told.at, zone=zone, now=now)
    return _("%(groups)s So at %(time)s, not told by group since.") % {
        "groups": words,
        "time": when,
    }


def _others(balance: Balance) -> list[str]:
    """Say what stands beside the ledger: an estimate made later, and those who follow."""
    said = [_beside_words(balance.beside[-1])] if balance.beside else []
    if balance.followers:
        said.append(followers_words(balance.followers))
        is_told = balance.followers.people.high is not None
        if balance.on_board is not None and is_told and not balance.is_plan_only:
            total = balance.on_board.plus(balance.followers.people)
            said.append(_("With them %(n)s.") % {"n": span_words(total)})
    return said


def headcount_of(
    balance: Balance,
    *,
    zone: ZoneInfo,
    now: datetime,
    sees_restricted: bool,
    has_arrived: bool,
    fewest: int = 0,
) -> Headcount | None:
    """Return the headcount in words and as a funnel; `None` where no number was ever reported.

    No group of fewer than `fewest` is told.
    """
    if balance.base is None:
        said = tuple(_others(balance))
        return Headcount(sentences=said, gap="", rows=[]) if said else None
    changes = balance.changes if sees_restricted else without_detail(balance.changes)
    base = str(_BASE[balance.base.basis]) % {"n": span_words(balance.base.people)}
    sentences = [_sentence(base)]
    if balance.points:
        sentences.append(_sentence(_point_words(balance.points[-1])))
    else:
        sentences.append(_("Not counted since."))
    if groups := _by_group(balance, fewest=fewest, zone=zone, now=now):
        sentences.append(groups)
    sentences += [_sentence(f"{change_words(change)}.") for change in changes]
    sentences += _explained_words(balance) + _others(balance)
    return Headcount(
        sentences=tuple(sentences),
        gap=gap_of(balance, zone=zone, now=now),
        rows=_rows(balance, has_arrived=has_arrived),
        note=_by_vehicle(balance),
        is_short=balance.is_short,
    )


def _by_vehicle(balance: Balance) -> str:
    number = len(balance.vehicles)
    if not number:
        return ""
    return _("In %(n)s vehicles the count differs from who boarded.") % {"n": figure(number)}


def coarse_words(span: Span | None) -> str:
    """Say a number to those it is not shared with: nothing small enough to point at a person."""
    if span is None:
        return _("not reported")
    if (span.high is not None and span.high < SMALL) or 0 < span.low < SMALL:
        return _("fewer than %(n)s") % {"n": SMALL}
    return span_words(span)
