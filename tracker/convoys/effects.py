"""Pure fold of a convoy's journey: its state, where head and tail are, and each crossing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from tracker.convoys.columns import VehicleFold, fold_column
from tracker.convoys.models import ConvoyState
from tracker.convoys.transitions import next_state
from tracker.fieldlog.models import Via
from tracker.fieldlog.ordering import Entry, standing

CREATING = frozenset({"convoy.planned", "convoy.split"})
# Entries that somebody at a desk can write without a word from the road.
NO_CONTACT = frozenset(
    {
        "convoy.planned",
        "vehicle.added",
        "convoy.split",
        "convoy.joined",
        "contact.lost",
        "note",
        "silence.declared",
        "silence.step_taken",
    }
)
_STOPS = frozenset({"convoy.held", "convoy.took_cover", "convoy.night_stop"})


class Road(msgspec.Struct, frozen=True):
    """What the fold needs of the road: checkpoints by km, and the length where it is known."""

    km_of: dict[UUID, float] = {}
    length_km: float | None = None


class PassageFold(msgspec.Struct, frozen=True):
    """One crossing of one checkpoint; `None` where that was not reported."""

    checkpoint_id: UUID
    event_id: UUID
    arrived_at: datetime | None = None
    held_at: datetime | None = None
    cleared_at: datetime | None = None
    tail_cleared_at: datetime | None = None
    turned_back_at: datetime | None = None


class Journey(msgspec.Struct, frozen=True):
    """Everything that the log says of one convoy, but for its vehicles."""

    state: ConvoyState = ConvoyState.ASSEMBLING
    since: datetime | None = None
    state_event_id: UUID | None = None
    stop_kind: str = ""
    before_silence: ConvoyState | None = None
    head_km: float | None = None
    head_at: datetime | None = None
    tail_km: float | None = None
    tail_at: datetime | None = None
    head_is_in: bool = False
    checkpoint_id: UUID | None = None
    reason: str = ""
    departed_at: datetime | None = None
    ended_at: datetime | None = None
    last_contact_at: datetime | None = None
    last_event_id: UUID | None = None
    passages: dict[UUID, PassageFold] = {}


# Each entry that stands with the journey as it was after it, in event order.
Trail = tuple[tuple[Entry, Journey], ...]


@dataclass(frozen=True, slots=True)
class ConvoyFold:
    """A convoy: the entry that made it, its journey step by step and its vehicles.

    `is_withdrawn` says that the entry which made it was taken back; the row stays for the log.
    """

    made: Entry
    is_withdrawn: bool
    journey: Journey
    trail: Trail
    vehicles: tuple[VehicleFold, ...]


def _part(entry: Entry) -> str:
    return str(entry.data.get("part", "whole"))


def _why(entry: Entry) -> str:
    return entry.reason or str(entry.data.get("note", ""))


def _at_km(journey: Journey, entry: Entry, km: float | None) -> Journey:
    """Put head, tail or both at `km`; the head is never behind the tail it leads."""
    if km is None:
        return journey
    if _part(entry) != "tail":
        journey = replace(journey, head_km=km, head_at=entry.at)
    if _part(entry) != "head":
        journey = replace(journey, tail_km=km, tail_at=entry.at)
    return journey


def _passage(journey: Journey, entry: Entry, **changes: Any) -> Journey:
    """Change the crossing of the entry's checkpoint, or of the one where the convoy stands."""
    checkpoint_id = entry.checkpoint_id or journey.checkpoint_id
    if checkpoint_id is None:
        return journey
    before = journey.passages.get(checkpoint_id) or PassageFold(checkpoint_id, entry.id)
    return replace(
        journey, passages={**journey.passages, checkpoint_id: replace(before, **changes)}
    )


def _standing_passage(journey: Journey, entry: Entry) -> PassageFold | None:
    checkpoint_id = entry.checkpoint_id or journey.checkpoint_id
    return journey.passages.get(checkpoint_id) if checkpoint_id else None


