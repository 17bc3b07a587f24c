"""Questions about incidents; every answer holds at `at` and knows nothing later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, Q, QuerySet

from tracker.incidents.models import Claim, Incident
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of


@dataclass(frozen=True, slots=True)
class Voices:
    """How many voices claim, deny, or do neither; it never says which is right."""

    claims: int
    denials: int
    neither: int


def claims_in_order(*, at: datetime) -> QuerySet[Claim]:
    """Return every claim made until `at`, undated ones first; they are of the past in any case."""
    return (
        Claim.objects.filter(event__ordered_at__lte=at)
        .select_related("source", "event__by")
        .order_by(F("said_at").asc(nulls_first=True), "record_ref", "event_id")
    )


def incidents_newest_first(*, at: datetime) -> QuerySet[Incident]:
    """Return the incidents until `at` with their claims, newest first."""
    return (
        Incident.objects.filter(at__lte=at)
        .select_related("place", "corridor", "convoy", "checkpoint", "event__by")
        .prefetch_related(Prefetch("claims", queryset=claims_in_order(at=at)))
        .order_by("-at", "record_ref", "id")
    )


def voices(claims: Iterable[Claim]) -> Voices:
    """Count the voices by the newest stance of each source; a correction stands by its claim."""
    newest = {claim.source_id: claim.stance for claim in claims}
    counts = Counter(newest.values())
    return Voices(
        claims=counts[Claim.Stance.CLAIMS] + counts[Claim.Stance.CORRECTS],
        denials=counts[Claim.Stance.DENIES],
        neither=counts[Claim.Stance.NEITHER],
    )


def _reported_to(user: User, path: str = "") -> Q:
    """Return the condition that an incident, at the end of `path`, belongs to the user's house."""
    if not may_of(user).see_internal:
        return Q(pk__in=[])
    own = user.organisation_id
    return Q(**{f"{path}event__organisation": own}) | Q(**{f"{path}corridor__operator": own})


def incidents_run_by(user: User, *, at: datetime) -> QuerySet[Incident]:
    """Return the incidents until `at` in the log or on the roads of the organisation of `user`."""
    return incidents_newest_first(at=at).filter(_reported_to(user))


def incidents_for(user: User, *, at: datetime) -> QuerySet[Incident]:
    """Return the incidents that `user` may see at `at`, each with the claims that they may see.

    All of their own organisation's; elsewhere public ones, with the claims made in public.
    """
    public = Q(is_public=True) & (Q(corridor__isnull=True) | Q(corridor__is_public=True))
    claims = claims_in_order(at=at).filter(
        Q(is_public=True)
        | Q(event__organisation=user.organisation_id)
        | _reported_to(user, "incident__")
    )
    return (
        Incident.objects.filter(at__lte=at)
        .filter(_reported_to(user) | public)
        .select_related("place", "corridor", "convoy", "checkpoint", "event")
        .prefetch_related(Prefetch("claims", queryset=claims))
        .order_by("-at", "record_ref", "id")
    )
