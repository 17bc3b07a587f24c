"""Questions about corridors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from tracker.corridors.effects import HOPEFUL
from tracker.corridors.models import (
    ContactLeg,
    Corridor,
    CorridorState,
    PassageWindow,
    Place,
    Route,
    Statement,
)
from tracker.corridors.status import StatusFacts, Validity, Verdict, derive
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of, may_see_organisation

# What is older than this stands folded away where a page lists who says so.
VOICES_UNFOLDED = timedelta(days=3)


def corridors_in_order() -> QuerySet[Corridor]:
    """Return every corridor with its places and state, by name."""
    return Corridor.objects.select_related("origin", "destination", "operator", "state").order_by(
        "origin__name", "destination__name", "id"
    )


def corridors_run_by(user: User) -> QuerySet[Corridor]:
    """Return the corridors whose inner workings `user` may see: those of their own organisation."""
    if not may_of(user).see_internal:
        return Corridor.objects.none()
    return corridors_in_order().filter(operator_id=user.organisation_id)


def corridors_for(user: User) -> QuerySet[Corridor]:
    """Return the corridors that `user` may know of: their own organisation's and public ones."""
    visible = Q(is_public=True)
    if may_of(user).see_internal:
        visible |= Q(operator_id=user.organisation_id)
    return corridors_in_order().filter(visible)


def statements_for(user: User) -> QuerySet[Statement]:
    """Return the statements that `user` may see: all on their own corridors, else public ones."""
    public = Q(is_public=True, corridor__is_public=True)
    own = Q(corridor__in=corridors_run_by(user).values("pk"))
    return (
        Statement.objects.filter(own | public)
        .select_related("source", "corridor")
        .order_by("-said_at", "event_id")
    )


def validity_of(*, passable_h: int, barred_h: int) -> Validity:
    """Return how long an operator's act holds, from hours."""
    return Validity(passable=timedelta(hours=passable_h), barred=timedelta(hours=barred_h))


def status_facts(corridor: Corridor) -> StatusFacts:
    """Return what the log says of a corridor, from its row."""
    state: CorridorState | None = getattr(corridor, "state", None)
    if state is None:
        return StatusFacts()
    return StatusFacts(
        operator_status=state.operator_status,
        operator_event_id=state.operator_event_id,
        operator_at=state.operator_at,
        announced_event_id=state.announced_event_id,
        announced_at=state.announced_at,
        adverse_event_id=state.adverse_event_id,
        adverse_at=state.adverse_at,
        adverse_status=state.adverse_status,
        last_word_at=state.last_word_at,
    )


def corridor_verdict(corridor: Corridor, *, validity: Validity, at: datetime) -> Verdict:
    """Return the status of a corridor at `at`, with the event it rests on."""
    return derive(status_facts(corridor), validity=validity, now=at)


def public_verdict(corridor: Corridor, *, validity: Validity, at: datetime) -> Verdict:
    """Return the status that the public may be told.

    An announcement counts only if it was made in public; a word that the road is shut counts
    whoever may read it, because nobody is sent down a road that somebody calls shut.
    """
    announced = (
        Statement.objects.filter(
            corridor=corridor, is_public=True, claims__in=HOPEFUL, said_at__lte=at
        )
        .order_by("-said_at", "-event_id")
        .first()
    )
    facts = replace(
        status_facts(corridor),
        announced_event_id=announced.event_id if announced else None,
        announced_at=announced.said_at if announced else None,
    )
    return derive(facts, validity=validity, now=at)


def statements_newest_first(corridor: Corridor, *, at: datetime) -> QuerySet[Statement]:
    """Return the statements made about a corridor until `at`, newest first."""
    return (
        Statement.objects.filter(corridor=corridor, said_at__lte=at)
        .select_related("source", "event__by")
        .order_by("-said_at", "event_id")
    )


def windows_in_order(corridor: Corridor) -> QuerySet[PassageWindow]:
    """Return the passage windows of a corridor by their opening."""
    return (
        PassageWindow.objects.filter(corridor=corridor)
        .select_related("source")
        .order_by("opens_at", "id")
    )


def route_in_use(corridor: Corridor) -> Route | None:
    """Return the newest route of a corridor with its points."""
    return (
        Route.objects.filter(corridor=corridor)
        .prefetch_related("points__place")
        .order_by("-version", "id")
        .first()
    )


def legs_in_order(corridor: Corridor) -> QuerySet[ContactLeg]:
    """Return the stretches of a road that have a rhythm of contact of their own, by km."""
    return ContactLeg.objects.filter(corridor=corridor).order_by("from_km", "id")


def verdicts_for(
    user: User, corridors: Iterable[Corridor], *, validity: Validity, at: datetime
) -> dict[UUID, Verdict]:
    """Return the status of each corridor as `user` may be told it, with one query for all of them.

    People of its operator are told what rests on every word, others what `public_verdict` tells.
    """
    shown = list(corridors)
    said = Statement.objects.filter(
        corridor__in=[corridor.pk for corridor in shown],
        is_public=True,
        claims__in=HOPEFUL,
        said_at__lte=at,
    )
    newest = said.order_by("corridor_id", "-said_at", "-event_id").distinct("corridor_id")
    announced = {statement.corridor_id: statement for statement in newest}
    verdicts = {}
    for corridor in shown:
        facts = status_facts(corridor)
        if not may_see_organisation(user, corridor.operator_id):
            public = announced.get(corridor.pk)
            facts = replace(
                facts,
                announced_event_id=public.event_id if public else None,
                announced_at=public.said_at if public else None,
            )
        verdicts[corridor.pk] = derive(facts, validity=validity, now=at)
    return verdicts


def windows_run_by(user: User) -> QuerySet[PassageWindow]:
    """Return the windows of the corridors that the organisation of `user` runs, newest first."""
    return (
        PassageWindow.objects.filter(corridor__in=corridors_run_by(user).values("pk"))
        .select_related("corridor", "source")
        .order_by("-opens_at", "id")
    )


def windows_for(user: User) -> QuerySet[PassageWindow]:
    """Return the windows of the corridors that `user` may know of, newest first."""
    return (
        PassageWindow.objects.filter(corridor__in=corridors_for(user).values("pk"))
        .select_related("corridor", "source")
        .order_by("-opens_at", "id")
    )


def places_in_order() -> QuerySet[Place]:
    """Return every place by name."""
    return Place.objects.order_by("name", "country", "id")
