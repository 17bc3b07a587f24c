"""Questions about reception centres: who came, how much room is left, what is not signed for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tracker.convoys.models import Convoy, Vehicle
from tracker.convoys.queries import vehicles_in_column
from tracker.headcounts.spans import NOBODY, Span, span_of
from tracker.organisations.models import Organisation, User
from tracker.organisations.permissions import may_of
from tracker.reception.models import HandOver, ReceptionCentre


@dataclass(frozen=True, slots=True)
class Intake:
    """A centre with the people it signed for; `free` is `None` where its capacity is not known."""

    centre: ReceptionCentre
    received: Span
    free: Span | None
    last_at: datetime | None

    @property
    def is_full(self) -> bool:
        """Tell whether there is certainly no room left."""
        return self.free is not None and self.free.high == 0


@dataclass(frozen=True, slots=True)
class Closing:
    """What of a convoy is signed for, and which of its vehicles are not yet."""

    handed_over: Span
    vehicles_left: tuple[Vehicle, ...]
    is_whole: bool

    @property
    def is_closed(self) -> bool:
        """Tell whether a receiver signed for every vehicle, or for the whole convoy."""
        return self.is_whole or not self.vehicles_left


def centres_seen_by(user: User) -> QuerySet[ReceptionCentre]:
    """Return the centres of the user's organisation, by name."""
    if not may_of(user).see_internal:
        return ReceptionCentre.objects.none()
    own = ReceptionCentre.objects.filter(organisation=user.organisation_id)
    return own.select_related("place").order_by("name", "id")


def centres_open(organisation: Organisation) -> QuerySet[ReceptionCentre]:
    """Return the centres of an organisation that take people in."""
    return ReceptionCentre.objects.filter(organisation=organisation).order_by(
        "is_closed", "name", "id"
    )


def people_of(hand_over: HandOver) -> Span:
    """Return how many people one receiver signed for."""
    return span_of(people=hand_over.people, low=hand_over.people_low, high=hand_over.people_high)


def _sum(hand_overs: Iterable[HandOver]) -> Span:
    total = NOBODY
    for each in hand_overs:
        total = total.plus(people_of(each))
    return total


def intakes_of(centres: Sequence[ReceptionCentre], *, at: datetime) -> list[Intake]:
    """Return what each centre took in until `at`, with one query for all of them."""
    by_centre: dict[UUID, list[HandOver]] = {centre.pk: [] for centre in centres}
    rows = HandOver.objects.filter(centre_id__in=list(by_centre), at__lte=at)
    for row in rows.order_by("at", "event_id"):
        by_centre[row.centre_id].append(row)
    found = []
    for centre in centres:
        own = by_centre[centre.pk]
        received = _sum(own)
        room = None if centre.capacity is None else Span(centre.capacity, centre.capacity)
        found.append(
            Intake(
                centre=centre,
                received=received,
                free=room.minus(received) if room else None,
                last_at=own[-1].at if own else None,
            )
        )
    return found


def hand_overs_at(centre: ReceptionCentre, *, at: datetime) -> QuerySet[HandOver]:
    """Return the hand-overs at a centre until `at`, newest first."""
    rows = HandOver.objects.filter(centre=centre, at__lte=at)
    return rows.select_related("convoy", "vehicle", "event__by").order_by("-at", "event_id")


def hand_overs_of(convoy: Convoy, *, at: datetime) -> list[HandOver]:
    """Return the hand-overs of a convoy until `at`, oldest first."""
    rows = HandOver.objects.filter(convoy=convoy, at__lte=at)
    return list(rows.select_related("centre", "vehicle", "event__by").order_by("at", "event_id"))


def closing_of(convoy: Convoy, *, hand_overs: Sequence[HandOver]) -> Closing:
    """Return how far the ledger of a convoy is closed by `hand_overs` of it."""
    signed = {each.vehicle_id for each in hand_overs}
    left = [each for each in vehicles_in_column(convoy) if each.pk not in signed]
    return Closing(
        handed_over=_sum(hand_overs),
        vehicles_left=tuple(left),
        is_whole=any(each.vehicle_id is None for each in hand_overs),
    )


def convoys_on_the_way(centre: ReceptionCentre) -> QuerySet[Convoy]:
    """Return the organisation's convoys that go to the place of a centre and have not ended."""
    return (
        Convoy.objects.filter(
            organisation=centre.organisation_id,
            corridor__destination=centre.place_id,
            is_withdrawn=False,
        )
        .filter(ended_at__isnull=True, departed_at__isnull=False)
        .select_related("corridor__origin", "corridor__destination")
        .order_by("code", "id")
    )
