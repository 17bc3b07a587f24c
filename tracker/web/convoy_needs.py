"""Why a convoy needs a person, worst first, in a few words that fit a row of the board."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tracker.convoys.ladder import Step
from tracker.convoys.models import Convoy, ConvoyState, Vehicle
from tracker.convoys.queries import Contact, Silent, contact_of, is_heard_unconfirmed
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.balance import Balance
from tracker.templatetags.words import lasted
from tracker.web.convoy_people import gap_words
from tracker.web.convoy_trackers import NO_TRACKERS, Trackers, stray_words
from tracker.web.convoy_words import figure, time_words
from tracker.web.silence_shown import next_of, next_words

# What a row of the board has room for; a reason is never cut.
ROOM = 28
NEEDS_YOU, TO_WATCH, QUIET = 1, 2, 3
HELD_LONG = timedelta(hours=1)
LEFT_LATE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of one convoy at one moment, gathered for all convoys of a page at once."""

    convoy: Convoy
    balance: Balance
    vehicles: tuple[Vehicle, ...]
    emergency: LogEvent | None
    now: datetime
    trackers: Trackers = NO_TRACKERS
    silent: Silent | None = None

    @property
    def contact(self) -> Contact:
        """Return how it stands with its contact interval."""
        return contact_of(self.convoy, at=self.now)

    @property
    def next_step(self) -> Step | None:
        """Return what is to be done next to find it, where it is dark."""
        return next_of(self.silent, now=self.now)

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which its times are told."""
        return ZoneInfo(self.convoy.corridor.time_zone)

    @property
    def stay(self) -> timedelta:
        """Return for how long the present state has lasted."""
        since = self.convoy.state_since
        return self.now - since if since else timedelta(0)


@dataclass(frozen=True, slots=True)
class Need:
    """One reason: its group (1 needs you, 2 to watch, 3 quiet), rank within it, and words."""

    group: int
    rank: int
    text: str
    since: datetime | None = None

    @property
    def order(self) -> tuple[int, int, float]:
        """Return the key by which the worst comes first and then the oldest."""
        return (self.group, self.rank, self.since.timestamp() if self.since else float("inf"))


def fitting(*texts: str) -> str:
    """Return the first text with room on the board, the last where none has."""
    return next((text for text in texts if len(text) <= ROOM), texts[-1])


def _time(here: Situation, at: datetime) -> str:
    return time_words(at, zone=here.zone, now=here.now)


def _calls_for_help(here: Situation) -> Iterator[Need]:
    call = here.emergency
    if call is None:
        return
    words = _("SOS %(time)s") if call.kind == "sos" else _("Medical help %(time)s")
    time = f"{call.ordered_at.astimezone(here.zone):%H:%M}"
    yield Need(NEEDS_YOU, 0, words % {"time": time}, call.ordered_at)


def _is_silent(here: Situation) -> Iterator[Need]:
    contact = here.contact
    if contact.is_silent:
        values = {"time": lasted(contact.silent_for), "next": next_words(here.next_step)}
        long: tuple[str, ...]
        if is_heard_unconfirmed(here.convoy):
            short, long = _("Dark for %(time)s"), (_("Dark %(time)s: %(next)s"),)
        else:
            short = _("No word for %(time)s")
            long = (_("No word for %(time)s: %(next)s"), _("No word %(time)s: %(next)s"))
        texts = [each % values for each in long] if values["next"] else []
        since = here.now - contact.silent_for
        yield Need(NEEDS_YOU, 1, fitting(*texts, short % values), since)
    elif contact.due_at and contact.due_at < here.now:
        words = _("Word was due %(time)s") % {"time": _time(here, contact.due_at)}
        yield Need(TO_WATCH, 3, words, contact.due_at)


def _lacks_people(here: Situation) -> Iterator[Need]:
    gap = here.balance.gap
    if gap is None or not (gap.is_short or gap.is_over):
        if here.balance.vehicles:
            number = figure(len(here.balance.vehicles))
            yield Need(TO_WATCH, 1, _("%(n)s vehicle counts differ") % {"n": number})
        return
    text = gap_words(gap).rstrip(".")
    yield Need(NEEDS_YOU, 2 if gap.is_short else 5, text, here.balance.gap_since)


def _stands(here: Situation) -> Iterator[Need]:
    convoy, kind = here.convoy, here.convoy.state_event.kind if here.convoy.state_event else ""
    values = {"time": lasted(here.stay), "place": ""}
    if convoy.state != ConvoyState.HELD:
        return
    if kind == "convoy.night_stop":
        yield Need(TO_WATCH, 4, _("Night stop, %(time)s") % values, convoy.state_since)
    elif kind == "convoy.took_cover":
        yield Need(NEEDS_YOU, 3, _("Took cover %(time)s ago") % values, convoy.state_since)
    else:
        place = convoy.at_checkpoint.name if convoy.at_checkpoint else ""
        values["place"] = place
        short = _("Held %(time)s") % values
        text = fitting(_("Held %(time)s at %(place)s") % values, short) if place else short
        group = NEEDS_YOU if here.stay >= HELD_LONG else TO_WATCH
        yield Need(group, 4, text, convoy.state_since)


def _turned(here: Situation) -> Iterator[Need]:
    convoy = here.convoy
    if convoy.state == ConvoyState.TURNED_BACK and convoy.ended_at is None:
        yield Need(NEEDS_YOU, 3, _("Turned back, on the way"), convoy.state_since)


def _is_late(here: Situation) -> Iterator[Need]:
    convoy, planned = here.convoy, here.convoy.planned_departure_at
    if convoy.state != ConvoyState.ASSEMBLING or planned is None:
        return
    time = {"time": _time(here, planned)}
    if here.now - planned > LEFT_LATE:
        yield Need(NEEDS_YOU, 6, fitting(_("Not left, planned %(time)s") % time), planned)
    elif here.now < planned:
        yield Need(QUIET, 1, _("leaves %(time)s") % time, planned)
    else:
        yield Need(TO_WATCH, 5, fitting(_("Leaves now, planned %(time)s") % time), planned)


def _broke_down(here: Situation) -> Iterator[Need]:
    broken = [each.code for each in here.vehicles if each.state == Vehicle.State.BROKEN_DOWN]
    if broken:
        long = _("%(codes)s broken down") % {"codes": ", ".join(broken)}
        short = _("%(n)s vehicles broken down") % {"n": figure(len(broken))}
        yield Need(TO_WATCH, 2, fitting(long, short))


def _strays(here: Situation) -> Iterator[Need]:
    """Say who left road or column by the trackers; once somebody gave a reason it is to watch."""
    if here.convoy.departed_at is None:
        return
    for stray in here.trackers.strays():
        text = stray_words(stray)
        if stray.why:
            yield Need(TO_WATCH, 6, fitting(_("%(what)s, known") % {"what": text}, text))
        else:
            yield Need(NEEDS_YOU, 5, text, stray.since)


def _rests(here: Situation) -> Iterator[Need]:
    """Say what is next where nothing is wrong."""
    convoy, due_at = here.convoy, here.contact.due_at
    if convoy.ended_at:
        words = {
            ConvoyState.ARRIVED: _("arrived %(time)s"),
            ConvoyState.TURNED_BACK: _("back %(time)s"),
        }.get(ConvoyState(convoy.state), _("joined another %(time)s"))
        yield Need(QUIET, 3, words % {"time": _time(here, convoy.ended_at)}, convoy.ended_at)
    elif due_at:
        yield Need(QUIET, 0, _("next word %(time)s") % {"time": _time(here, due_at)}, due_at)
    else:
        yield Need(QUIET, 2, _("no departure time yet"))


_RULES = (
    _calls_for_help,
    _is_silent,
    _lacks_people,
    _turned,
    _stands,
    _is_late,
    _broke_down,
    _strays,
)


def needs_of(here: Situation) -> list[Need]:
    """Return every reason why the convoy needs a person, worst first; never empty."""
    if here.convoy.ended_at is None:
        found = [need for rule in _RULES for need in rule(here)]
    else:
        found = list(_lacks_people(here))
    found.append(next(_rests(here)))
    return sorted(found, key=lambda need: need.order)
