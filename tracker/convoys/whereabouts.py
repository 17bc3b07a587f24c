"""Where a convoy was at a moment, and which checkpoint was then the next one for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.effects import CREATING, Journey, Road, fold
from tracker.convoys.models import Convoy, ConvoyState
from tracker.convoys.queries import checkpoints_on_road, route_of
from tracker.fieldlog.ordering import effective
from tracker.fieldlog.queries import events_of_unit


def journey_at(
    convoy: Convoy, *, checkpoints: Sequence[Checkpoint], at: datetime
) -> Journey | None:
    """Return the journey as the entries up to `at` tell it; `None` where none made the convoy."""
    entries = effective(events_of_unit(unit="convoy", subject_id=convoy.pk))
    until = [entry for entry in entries if entry.at <= at or entry.kind in CREATING]
    route = route_of(convoy)
    road = Road(
        km_of={each.pk: each.km for each in checkpoints},
        length_km=route.length_km if route else None,
    )
    folded = fold(until, convoy_id=convoy.pk, road=road)
    return folded.journey if folded else None


def _of_tail(journey: Journey, checkpoints: Sequence[Checkpoint]) -> Checkpoint | None:
    km = -1.0 if journey.tail_km is None else journey.tail_km
    for each in checkpoints:
        passage = journey.passages.get(each.pk)
        stands = each.km == km and passage is not None and passage.tail_cleared_at is None
        if stands or each.km > km:
            return each
    return None


def _of_head(journey: Journey, checkpoints: Sequence[Checkpoint]) -> Checkpoint | None:
    if journey.checkpoint_id:
        return next((each for each in checkpoints if each.pk == journey.checkpoint_id), None)
    km = -1.0 if journey.head_km is None else journey.head_km
    return next((each for each in checkpoints if each.km > km), None)


def standing_at(convoy: Convoy, *, at: datetime) -> Checkpoint | None:
    """Return the checkpoint at which the head, or all of the convoy, stood at `at`."""
    checkpoints = checkpoints_on_road(convoy)
    journey = journey_at(convoy, checkpoints=checkpoints, at=at)
    if journey is None or journey.checkpoint_id is None:
        return None
    return _of_head(journey, checkpoints)


def next_checkpoint_at(convoy: Convoy, *, at: datetime, part: str) -> Checkpoint | None:
    """Return where `part` of the convoy stood at `at`, else the first checkpoint ahead of it.

    `None` where none lies ahead, or where the convoy was on its way back.
    """
    checkpoints = checkpoints_on_road(convoy)
    journey = journey_at(convoy, checkpoints=checkpoints, at=at)
    if journey is None or journey.state == ConvoyState.TURNED_BACK:
        return None
    return (_of_tail if part == "tail" else _of_head)(journey, checkpoints)
