"""Pure fold of when a convoy was dark to us: from when, what was heard meanwhile, who ended it.

A silence begins when the newest word *that we had by then* is older than interval and grace; it
ends with `silence.ended` alone. What arrives late therefore never makes one vanish.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Literal
from uuid import UUID

from tracker.convoys.effects import NO_CONTACT, Journey, Road, Trail, is_word, trail_of
from tracker.convoys.models import ConvoyState
from tracker.convoys.rhythm import Expected, Heading, Leg, Rhythm, expected_after
from tracker.fieldlog.models import Via
from tracker.fieldlog.ordering import Entry, standing

WATCHED = frozenset({ConvoyState.MOVING, ConvoyState.HELD, ConvoyState.TURNED_BACK})
# A phone that finds the network again sends its entries one after the other: no alarm meanwhile.
SETTLE = timedelta(minutes=5)
# Where a word by these ways says that a convoy is, it need not be: anybody may hold the device.
UNCONFIRMED = frozenset({Via.SMS, Via.LINK, Via.TRACKER})
# By these a person whom we know by name speaks.
BY_NAME = frozenset({"", Via.API})
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wait:
    """When the next word is due, when its absence is an alarm, and what puts it off, if anything.

    `until` is the end of a silence that somebody declared, `why` their reason.
    """

    due_at: datetime
    alarm_at: datetime
    leg: Leg | None = None
    until: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """Where a convoy was for sure: km from the start, and until when it was there."""

    km: float
    at: datetime
    is_back: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A word that came while the convoy was dark; it ends nothing.

    `is_late` is one of the time before that came late; `may_be_confirmed` one of a person whom we
    know by name, of the time after: a dispatcher may take it for the end.
    """

    entry: Entry
    km: float | None
    is_late: bool
    may_be_confirmed: bool


@dataclass(frozen=True, slots=True)
class Spell:
    """One silence. `word` is the newest one that we had when it began, `point` where it was."""

    began_at: datetime
    why: Literal["overdue", "lost"]
    word: Entry | None
    point: Point | None
    heard: tuple[Heard, ...] = ()
    steps: tuple[Entry, ...] = ()
    ended: Entry | None = None

    @property
    def heard_in_time_at(self) -> datetime | None:
        """Return when it was heard of before it was dark, as words say that came too late."""
        return max((each.entry.at for each in self.heard if each.is_late), default=None)

    @property
    def guess(self) -> Heard | None:
        """Return the newest word of where it may be now, which nobody has confirmed."""
        placed = [each for each in self.heard if each.km is not None]
        return max(placed, key=lambda each: (each.entry.at, each.entry.id), default=None)

    def is_open(self, *, at: datetime) -> bool:
        """Tell whether the convoy is dark at `at`."""
        has_begun = at > self.began_at or (self.why == "lost" and at == self.began_at)
        return has_begun and (self.ended is None or self.ended.at > at)


@dataclass(frozen=True, slots=True)
class Silence:
    """Every silence of a convoy, in order; the last may begin only if no word comes until then."""

    spells: tuple[Spell, ...] = ()
    wait: Wait | None = None

    @property
    def silent_from(self) -> datetime | None:
        """Return when the convoy is dark from, unless the log learns more; may lie ahead."""
        return next((spell.began_at for spell in self.spells if spell.ended is None), None)

    def open_at(self, at: datetime) -> Spell | None:
        """Return the silence in which the convoy is at `at`."""
        return next((spell for spell in self.spells if spell.is_open(at=at)), None)


def _is_confirmed(entry: Entry) -> bool:
    return entry.via not in UNCONFIRMED


def ends_silence(entry: Entry) -> bool:
    """Tell whether this entry is the word of a named person that the convoy was reached."""
    return entry.kind == "silence.ended" and entry.via in BY_NAME and entry.by_id is not None


def _declares(entry: Entry) -> bool:
    return entry.kind == "silence.declared" and _is_confirmed(entry)


def place_of(entry: Entry, road: Road) -> float | None:
    """Return the km that an entry names, by itself or by its checkpoint, but not of the tail."""
    if entry.data.get("part") == "tail":
        return None
    if entry.data.get("km") is not None:
        return float(entry.data["km"])
    if entry.kind == "convoy.arrived":
        return road.length_km
    return road.km_of.get(entry.checkpoint_id) if entry.checkpoint_id else None


@dataclass(frozen=True, slots=True)
class _Alarm:
    """A silence that begins at `at` if nothing is known by then that comes after entry `index`."""

    at: datetime
    index: int
    why: Literal["overdue", "lost"]


@dataclass(frozen=True, slots=True)
class Timetable:
    """What the row of a convoy keeps: when its word is due, and when it is dark from."""

    due_at: datetime | None = None
    silent_from: datetime | None = None


