"""Questions about convoys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.db.transaction import get_connection

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.effects import Road, fold
from tracker.convoys.models import Convoy, ConvoyShare, ConvoyState, Passage, Vehicle
from tracker.convoys.rhythm import Leg, Rhythm
from tracker.convoys.silence import Silence, fold_silence
from tracker.corridors.models import ContactLeg, Corridor, Route
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.ordering import CORRECTION, effective
from tracker.lib.statements import run
from tracker.organisations.models import Organisation, User
from tracker.organisations.permissions import may_of

# How long a convoy stays among those at work after its journey ended.
KEPT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Contact:
    """When the convoy was last heard, when the next word is due, and how overdue it is."""

    last_at: datetime | None
    due_at: datetime | None
    is_silent: bool
    silent_for: timedelta


def is_dark(convoy: Convoy, *, at: datetime) -> bool:
    """Tell whether nobody has heard of a convoy past interval and grace, or it is reported lost.

    It stays so until a named person says that it was reached.
    """
    if convoy.silent_from is None:
        return False
    is_lost = convoy.state == ConvoyState.OUT_OF_CONTACT
    return at > convoy.silent_from or (is_lost and at == convoy.silent_from)


def is_heard_unconfirmed(convoy: Convoy) -> bool:
    """Tell whether a word came of a convoy after it went dark, which nobody has confirmed."""
    heard_at, silent_from = convoy.last_contact_at, convoy.silent_from
    return heard_at is not None and silent_from is not None and heard_at > silent_from


def contact_of(convoy: Convoy, *, at: datetime) -> Contact:
    """Return how a convoy stands with its contact interval and grace at `at`."""
    if not is_dark(convoy, at=at):
        return Contact(convoy.last_contact_at, convoy.word_due_at, False, timedelta(0))
    assert convoy.silent_from is not None
    # A word that came since ends nothing, so the silence is not counted from it.
    since = min(convoy.last_contact_at or convoy.silent_from, convoy.silent_from)
    return Contact(convoy.last_contact_at, None, True, at - since)


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


# By hand, and both at once: asked with each fact that comes in.
_CODES = (
    "SELECT TRUE, id, code, corridor_id FROM tracker_convoy "
    "WHERE organisation_id = %b AND NOT is_withdrawn AND (code = ANY(%b) OR id = ANY(%b)) "
    "UNION ALL SELECT FALSE, p.id, p.code, p.corridor_id FROM tracker_checkpoint p "
    "JOIN tracker_corridor r ON r.id = p.corridor_id "
    "WHERE r.operator_id = %b AND (p.code = ANY(%b) OR p.id = ANY(%b))"
)


class Named(NamedTuple):
    """A convoy or checkpoint by its id, its code and its corridor."""

    id: UUID
    code: str
    corridor_id: UUID


def named_by(
    user: User,
    *,
    convoys: tuple[Collection[str], Collection[UUID]],
    checkpoints: tuple[Collection[str], Collection[UUID]],
) -> tuple[list[Named], list[Named]]:
    """Return the convoys and checkpoints of these codes or ids, of the user's own organisation."""
    if not may_of(user).see_internal or not any((*convoys, *checkpoints)):
        return [], []
    own = user.organisation_id
    rows = run(get_connection(), _CODES, own, *map(list, convoys), own, *map(list, checkpoints))
    found = [(is_convoy, Named(*row)) for is_convoy, *row in rows]
    return [each for is_it, each in found if is_it], [each for is_it, each in found if not is_it]


_VEHICLES = (
    "SELECT v.id, v.code, v.convoy_id FROM tracker_vehicle v "
    "JOIN tracker_convoy c ON c.id = v.convoy_id WHERE c.organisation_id = %b "
    "AND (v.id = ANY(%b) OR (v.code = ANY(%b) AND v.convoy_id = ANY(%b)))"
)


def vehicles_named(
    organisation: Organisation,
    *,
    ids: Collection[UUID],
    codes: Collection[str],
    convoys: Collection[UUID],
) -> list[tuple[UUID, str, UUID]]:
    """Return id, code and convoy of an organisation's vehicles: these, and of `convoys` by code."""
    wanted = map(list, (ids, codes, convoys))
    rows = run(get_connection(), _VEHICLES, organisation.pk, *wanted)
    return [(key, code, convoy_id) for key, code, convoy_id in rows]


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
    """Return the convoys that are dark at `at`, the longest first."""
    return _listed().filter(silent_from__lt=at).order_by("silent_from", "id")