def _reach(journey: Journey, entry: Entry, road: Road) -> Journey:
    assert entry.checkpoint_id is not None
    journey = _at_km(journey, entry, road.km_of.get(entry.checkpoint_id))
    if _part(entry) == "tail":
        return journey
    before = journey.passages.get(entry.checkpoint_id)
    if before is not None and before.turned_back_at:
        # A second try at the same checkpoint: its wait is counted anew.
        passages = {key: each for key, each in journey.passages.items() if each is not before}
        journey, before = replace(journey, passages=passages), None
    journey = replace(journey, checkpoint_id=entry.checkpoint_id)
    return _passage(journey, entry, arrived_at=(before and before.arrived_at) or entry.at)


def _hold(journey: Journey, entry: Entry, road: Road) -> Journey:
    journey = replace(journey, reason=_why(entry) or journey.reason)
    if entry.checkpoint_id:
        journey = replace(journey, checkpoint_id=entry.checkpoint_id)
        journey = _at_km(journey, entry, road.km_of.get(entry.checkpoint_id))
    before = _standing_passage(journey, entry)
    return _passage(journey, entry, held_at=(before and before.held_at) or entry.at)


def _clear(journey: Journey, entry: Entry, road: Road) -> Journey:
    checkpoint_id = entry.checkpoint_id or journey.checkpoint_id
    journey = _at_km(journey, entry, road.km_of.get(checkpoint_id) if checkpoint_id else None)
    before = _standing_passage(journey, entry)
    changes: dict[str, datetime] = {}
    if _part(entry) != "tail":
        changes["cleared_at"] = (before and before.cleared_at) or entry.at
    if _part(entry) != "head":
        changes["tail_cleared_at"] = (before and before.tail_cleared_at) or entry.at
    journey = _passage(journey, entry, **changes)
    return replace(journey, checkpoint_id=None, reason="")


def _depart(journey: Journey, entry: Entry, _: Road) -> Journey:
    if journey.head_km is None:
        journey = _at_km(journey, entry, 0.0)
    if _part(entry) == "tail":
        return journey
    return replace(
        journey,
        departed_at=journey.departed_at or entry.at,
        checkpoint_id=None,
        reason="",
        ended_at=None,
    )


def _send_back(journey: Journey, entry: Entry, _: Road) -> Journey:
    journey = _passage(journey, entry, turned_back_at=entry.at)
    return replace(journey, checkpoint_id=None, reason=_why(entry))


def _divert(journey: Journey, entry: Entry, _: Road) -> Journey:
    return replace(journey, checkpoint_id=None, reason=_why(entry))


def _stop(journey: Journey, entry: Entry, _: Road) -> Journey:
    return replace(journey, reason=_why(entry))


def _arrive(journey: Journey, entry: Entry, road: Road) -> Journey:
    if journey.state != ConvoyState.TURNED_BACK:
        journey = _at_km(journey, entry, road.length_km)
    if _part(entry) == "head":
        return replace(journey, head_is_in=True, checkpoint_id=None)
    return replace(journey, ended_at=journey.ended_at or entry.at, checkpoint_id=None, reason="")


def _find(journey: Journey, entry: Entry, road: Road) -> Journey:
    """Put the convoy where somebody who reached it was told that it is."""
    km = entry.data.get("km")
    if km is None and entry.checkpoint_id:
        km = road.km_of.get(entry.checkpoint_id)
    return _at_km(journey, entry, km)


_EFFECTS: dict[str, Callable[[Journey, Entry, Road], Journey]] = {
    "convoy.departed": _depart,
    "convoy.arrived_at": _reach,
    "convoy.held": _hold,
    "convoy.cleared": _clear,
    "convoy.sent_back": _send_back,
    "convoy.turned_back": _send_back,
    "convoy.diverted": _divert,
    "convoy.took_cover": _stop,
    "convoy.night_stop": _stop,
    "convoy.arrived": _arrive,
    "silence.ended": _find,
}


def _change_state(journey: Journey, entry: Entry) -> Journey:
    """Move the state along the table; a stop of another sort begins a new stay."""
    if entry.kind == "convoy.arrived" and _part(entry) == "head":
        return journey
    after = next_state(kind=entry.kind, state=journey.state)
    stop = entry.kind if entry.kind in _STOPS else ""
    if after is None or (after == journey.state and stop in {"", journey.stop_kind}):
        return journey
    silent = after == ConvoyState.OUT_OF_CONTACT
    return replace(
        journey,
        state=after,
        since=entry.at,
        state_event_id=entry.id,
        stop_kind=journey.stop_kind if silent else stop,
        before_silence=journey.state if silent else None,
    )