class Watch:
    """The trail of one convoy, read as somebody read it who knew only what had been received."""

    def __init__(
        self,
        trail: Trail,
        declared: Sequence[Entry],
        *,
        convoy_id: UUID,
        road: Road,
        rhythm: Rhythm,
    ) -> None:
        self.trail, self.convoy_id, self.road, self.rhythm = trail, convoy_id, road, rhythm
        self.entries = [entry for entry, _ in trail]
        self.declared = declared
        self.sure = (
            self._follow(self.entries) if not all(map(_is_confirmed, self.entries)) else trail
        )
        self.words = [index for index, entry in enumerate(self.entries) if self._counts(entry)]
        self.sure_after = trail if self.sure is trail else self._sure_after()

    def _counts(self, entry: Entry) -> bool:
        """Tell whether an entry is a word from the road, or ends the watch."""
        comes_off = entry.kind == "convoy.split" and entry.other_convoy_id == self.convoy_id
        return is_word(entry) or comes_off or entry.kind == "convoy.joined"

    def _follow(self, entries: Sequence[Entry]) -> Trail:
        """Follow the convoy by what is sure alone."""
        sure = [entry for entry in entries if _is_confirmed(entry)]
        made = self.entries[0]
        return trail_of(made, sure, convoy_id=self.convoy_id, road=self.road)

    @cached_property
    def later_known(self) -> dict[int, datetime]:
        """Return, for each word, when the first one of a later time was received."""
        found, soonest = {}, _NEVER
        for index in reversed(self.words):
            found[index] = soonest
            soonest = min(soonest, self.entries[index].received_at)
        return found

    def _sure_after(self) -> Trail:
        """Return, for each entry, the journey by what is sure, as of that entry."""
        after = {entry.id: journey for entry, journey in self.sure}
        journey, steps = self.sure[0][1], []
        for entry in self.entries:
            journey = after.get(entry.id, journey)
            steps.append((entry, journey))
        return tuple(steps)

    def wait_after(self, index: int, *, journey: Journey, sure: Journey) -> Wait | None:
        """Return the wait that begins with a word; `None` where nobody waits for one."""
        is_watched = bool(WATCHED & {journey.state, sure.state})
        if sure.ended_at is not None or not is_watched:
            return None
        heading = Heading(
            km=sure.head_km,
            is_back=sure.state == ConvoyState.TURNED_BACK,
            moves=sure.state != ConvoyState.HELD,
        )
        entry = self.entries[index]
        expected = expected_after(entry.at, rhythm=self.rhythm, heading=heading)
        alarm_at = max(expected.alarm_at, entry.received_at + SETTLE)
        return self._put_off(replace(expected, alarm_at=alarm_at))

    def _put_off(self, expected: Expected) -> Wait:
        """Put an alarm off to the end, and the grace, of a silence declared before it rang."""
        wait = Wait(expected.due_at, expected.alarm_at, expected.leg)
        grace = timedelta(minutes=self.rhythm.grace_min)
        for entry in self.declared:
            until = datetime.fromisoformat(entry.data["until"])
            knew = max(entry.at, entry.received_at) <= wait.alarm_at
            if knew and until > wait.due_at and until + grace > wait.alarm_at:
                why = str(entry.data.get("why", ""))
                wait = Wait(until, until + grace, expected.leg, until=until, why=why)
        return wait

    def wait_of(self, index: int) -> Wait | None:
        """Return the wait after a word by all that is known of the time until then."""
        journey, sure = self.trail[index][1], self.sure_after[index][1]
        return self.wait_after(index, journey=journey, sure=sure)

    def alarm_of(self, index: int) -> datetime | None:
        """Return when the absence of a word after this one rang, by what had been received then."""
        received = self.entries[index].received_at
        late = {entry.received_at for entry in self.entries[:index] if entry.received_at > received}
        moments = [received, *sorted(late)]
        for known_at, until in zip(moments, [*moments[1:], _NEVER], strict=True):
            wait = self._wait_as_known(index, at=known_at) if late else self.wait_of(index)
            if wait is not None and wait.alarm_at <= until:
                return max(wait.alarm_at, known_at)
        return None

    def _wait_as_known(self, index: int, *, at: datetime) -> Wait | None:
        known = [entry for entry in self.entries[1 : index + 1] if entry.received_at <= at]
        made = self.entries[0]
        journey = trail_of(made, known, convoy_id=self.convoy_id, road=self.road)[-1][1]
        return self.wait_after(index, journey=journey, sure=self._follow(known)[-1][1])

    def alarms(self) -> list[_Alarm]:
        """Return every moment at which a silence began, or will unless a word comes."""
        found = [*self._overdue(), *self._lost()]
        return sorted(found, key=lambda alarm: (alarm.at, alarm.index))

    def _overdue(self) -> Iterator[_Alarm]:
        for index in self.words:
            entry = self.entries[index]
            # What was superseded when it came, or soon after, was never the newest word we had.
            if self.later_known[index] <= entry.received_at + SETTLE:
                continue
            alarm_at = self.alarm_of(index)
            if alarm_at is not None and self.later_known[index] > alarm_at:
                yield _Alarm(alarm_at, index, "overdue")

    def _lost(self) -> Iterator[_Alarm]:
        for index, entry in enumerate(self.entries):
            if entry.kind != "contact.lost" or self._has_ended(index):
                continue
            after = [self.entries[each] for each in self.words if each > index]
            if not any(word.received_at <= entry.received_at for word in after):
                yield _Alarm(max(entry.at, entry.received_at), index, "lost")

    def _has_ended(self, index: int) -> bool:
        """Tell whether the journey was over by what was known when an entry came."""
        at = self.entries[index].received_at
        known = [entry for entry in self.entries[1 : index + 1] if entry.received_at <= at]
        return self._follow(known)[-1][1].ended_at is not None

    def spans(self) -> Iterator[tuple[_Alarm, Entry | None]]:
        """Return each silence as its alarm and the entry that ended it; the last has none."""
        over_at: datetime | None = None
        for alarm in self.alarms():
            if over_at is not None and alarm.at <= over_at:
                continue
            ended = next((e for e in self.entries if ends_silence(e) and e.at >= alarm.at), None)
            yield alarm, ended
            if ended is None:
                return
            over_at = max(ended.at, ended.received_at)

    def last_wait(self) -> Wait | None:
        """Return the wait after the newest word."""
        return self.wait_of(self.words[-1]) if self.words else None

    @property
    def timetable(self) -> Timetable:
        """Return when the convoy's word is due, and when it is dark from, which may lie ahead."""
        wait = self.last_wait()
        open_alarms = (alarm.at for alarm, ended in self.spans() if ended is None)
        return Timetable(wait.due_at if wait else None, next(open_alarms, None))

    def spell(self, alarm: _Alarm, ended: Entry | None) -> Spell:
        """Return the silence that an alarm begins, with all that was heard and done in it."""
        word = self._word_before(alarm)
        inside = [entry for entry in self.entries if self._is_inside(entry, alarm, ended)]
        return Spell(
            began_at=alarm.at,
            why=alarm.why,
            word=word,
            point=self._point(alarm.at),
            heard=tuple(self._heard(e, alarm) for e in inside if self._tells(e, word)),
            steps=tuple(e for e in inside if e.kind == "silence.step_taken" and e.at >= alarm.at),
            ended=ended,
        )

    def _word_before(self, alarm: _Alarm) -> Entry | None:
        known = (
            self.entries[index]
            for index in reversed(self.words)
            if index <= alarm.index and self.entries[index].received_at <= alarm.at
        )
        return next(known, None)

    def _is_inside(self, entry: Entry, alarm: _Alarm, ended: Entry | None) -> bool:
        """Tell whether an entry came, or happened, in the silence."""
        if ends_silence(entry) or max(entry.received_at, entry.at) <= alarm.at:
            return False
        return ended is None or (
            entry.received_at <= max(ended.received_at, ended.at) and entry.at <= ended.at
        )

    def _tells(self, entry: Entry, word: Entry | None) -> bool:
        """Tell whether an entry is from the road, and newer than what we knew."""
        if entry.kind in NO_CONTACT or entry.kind == "silence.ended":
            return False
        return word is None or entry.at > word.at

    def _heard(self, entry: Entry, alarm: _Alarm) -> Heard:
        is_late = entry.at < alarm.at
        by_name = entry.by_id is not None and entry.via in {*BY_NAME, Via.PHONE}
        return Heard(entry, place_of(entry, self.road), is_late, by_name and not is_late)

    def _point(self, at: datetime) -> Point | None:
        """Return where the convoy was for sure by what was known at `at`."""
        known = [entry for entry in self.entries[1:] if max(entry.at, entry.received_at) <= at]
        sure = self._follow(known)[-1][1]
        if sure.head_km is None or sure.head_at is None:
            return None
        stands = ConvoyState.HELD in {sure.state, sure.before_silence}
        since = sure.last_contact_at if stands and sure.last_contact_at else sure.head_at
        return Point(sure.head_km, since, is_back=sure.state == ConvoyState.TURNED_BACK)


def watch_of(
    trail: Trail, entries: Sequence[Entry], *, convoy_id: UUID, road: Road, rhythm: Rhythm
) -> Watch:
    """Return the watch over a convoy; `entries` are its log, in order."""
    declared = [entry for entry in standing(entries) if _declares(entry)]
    return Watch(trail, declared, convoy_id=convoy_id, road=road, rhythm=rhythm)


def fold_silence(
    trail: Trail, entries: Sequence[Entry], *, convoy_id: UUID, road: Road, rhythm: Rhythm
) -> Silence:
    """Fold the silences of one convoy from its trail; `entries` are its log, in order."""
    watch = watch_of(trail, entries, convoy_id=convoy_id, road=road, rhythm=rhythm)
    spells = tuple(watch.spell(alarm, ended) for alarm, ended in watch.spans())
    return Silence(spells=spells, wait=watch.last_wait())
