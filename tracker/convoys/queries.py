"""Questions about convoys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import DateTimeField, ExpressionWrapper, F, Prefetch, Q, QuerySet

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy, ConvoyShare, ConvoyState, Passage, Vehicle
from tracker.corridors.models import Route
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.ordering import CORRECTION
from tracker.organisations.models import Organisation, User
from tracker.organisations.permissions import may_of

WATCHED = (ConvoyState.MOVING, ConvoyState.HELD, ConvoyState.TURNED_BACK)
# How long a convoy stays among those at work after its journey ended.
KEPT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Contact:
    """When the convoy was last heard, when the next word is due, and how overdue it is."""

    last_at: datetime | None
    due_at: datetime | None
    is_silent: bool
    silent_for: timedelta


def contact_of(convoy: Convoy, *, at: datetime) -> Contact:
    """Return how a convoy stands with its contact interval and grace at `at`."""
    is_watched = convoy.state in WATCHED and convoy.ended_at is None
    if convoy.last_contact_at is None or not is_watched:
        reported = convoy.state == ConvoyState.OUT_OF_CONTACT
        silent = at - convoy.last_contact_at if reported and convoy.last_contact_at else None
        return Contact(convoy.last_contact_at, None, reported, silent or timedelta(0))
    due_at = convoy.last_contact_at + timedelta(minutes=convoy.contact_interval_min)
    is_silent = at > due_at + timedelta(minutes=convoy.grace_min)
    return Contact(
        convoy.last_contact_at,
        due_at,
        is_silent,
        at - convoy.last_contact_at if is_silent else timedelta(0),
    )


def state_at(convoy: Convoy, *, at: datetime) -> ConvoyState:
    """Return the state as shown: silence past the grace stands before what was last known."""
    if contact_of(convoy, at=at).is_silent:
        return ConvoyState.OUT_OF_CONTACT
    return ConvoyState(convoy.state)


def _listed() -> QuerySet[Convoy]:
    return Convoy.objects.filter(is_withdrawn=False).select_related(
        "corridor__origin", "corridor__destination", "at_checkpoint", "route", "state_event"
    )


def convoys_seen_by(user: User) -> QuerySet[Convoy]:
    """Return the convoys that `user` may see: their organisation's, and those shared with it."""
    may, organisation = may_of(user), user.organisation
    seen = Q(pk__in=[])
    if may.see_internal:
        seen |= Q(organisation=organisation)
    if organisation and (may.see_internal or may.see_shared):
        shared = ConvoyShare.objects.filter(organisation=organisation)
        seen |= Q(pk__in=shared.values("convoy"))
    return _listed().filter(seen).order_by("code", "id")


def convoys_with_parts_seen_by(user: User) -> QuerySet[Convoy]:
    """Return what `convoys_seen_by` does, with vehicles, crossings and the share of the reader.

    The share is found on each convoy as the list `shares_with_reader`.
    """
    own_share = ConvoyShare.objects.filter(organisation=user.organisation_id)
    return (
        convoys_seen_by(user)
        .select_related("organisation")
        .prefetch_related(
            "vehicles",
            Prefetch("passages", queryset=Passage.objects.select_related("checkpoint")),
            Prefetch("shares", queryset=own_share, to_attr="shares_with_reader"),
        )
    )


def convoys_at_work(convoys: QuerySet[Convoy], *, at: datetime) -> QuerySet[Convoy]:
    """Return those of `convoys` whose journey has not ended, or ended a short while before `at`."""
    return convoys.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at - KEPT))


def convoys_overdue(*, at: datetime) -> QuerySet[Convoy]:
    """Return the convoys on the road not heard for longer than their interval and grace at `at`."""
    limit = ExpressionWrapper(
        F("last_contact_at") + (F("contact_interval_min") + F("grace_min")) * timedelta(minutes=1),
        output_field=DateTimeField(),
    )
    return (
        _listed()
        .filter(state__in=WATCHED, ended_at__isnull=True, last_contact_at__isnull=False)
        .annotate(silent_from=limit)
        .filter(silent_from__lt=at)
        .order_by("silent_from", "id")
    )


