"""Go on with a convoy's fold from where it stood, as long as that gives what all of it would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from tracker.convoys.columns import CHANGES_COLUMN
from tracker.convoys.effects import ConvoyFold, Journey, Road, follow, is_word
from tracker.convoys.rhythm import Rhythm
from tracker.convoys.silence import SETTLE, UNCONFIRMED, Timetable, Watch, watch_of
from tracker.fieldlog.ordering import Entry, sort_key

# Raise it with every change of what a fold makes of the log: older states are then folded anew.
VERSION = 1
# What is said of silences is judged by the whole log, and so is all that comes after it.
_LADDER = frozenset({"contact.lost", "silence.declared", "silence.step_taken", "silence.ended"})

Steps = Sequence[tuple[Entry, Journey]]


class Pulse(msgspec.Struct, frozen=True, array_like=True):
    """When the convoy was heard: what the silences of its log come to, while it has none ended.

    `word_received_at` is the receipt of the newest word, `rings_at` when its absence is an alarm,
    `rang_at` the first alarm that an earlier word had; `sure` is the journey by what is sure.
    """

    sure: Journey
    received_at: datetime
    rhythm: Rhythm
    word_received_at: datetime | None = None
    due_at: datetime | None = None
    rings_at: datetime | None = None
    rang_at: datetime | None = None

    @property
    def timetable(self) -> Timetable:
        """Return what the row of the convoy keeps of it."""
        return Timetable(
            self.due_at, min(filter(None, (self.rang_at, self.rings_at)), default=None)
        )


class Folded(msgspec.Struct, frozen=True, array_like=True):
    """A convoy as of its newest entry, with the road on which it was folded."""

    version: int
    newest: tuple[datetime, tuple[str, int], UUID]
    road: Road
    journey: Journey
    pulse: Pulse


_decode = msgspec.json.Decoder(Folded).decode


def written(folded: Folded | None) -> str:
    """Return a state as it is kept; nothing where no fold can go on from it."""
    return msgspec.json.encode(folded).decode() if folded else ""


def read(text: str) -> Folded | None:
    """Return a state that was kept; `None` for nothing, and for what another version wrote."""
    try:
        folded = _decode(text)
    except msgspec.DecodeError:
        return None
    return folded if folded.version == VERSION else None


def road_of(km_of: Mapping[str, float] | None, length_km: float | None) -> Road:
    """Return the road of a convoy's own corridor and route."""
    return Road({UUID(key): km for key, km in (km_of or {}).items()}, length_km)


def folded_whole(
    result: ConvoyFold, entries: Sequence[Entry], *, watch: Watch, road: Road
) -> Folded | None:
    """Return the state after all `entries`; `None` where only the whole log will tell of more."""
    if any(entry.kind in _LADDER for entry in entries):
        return None
    pulse = Pulse(
        sure=watch.sure[-1][1],
        received_at=max(entry.received_at for entry in entries),
        rhythm=watch.rhythm,
    )
    if watch.words:
        last = watch.words[-1]
        wait = watch.wait_of(last)
        rang = (alarm.at for alarm in watch.alarms() if alarm.index != last)
        pulse = replace(
            pulse,
            word_received_at=watch.entries[last].received_at,
            due_at=wait.due_at if wait else None,
            rings_at=watch.alarm_of(last),
            rang_at=min(rang, default=None),
        )
    return Folded(VERSION, sort_key(entries[-1]), road, result.journey, pulse)


def _is_simple(entry: Entry, folded: Folded) -> bool:
    """Tell whether an entry only moves the convoy along its own road, and came after all others."""
    is_on_road = entry.checkpoint_id is None or entry.checkpoint_id in folded.road.km_of
    is_told_last = entry.received_at >= folded.pulse.received_at
    return is_on_road and is_told_last and entry.kind not in CHANGES_COLUMN | _LADDER


def resumed(
    folded: Folded, entries: Sequence[Entry], *, convoy_id: UUID, road: Road
) -> Folded | None:
    """Return the state after new `entries` of one submission, or `None`: the whole log must tell.

    That is where one of them is not newer than all that was folded, where vehicles or convoys come
    and go or silences are spoken of, and where the road is another one than before.
    """
    ordered = sorted(entries, key=sort_key)
    if not ordered or road != folded.road or sort_key(ordered[0]) <= folded.newest:
        return None
    if not all(_is_simple(entry, folded) for entry in ordered):
        return None
    trail = tuple(follow(folded.journey, ordered, convoy_id=convoy_id, road=road))
    sure = _surely(folded, trail, convoy_id=convoy_id)
    return replace(
        folded,
        newest=sort_key(ordered[-1]),
        journey=trail[-1][1] if trail else folded.journey,
        pulse=_beat(folded, trail, sure, convoy_id=convoy_id),
    )


def _surely(folded: Folded, trail: Steps, *, convoy_id: UUID) -> Sequence[Journey]:
    """Return the journey by what is sure as of each step."""
    sure = folded.pulse.sure
    if sure == folded.journey and all(entry.via not in UNCONFIRMED for entry, _ in trail):
        return [journey for _, journey in trail]
    journeys = []
    for entry, _ in trail:
        if entry.via not in UNCONFIRMED:
            ((_, sure),) = follow(sure, (entry,), convoy_id=convoy_id, road=folded.road)
        journeys.append(sure)
    return journeys


def _beat(folded: Folded, trail: Steps, sure: Sequence[Journey], *, convoy_id: UUID) -> Pulse:
    """Return the pulse after the steps of one submission: its last word is the one that counts."""
    if not trail:
        return folded.pulse
    received_at = trail[-1][0].received_at
    pulse = replace(folded.pulse, sure=sure[-1], received_at=received_at)
    last = max((n for n, (entry, _) in enumerate(trail) if is_word(entry)), default=None)
    if last is None:
        return pulse
    watch = watch_of((trail[last],), (), convoy_id=convoy_id, road=folded.road, rhythm=pulse.rhythm)
    wait = watch.wait_after(0, journey=trail[last][1], sure=sure[last])
    return replace(
        pulse,
        word_received_at=received_at,
        due_at=wait.due_at if wait else None,
        rings_at=max(wait.alarm_at, received_at) if wait else None,
        rang_at=_rang(pulse, received_at),
    )


def _rang(pulse: Pulse, heard_at: datetime) -> datetime | None:
    """Return the first alarm, once a newer word was received at `heard_at`."""
    if pulse.rings_at is None or pulse.word_received_at is None or heard_at <= pulse.rings_at:
        return pulse.rang_at
    if heard_at <= pulse.word_received_at + SETTLE:
        return pulse.rang_at
    return min(pulse.rings_at, pulse.rang_at or pulse.rings_at)