def is_word(entry: Entry) -> bool:
    """Tell whether somebody on the road spoke: no desk without a word, and no machine."""
    return entry.kind not in NO_CONTACT and entry.via != Via.TRACKER


def _hear(journey: Journey, entry: Entry) -> Journey:
    """Note a word from the road; it ends a silence that somebody had reported."""
    if not is_word(entry):
        return journey
    if journey.before_silence is not None:
        journey = replace(
            journey,
            state=journey.before_silence,
            since=entry.at,
            state_event_id=entry.id,
            before_silence=None,
        )
    return replace(journey, last_contact_at=entry.at)


def _apply(journey: Journey, entry: Entry, road: Road) -> Journey:
    journey = replace(_hear(journey, entry), last_event_id=entry.id)
    is_final = journey.state == ConvoyState.ARRIVED
    if entry.kind not in _EFFECTS or is_final:
        return _change_state(journey, entry)
    # The effect reads the state before the entry; the table then moves it.
    return _change_state(_EFFECTS[entry.kind](journey, entry, road), entry)


def _beginning(made: Entry, *, convoy_id: UUID) -> Journey:
    """Return how things stood when the convoy came into being."""
    if made.kind != "convoy.split" or made.other_convoy_id != convoy_id:
        return Journey(since=made.at, state_event_id=made.id)
    left = made.data["departed_at"]
    at_km = made.data["at_km"]
    return Journey(
        state=ConvoyState(made.data["state"]),
        since=made.at,
        state_event_id=made.id,
        departed_at=datetime.fromisoformat(left) if left else None,
        head_km=at_km,
        tail_km=at_km,
        head_at=made.at if at_km is not None else None,
        tail_at=made.at if at_km is not None else None,
        # The part was seen with the others when it left them.
        last_contact_at=made.at,
    )


def _made_by(entries: Sequence[Entry], *, convoy_id: UUID) -> Entry | None:
    makers = [
        entry
        for entry in entries
        if (entry.kind == "convoy.planned" and entry.convoy_id == convoy_id)
        or (entry.kind == "convoy.split" and entry.other_convoy_id == convoy_id)
    ]
    stand = standing(makers)
    return (stand or tuple(makers) or (None,))[-1]


def _is_own(entry: Entry, convoy_id: UUID) -> bool:
    """Tell whether the entry speaks of this convoy, not of one that joins or leaves it."""
    return entry.convoy_id == convoy_id


def _end_by_joining(journey: Journey, entry: Entry) -> Journey:
    return replace(journey, ended_at=entry.at, checkpoint_id=None)


def follow(
    journey: Journey, entries: Sequence[Entry], *, convoy_id: UUID, road: Road
) -> Iterator[tuple[Entry, Journey]]:
    """Go on from `journey` through `entries`, in event order, and yield it as of each of them."""
    for entry in standing(entries):
        if not _is_own(entry, convoy_id) or entry.kind == "convoy.planned":
            continue
        journey = _apply(journey, entry, road)
        if entry.kind == "convoy.joined":
            journey = _end_by_joining(journey, entry)
        yield entry, journey


def trail_of(made: Entry, entries: Sequence[Entry], *, convoy_id: UUID, road: Road) -> Trail:
    """Follow the convoy that `made` brought into being through `entries`, in event order."""
    journey = _beginning(made, convoy_id=convoy_id)
    return ((made, journey), *follow(journey, entries, convoy_id=convoy_id, road=road))


def fold(entries: Sequence[Entry], *, convoy_id: UUID, road: Road) -> ConvoyFold | None:
    """Fold `entries`, in corrected event time; `None` where nothing says that there is a convoy."""
    made = _made_by(entries, convoy_id=convoy_id)
    if made is None:
        return None
    trail = trail_of(made, entries, convoy_id=convoy_id, road=road)
    return ConvoyFold(
        made=made,
        is_withdrawn=made.is_withdrawn,
        journey=trail[-1][1],
        trail=trail,
        vehicles=fold_column(entries, convoy_id=convoy_id),
    )