def emergencies_of(convoys: Iterable[Convoy], *, at: datetime) -> dict[UUID, LogEvent]:
    """Return the newest call for help of each convoy within half a day before `at`, by its key.

    One that was taken back, or whose time is disputed, is none.
    """
    calls = LogEvent.objects.filter(
        convoy_id__in=[convoy.pk for convoy in convoys],
        kind__in=("sos", "medical.emergency"),
        ordered_at__range=(at - KEPT, at),
        time_disputed=False,
    )
    taken_back = LogEvent.objects.filter(
        corrects__in=calls, data__withdraw=True, time_disputed=False
    )
    standing = calls.exclude(pk__in=taken_back.values("corrects"))
    return {
        call.convoy_id: call for call in standing.order_by("ordered_at", "id") if call.convoy_id
    }


def vehicles_of(convoys: Iterable[Convoy]) -> dict[UUID, list[Vehicle]]:
    """Return the vehicles of each convoy from head to tail, by its key, with one query."""
    found: dict[UUID, list[Vehicle]] = {convoy.pk: [] for convoy in convoys}
    rows = Vehicle.objects.filter(convoy_id__in=list(found))
    for vehicle in rows.exclude(state=Vehicle.State.WITHDRAWN):
        found[vehicle.convoy_id].append(vehicle)
    return found


def share_with(convoy: Convoy, organisation: Organisation | None) -> ConvoyShare | None:
    """Return what a convoy's organisation shares of it with another one, if anything."""
    return ConvoyShare.objects.filter(convoy=convoy, organisation=organisation).first()


def shares_in_order(convoy: Convoy) -> QuerySet[ConvoyShare]:
    """Return the shares of a convoy by the name of the other organisation."""
    return (
        ConvoyShare.objects.filter(convoy=convoy)
        .select_related("organisation")
        .order_by("organisation__name", "id")
    )


def organisations_to_share_with(convoy: Convoy) -> QuerySet[Organisation]:
    """Return every organisation but the convoy's own, by name."""
    return Organisation.objects.exclude(pk=convoy.organisation_id).order_by("name", "id")


def vehicles_in_column(convoy: Convoy) -> QuerySet[Vehicle]:
    """Return the vehicles of a convoy from head to tail."""
    return Vehicle.objects.filter(convoy=convoy).exclude(state=Vehicle.State.WITHDRAWN)


def checkpoints_on_road(convoy: Convoy) -> Sequence[Checkpoint]:
    """Return the checkpoints of the convoy's corridor by km."""
    return list(
        Checkpoint.objects.filter(corridor_id=convoy.corridor_id)
        .select_related("state")
        .order_by("km", "id")
    )


def passages_of(convoy: Convoy) -> dict[UUID, Passage]:
    """Return the crossings of a convoy by checkpoint."""
    rows = Passage.objects.filter(convoy=convoy).order_by("id")
    return {passage.checkpoint_id: passage for passage in rows}


def next_checkpoint(convoy: Convoy, *, checkpoints: Sequence[Checkpoint]) -> Checkpoint | None:
    """Return where the convoy stands, or the first checkpoint ahead of its head."""
    if convoy.at_checkpoint_id:
        return next((each for each in checkpoints if each.pk == convoy.at_checkpoint_id), None)
    head_km = convoy.head_km if convoy.head_km is not None else -1.0
    return next((each for each in checkpoints if each.km > head_km), None)


def route_of(convoy: Convoy) -> Route | None:
    """Return the convoy's route, or the one that its corridor has in use."""
    if convoy.route_id:
        return convoy.route
    routes = Route.objects.filter(corridor_id=convoy.corridor_id)
    return routes.order_by("-version", "id").first()


def log_of(convoy: Convoy) -> list[LogEvent]:
    """Return every entry about a convoy with who wrote it; corrections are among them."""
    return list(
        LogEvent.objects.filter(Q(convoy=convoy) | Q(other_convoy=convoy))
        .select_related("by", "source", "checkpoint", "vehicle", "convoy", "other_convoy")
        .order_by("-ordered_at", "-received_at", "id")
    )


def corrections_among(events: Sequence[LogEvent]) -> dict[UUID, list[LogEvent]]:
    """Return the corrections among `events`, oldest first, by the entry that they correct."""
    found: dict[UUID, list[LogEvent]] = {}
    for event in sorted(events, key=lambda each: (each.ordered_at, each.id)):
        if event.kind == CORRECTION and event.corrects_id:
            found.setdefault(event.corrects_id, []).append(event)
    return found
