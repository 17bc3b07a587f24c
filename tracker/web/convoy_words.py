"""Words for convoys that several pages share: numbers of people, vehicles, times of a place."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.convoys.models import Convoy, Vehicle
from tracker.headcounts.spans import Span
from tracker.templatetags.words import day_words


def figure(number: int) -> str:
    """Write a number with its thousands apart."""
    return formats.number_format(number, use_l10n=True, force_grouping=True)


def span_words(span: Span) -> str:
    """Write a number of people as sure as it is: exact, about, a range, at least, not reported."""
    words = _span_words(span)
    if span.is_estimate and (span.low or span.high is not None):
        return _("about %(number)s") % {"number": words}
    return words


def _span_words(span: Span) -> str:
    if span.high == span.low:
        return figure(span.low)
    if span.high is not None:
        return _("%(low)s to %(high)s") % {"low": figure(span.low), "high": figure(span.high)}
    if span.low:
        return _("at least %(low)s") % {"low": figure(span.low)}
    return _("not reported")


def cars_words(number: int) -> str:
    """Write a number of private cars."""
    text = ngettext("%(n)s private car", "%(n)s private cars", number)
    return text % {"n": figure(number)}


def time_words(at: datetime, *, zone: ZoneInfo, now: datetime) -> str:
    """Write a time at a place, with its day where that is not the day of `now`."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{day_words(local.date(), now=today)}, {local:%H:%M}"


_PLURALS = {
    Vehicle.Kind.BUS: lambda n: ngettext("%(n)s bus", "%(n)s buses", n),
    Vehicle.Kind.CAR: lambda n: ngettext("%(n)s car", "%(n)s cars", n),
    Vehicle.Kind.AMBULANCE: lambda n: ngettext("%(n)s ambulance", "%(n)s ambulances", n),
    Vehicle.Kind.TRUCK: lambda n: ngettext("%(n)s truck", "%(n)s trucks", n),
}


def vehicles_words(kinds: list[str]) -> str:
    """Write what a column consists of: "42 buses", "7 buses, 2 cars", or "none listed"."""
    parts = []
    for kind in Vehicle.Kind:
        number = kinds.count(kind)
        if number:
            parts.append(_PLURALS[kind](number) % {"n": figure(number)})
    return ", ".join(parts) or _("none listed")


def road_words(convoy: Convoy) -> str:
    """Write where a convoy goes, from and to."""
    corridor = convoy.corridor
    return f"{corridor.origin.name} → {corridor.destination.name}"