def convoys_under_way_on(corridor: Corridor) -> list[UUID]:
    """Return the keys of the convoys on a road whose journey has not ended, or that are dark."""
    at_work = Convoy.objects.filter(corridor=corridor).filter(
        Q(ended_at__isnull=True) | Q(silent_from__isnull=False)
    )
    return list(at_work.order_by("id").values_list("pk", flat=True))


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
        .select_related("by", "source", "checkpoint", "vehicle", "convoy__corridor", "other_convoy")
        .order_by("-ordered_at", "-received_at", "id")
    )


def corrections_among(events: Sequence[LogEvent]) -> dict[UUID, list[LogEvent]]:
    """Return the corrections among `events`, oldest first, by the entry that they correct."""
    found: dict[UUID, list[LogEvent]] = {}
    for event in sorted(events, key=lambda each: (each.ordered_at, each.id)):
        if event.kind == CORRECTION and event.corrects_id:
            found.setdefault(event.corrects_id, []).append(event)
    return found


def leg_of(row: ContactLeg) -> Leg:
    """Return a leg as the fold of silences reads it."""
    return Leg(
        from_km=row.from_km,
        until_km=row.until_km,
        interval_min=row.interval_min,
        grace_min=row.grace_min,
        is_silence_zone=row.is_silence_zone,
        why=row.why,
    )


@dataclass(frozen=True, slots=True)
class Silent:
    """The silences of a convoy with the road that they lie on; `route` is `None` where unknown.

    `names` are those of the people who wrote its entries, by key.
    """

    silence: Silence
    road: Road
    route: Route | None
    names: Mapping[int, str]


def silences_of(convoys: Iterable[Convoy]) -> dict[UUID, Silent]:
    """Return every silence of these convoys, with as many queries for all of them as for one."""
    shown = {convoy.pk: convoy for convoy in convoys}
    if not shown:
        return {}
    events: dict[UUID | None, list[LogEvent]] = {key: [] for key in shown}
    named = Q(convoy__in=list(shown)) | Q(other_convoy__in=list(shown))
    for event in LogEvent.objects.filter(named).select_related("by"):
        for key in {event.convoy_id, event.other_convoy_id}:
            if key in shown:
                events[key].append(event)
    roads = _Roads({convoy.corridor_id for convoy in shown.values()})
    return {key: _silent(convoy, events[key], roads) for key, convoy in shown.items()}


class _Roads:
    """Checkpoints, legs and routes of some corridors, read at once."""

    def __init__(self, corridor_ids: Collection[UUID]) -> None:
        self.points = Checkpoint.objects.filter(corridor_id__in=corridor_ids).order_by("km")
        self.legs = ContactLeg.objects.filter(corridor_id__in=corridor_ids)
        self.routes = Route.objects.filter(corridor_id__in=corridor_ids).order_by("version", "id")

    def of(self, convoy: Convoy) -> tuple[Road, Rhythm, Route | None]:
        """Return the road of a convoy, how often it is to be heard on it, and its route."""
        corridor_id = convoy.corridor_id
        mine = [route for route in self.routes if route.corridor_id == corridor_id]
        route = next((each for each in mine if each.pk == convoy.route_id), None)
        points = {each.pk: each.km for each in self.points if each.corridor_id == corridor_id}
        legs = tuple(leg_of(each) for each in self.legs if each.corridor_id == corridor_id)
        # As in the fold of the row: a convoy without a route of its own has no length.
        road = Road(km_of=points, length_km=route.length_km if route else None)
        rhythm = Rhythm(convoy.contact_interval_min, convoy.grace_min, legs)
        return road, rhythm, route or next(reversed(mine), None)


def _silent(convoy: Convoy, events: Sequence[LogEvent], roads: _Roads) -> Silent:
    road, rhythm, route = roads.of(convoy)
    names = {event.by.pk: event.by.display_name for event in events if event.by}
    entries = effective(events)
    folded = fold(entries, convoy_id=convoy.pk, road=road)
    if folded is None:
        return Silent(Silence(), road, route, names)
    silence = fold_silence(folded.trail, entries, convoy_id=convoy.pk, road=road, rhythm=rhythm)
    return Silent(silence, road, route, names)
