"""The strip map of a convoy: where it has been, where it stands, what lies ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy, ConvoyState, Passage
from tracker.lib.stripmap import Stop, Strip
from tracker.templatetags.words import lasted
from tracker.web.convoy_words import time_words
from tracker.web.silence_shown import SilenceShown

# A stay longer than this is drawn as an alarm.
LONG_WAIT = timedelta(hours=1)
Place = Literal["past", "here", "ahead"]


class Drawing:
    """One convoy on its road at one moment, in the times of its corridor."""

    def __init__(
        self,
        convoy: Convoy,
        *,
        checkpoints: Sequence[Checkpoint],
        passages: Mapping[UUID, Passage],
        length_km: float | None,
        now: datetime,
    ) -> None:
        self.convoy = convoy
        self.checkpoints = checkpoints
        self.passages = passages
        self.length_km = length_km
        self.now = now
        self.zone = ZoneInfo(convoy.corridor.time_zone)

    def _time(self, at: datetime) -> str:
        return time_words(at, zone=self.zone, now=self.now)

    def _place(self, checkpoint: Checkpoint, passage: Passage | None) -> Place:
        if checkpoint.pk == self.convoy.at_checkpoint_id:
            return "here"
        is_through = passage is not None and passage.cleared_at is not None
        head_km = self.convoy.head_km
        return "past" if is_through or (head_km or -1) > checkpoint.km else "ahead"

    def _note(self, place: Place, passage: Passage | None) -> str:
        if passage is None:
            return _("ahead") if place == "ahead" else _("passed, no time reported")
        if passage.turned_back_at:
            return _("turned back %(time)s") % {"time": self._time(passage.turned_back_at)}
        if passage.arrived_at and passage.cleared_at:
            times = {"a": self._time(passage.arrived_at), "b": self._time(passage.cleared_at)}
            return _("%(a)s to %(b)s") % times
        if passage.cleared_at:
            return _("let through %(time)s") % {"time": self._time(passage.cleared_at)}
        reached = passage.arrived_at or passage.held_at
        return _("reached %(time)s") % {"time": self._time(reached)} if reached else ""

    def _wait(self, place: Place, passage: Passage | None) -> tuple[str, bool]:
        """Return the time lost at a checkpoint in words, and whether it is an alarm."""
        came = (passage.arrived_at or passage.held_at) if passage else None
        if passage is None or came is None:
            return "", False
        if passage.cleared_at:
            return _("waited %(time)s") % {"time": lasted(passage.cleared_at - came)}, False
        if place != "here":
            return "", False
        is_held = self.convoy.state == ConvoyState.HELD
        stay = self.now - (passage.held_at or came if is_held else came)
        words = _("held %(time)s") if is_held else _("there for %(time)s")
        return words % {"time": lasted(stay)}, is_held and stay >= LONG_WAIT

    def _stop(self, checkpoint: Checkpoint) -> Stop:
        passage = self.passages.get(checkpoint.pk)
        place = self._place(checkpoint, passage)
        wait, alarm = self._wait(place, passage)
        return Stop(
            km=checkpoint.km,
            name=checkpoint.name,
            place=place,
            note=self._note(place, passage),
            wait=wait,
            alarm=alarm,
        )

    def _start(self) -> Stop:
        convoy = self.convoy
        note = ""
        if convoy.departed_at:
            note = _("left %(time)s") % {"time": self._time(convoy.departed_at)}
        elif convoy.planned_departure_at:
            note = _("planned %(time)s") % {"time": self._time(convoy.planned_departure_at)}
        has_left = convoy.state != ConvoyState.ASSEMBLING
        return Stop(0, convoy.corridor.origin.name, "past" if has_left else "here", note)

    def _end(self, total_km: float) -> Stop:
        convoy = self.convoy
        if convoy.state == ConvoyState.ARRIVED and convoy.ended_at:
            note = _("arrived %(time)s") % {"time": self._time(convoy.ended_at)}
            return Stop(total_km, convoy.corridor.destination.name, "here", note)
        return Stop(total_km, convoy.corridor.destination.name, "ahead", _("arrival not known"))

    def _label(self) -> str:
        head, tail = self.convoy.head_km, self.convoy.tail_km
        if head is None or tail is None or head - tail < 1:
            return self.convoy.code
        values = {"code": self.convoy.code, "km": f"{head - tail:.0f}"}
        return _("%(code)s, head to tail %(km)s km") % values

    def _spoken(self, stops: Sequence[Stop]) -> str:
        past = [stop.name for stop in stops if stop.place == "past"]
        here = [stop.name for stop in stops if stop.place == "here"]
        code = self.convoy.code
        if here:
            return _("%(code)s is at %(place)s.") % {"code": code, "place": here[-1]}
        if not past:
            return _("It is not known where %(code)s is.") % {"code": code}
        ahead = next((stop.name for stop in stops if stop.place == "ahead"), "")
        places = {"code": code, "past": past[-1], "ahead": ahead}
        return _("%(code)s is between %(past)s and %(ahead)s.") % places

    def strip(self) -> Strip | None:
        """Return the strip, or `None` where nothing is known of the road."""
        last_km = self.checkpoints[-1].km if self.checkpoints else None
        total_km = self.length_km or (last_km and last_km * 1.05)
        if not total_km:
            return None
        inner = [self._stop(each) for each in self.checkpoints if each.km < total_km]
        stops = (self._start(), *inner, self._end(total_km))
        is_held = self.convoy.state == ConvoyState.HELD
        return Strip(
            stops=stops,
            total_km=total_km,
            spoken=self._spoken(stops),
            label=self._label(),
            head_km=self.convoy.head_km,
            tail_km=self.convoy.tail_km,
            held=is_held,
        )


def with_reach(strip: Strip, silence: SilenceShown | None) -> Strip:
    """Return the strip with the part of the road on which a silent convoy can be."""
    if silence is None or silence.reach is None:
        return strip
    reach = (silence.reach.low_km, min(silence.reach.high_km, strip.total_km))
    spoken = f"{silence.headline} {silence.reach_words[0]}"
    # What is drawn of its head may rest on a word that nobody has confirmed.
    label = _("%(code)s, not confirmed") % {"code": strip.label} if strip.label else ""
    return replace(strip, reach=reach, spoken=spoken, label=label)


def passed_only(strip: Strip) -> Strip:
    """Return what a partner may see of a moving convoy: the places behind it, never where it is."""
    stops = tuple(
        stop if stop.place == "past" else Stop(stop.km, stop.name, "ahead", _("not known"))
        for stop in strip.stops
    )
    past = [stop.name for stop in stops if stop.place == "past"]
    spoken = _("It has passed %(place)s.") % {"place": past[-1]} if past else _("Not known.")
    return Strip(stops=stops, total_km=strip.total_km, spoken=spoken)
