"""Write what the fold of a convoy says into its rows; share a convoy with another organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.columns import VehicleFold
from tracker.convoys.effects import ConvoyFold, PassageFold, Road, fold
from tracker.convoys.models import Convoy, ConvoyShare, Passage, Vehicle
from tracker.convoys.queries import leg_of
from tracker.convoys.rhythm import Rhythm
from tracker.convoys.silence import Timetable, fold_timetable
from tracker.corridors.models import ContactLeg, Route
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.ordering import Entry
from tracker.fieldlog.projection import replace_rows
from tracker.organisations.models import Organisation


def _road(entries: Sequence[Entry]) -> Road:
    """Read the road that these entries lie on: set-up, not facts, so it is no part of the log."""
    corridors = {entry.corridor_id for entry in entries if entry.corridor_id}
    points = Checkpoint.objects.filter(corridor_id__in=corridors).values_list("pk", "km")
    routes = [entry.data["route"] for entry in entries if entry.data.get("route")]
    route = Route.objects.filter(pk__in=routes).order_by("-version", "id").first()
    return Road(km_of=dict(points), length_km=route.length_km if route else None)


def _timetable(
    convoy_id: UUID, result: ConvoyFold, entries: Sequence[Entry], road: Road
) -> Timetable:
    made = result.made
    # Set-up as well: whoever changes a leg folds the convoys on its road anew.
    legs = ContactLeg.objects.filter(corridor__in=[made.corridor_id])
    rhythm = Rhythm(
        made.data["contact_interval_min"], made.data["grace_min"], tuple(map(leg_of, legs))
    )
    return fold_timetable(result.trail, entries, convoy_id=convoy_id, road=road, rhythm=rhythm)


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


def _convoy_row(convoy_id: UUID, result: ConvoyFold, times: Timetable) -> Convoy:
    journey = result.journey
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
        state=journey.state,
        state_since=journey.since,
        state_event_id=journey.state_event_id,
        head_km=journey.head_km,
        head_at=journey.head_at,
        tail_km=journey.tail_km,
        tail_at=journey.tail_at,
        at_checkpoint_id=journey.checkpoint_id,
        held_reason=journey.reason,
        departed_at=journey.departed_at,
        ended_at=journey.ended_at,
        last_contact_at=journey.last_contact_at,
        word_due_at=times.due_at,
        silent_from=times.silent_from,
        last_event_id=journey.last_event_id,
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
    vehicles = result.vehicles if result else ()
    passages = result.journey.passages.values() if result else ()
    replace_rows(
        model=Convoy,
        scope={"pk": subject_id},
        rows=[_convoy_row(subject_id, result, _timetable(subject_id, result, entries, road))]
        if result
        else [],
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
