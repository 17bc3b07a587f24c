"""Write what the fold of a convoy says into its rows; share a convoy with another organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.transaction import get_connection

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.columns import VehicleFold
from tracker.convoys.effects import ConvoyFold, Journey, PassageFold, Road, fold
from tracker.convoys.models import Convoy, ConvoyShare, FoldedConvoy, Passage, Vehicle
from tracker.convoys.queries import leg_of
from tracker.convoys.resuming import folded_whole, read, resumed, road_of, written
from tracker.convoys.rhythm import Rhythm
from tracker.convoys.silence import Timetable, Watch, watch_of
from tracker.corridors.models import ContactLeg, Route
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.ordering import Entry
from tracker.fieldlog.projection import put_rows, replace_rows
from tracker.lib.statements import run, run_many
from tracker.organisations.models import Organisation

# By hand, as all that is asked with each fact that comes in. A road is set-up: no part of the log.
_STANDING = (
    "SELECT f.convoy_id, f.state, r.length_km, "
    "(SELECT jsonb_object_agg(p.id, p.km) FROM tracker_checkpoint p WHERE p.corridor_id = "
    "c.corridor_id) FROM tracker_foldedconvoy f JOIN tracker_convoy c ON c.id = f.convoy_id "
    "LEFT JOIN tracker_route r ON r.id = c.route_id WHERE f.convoy_id = ANY(%b)"
)
_MOVED = (
    "state",
    "state_since",
    "state_event_id",
    "head_km",
    "head_at",
    "tail_km",
    "tail_at",
    "at_checkpoint_id",
    "held_reason",
    "departed_at",
    "ended_at",
    "last_contact_at",
    "last_event_id",
    "word_due_at",
    "silent_from",
)
_MOVE = (
    f"WITH moved AS (UPDATE tracker_convoy SET {', '.join(f'{name} = %b' for name in _MOVED)} "  # noqa: S608  # names from above
    "WHERE id = %b RETURNING id) UPDATE tracker_foldedconvoy SET state = %b FROM moved "
    "WHERE convoy_id = moved.id"
)


def _road(entries: Sequence[Entry]) -> Road:
    """Read the road that these entries lie on: set-up, not facts, so it is no part of the log."""
    corridors = {entry.corridor_id for entry in entries if entry.corridor_id}
    points = Checkpoint.objects.filter(corridor_id__in=corridors).values_list("pk", "km")
    routes = [entry.data["route"] for entry in entries if entry.data.get("route")]
    route = Route.objects.filter(pk__in=routes).order_by("-version", "id").first()
    return Road(km_of=dict(points), length_km=route.length_km if route else None)


def _watch(convoy_id: UUID, result: ConvoyFold, entries: Sequence[Entry], road: Road) -> Watch:
    made = result.made
    # Set-up as well: whoever changes a leg folds the convoys on its road anew.
    legs = ContactLeg.objects.filter(corridor__in=[made.corridor_id])
    rhythm = Rhythm(
        made.data["contact_interval_min"], made.data["grace_min"], tuple(map(leg_of, legs))
    )
    return watch_of(result.trail, entries, convoy_id=convoy_id, road=road, rhythm=rhythm)


def _free_code(code: str, *, convoy_id: UUID, organisation_id: UUID) -> str:
    """Return the code, or one told apart by its id where two senders chose the same at once."""
    same = Convoy.objects.filter(organisation_id=organisation_id, code=code).exclude(pk=convoy_id)
    return f"{code[:8]}-{convoy_id.hex[:3]}" if same.exists() else code


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _plan_columns(made: Entry) -> Mapping[str, Any]:
    data = made.data
    is_split = made.kind == "convoy.split"
    return {
        "corridor_id": made.corridor_id,
        "route_id": UUID(data["route"]) if data["route"] else None,
        "attempt_id": made.attempt_id,
        "split_from_id": made.convoy_id if is_split else None,
        "people_planned": data["people" if is_split else "people_planned"],
        "planned_departure_at": _time(data.get("planned_departure_at")),
        "contact_interval_min": data["contact_interval_min"],
        "grace_min": data["grace_min"],
        "event_id": made.id,
    }


def _journey_columns(journey: Journey, times: Timetable) -> dict[str, Any]:
    values = (
        journey.state,
        journey.since,
        journey.state_event_id,
        journey.head_km,
        journey.head_at,
        journey.tail_km,
        journey.tail_at,
        journey.checkpoint_id,
        journey.reason,
        journey.departed_at,
        journey.ended_at,
        journey.last_contact_at,
        journey.last_event_id,
        times.due_at,
        times.silent_from,
    )
    return dict(zip(_MOVED, values, strict=True))


def _convoy_row(convoy_id: UUID, result: ConvoyFold, times: Timetable) -> Convoy:
    organisation_id = LogEvent.objects.values_list("organisation_id", flat=True).get(
        pk=result.made.id
    )
    return Convoy(
        id=convoy_id,
        organisation_id=organisation_id,
        code=_free_code(
            result.made.data["code"], convoy_id=convoy_id, organisation_id=organisation_id
        ),
        is_withdrawn=result.is_withdrawn,
        **_journey_columns(result.journey, times),
        **_plan_columns(result.made),
    )


def _vehicle_row(convoy_id: UUID, vehicle: VehicleFold) -> Vehicle:
    return Vehicle(
        id=vehicle.id,
        convoy_id=convoy_id,
        code=vehicle.code,
        kind=vehicle.kind,
        seats=vehicle.seats,
        people_planned=vehicle.people_planned,
        place_in_column=vehicle.place,
        state=vehicle.state,
        event_id=vehicle.event_id,
    )


def _passage_row(convoy_id: UUID, passage: PassageFold) -> Passage:
    return Passage(
        id=uuid5(convoy_id, str(passage.checkpoint_id)),
        convoy_id=convoy_id,
        checkpoint_id=passage.checkpoint_id,
        arrived_at=passage.arrived_at,
        held_at=passage.held_at,
        cleared_at=passage.cleared_at,
        tail_cleared_at=passage.tail_cleared_at,
        turned_back_at=passage.turned_back_at,
        event_id=passage.event_id,
    )


def project(*, subject_id: UUID, entries: Sequence[Entry]) -> None:
    """Fold `entries` of one convoy and bring its rows into line."""
    road = _road(entries)
    result = fold(entries, convoy_id=subject_id, road=road)
    watch = _watch(subject_id, result, entries, road) if result else None
    vehicles = result.vehicles if result else ()
    passages = result.journey.passages.values() if result else ()
    replace_rows(
        model=Convoy,
        scope={"pk": subject_id},
        rows=[_convoy_row(subject_id, result, watch.timetable)] if result and watch else [],
    )
    # By key as well as by convoy: a vehicle that changes convoys keeps its row.
    replace_rows(
        model=Vehicle,
        scope={"convoy_id": subject_id},
        rows=[_vehicle_row(subject_id, vehicle) for vehicle in vehicles],
    )
    replace_rows(
        model=Passage,
        scope={"convoy_id": subject_id},
        rows=[_passage_row(subject_id, passage) for passage in passages],
    )
    if result and watch:
        state = written(folded_whole(result, entries, watch=watch, road=road))
        put_rows(rows=[FoldedConvoy(convoy_id=subject_id, state=state)])


def extend(*, entries_of: Mapping[UUID, Sequence[Entry]]) -> set[UUID]:
    """Fold new entries into what each convoy stands at; return those where that was enough.

    The rest need their whole log (`project`).
    """
    moves, passages, done = [], [], set()
    for key, state, length_km, km_of in run(get_connection(), _STANDING, list(entries_of)):
        before, road = read(state), road_of(km_of, length_km)
        after = before and resumed(before, entries_of[key], convoy_id=key, road=road)
        if not before or not after:
            continue
        done.add(key)
        columns = _journey_columns(after.journey, after.pulse.timetable)
        moves.append((*columns.values(), key, written(after)))
        standing = before.journey.passages
        for place, passage in after.journey.passages.items():
            if passage != standing.get(place):
                passages.append(_passage_row(key, passage))
    run_many(get_connection(), _MOVE, moves)
    put_rows(rows=passages)
    return done


@transaction.atomic
def share_convoy(
    *, convoy: Convoy, organisation: Organisation, shares_position: bool, shares_counts: bool
) -> ConvoyShare:
    """Show a convoy to another organisation; set-up, so that it may be widened or taken back."""
    share, _ = ConvoyShare.objects.update_or_create(
        convoy=convoy,
        organisation=organisation,
        defaults={"shares_position": shares_position, "shares_counts": shares_counts},
    )
    return share


def end_share(*, convoy: Convoy, organisation: Organisation) -> int:
    """Stop showing a convoy to another organisation; return how many shares ended (0 or 1)."""
    ended, _ = ConvoyShare.objects.filter(convoy=convoy, organisation=organisation).delete()
    return ended
