"""Questions about incidents; every answer holds at `at` and knows nothing later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, QuerySet

from tracker.incidents.models import Claim, Incident


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
