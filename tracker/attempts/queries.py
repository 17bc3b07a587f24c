"""Questions about attempts and agreement; every answer holds at `at` and knows nothing later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from tracker.attempts.agreement import AGREED, state_of_point
from tracker.attempts.models import AgreementItem, AgreementPosition, Attempt, AttemptStatus
from tracker.attempts.tally import BaseRate, Tally, base_rate, tally
from tracker.corridors.models import Corridor
from tracker.corridors.queries import corridors_run_by
from tracker.organisations.models import User

KNOWN_ENDS = (
    AttemptStatus.SUCCEEDED,
    AttemptStatus.PARTLY_SUCCEEDED,
    AttemptStatus.FAILED,
    AttemptStatus.CANCELLED,
)
# Where a day ends last: an end that is known by its day alone is past here once it is so anywhere.
_LAST_ZONE = "Etc/GMT+12"
UNDECIDED = (AttemptStatus.PLANNED, AttemptStatus.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class Numbered:
    """An attempt with its number on its corridor, counted from 1 by day."""

    number: int
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Point:
    """One of the eleven points: AGREED, ONE_SIDE, CONTESTED or SILENT, and the words behind it."""

    item: AgreementItem
    state: str
    positions: tuple[AgreementPosition, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The eleven points in the order of the list."""

    points: tuple[Point, ...]

    @property
    def agreed(self) -> int:
        """Return on how many points both sides agree."""
        return sum(point.state == AGREED for point in self.points)

    @property
    def still_open(self) -> tuple[Point, ...]:
        """Return the points on which both sides do not agree, or not yet."""
        return tuple(point for point in self.points if point.state != AGREED)


def _until(at: datetime) -> QuerySet[Attempt]:
    """Return the attempts that somebody had spoken of until `at`, by day."""
    return (
        Attempt.objects.filter(event__ordered_at__lte=at)
        .select_related("corridor__origin", "corridor__destination", "event__by")
        .order_by("day", "event__ordered_at", "record_ref", "id")
    )


def _over(at: datetime, time_zone: str) -> Q:
    """Return the condition that an end is told and past; where only the day is known, the day."""
    today = at.astimezone(ZoneInfo(time_zone)).date()
    return Q(ended_at__lte=at) | Q(ended_at__isnull=True, day__lt=today)


def attempts_with_known_end(
    *, at: datetime, corridors: Iterable[Corridor] | None = None, time_zone: str = "UTC"
) -> QuerySet[Attempt]:
    """Return the attempts whose end is known at `at`, by day; of all corridors if none is named."""
    found = _until(at).filter(_over(at, time_zone), status__in=KNOWN_ENDS)
    return found if corridors is None else found.filter(corridor__in=list(corridors))


def attempts_under_way(*, at: datetime) -> QuerySet[Attempt]:
    """Return the attempts that are planned or running."""
    return _until(at).filter(status__in=UNDECIDED)


def numbered_attempts(*, corridor: Corridor, at: datetime) -> list[Numbered]:
    """Return every attempt on a corridor until `at` with its number, oldest first."""
    attempts = _until(at).filter(corridor=corridor)
    return [Numbered(number, attempt) for number, attempt in enumerate(attempts, start=1)]


def base_rate_until(
    *, at: datetime, corridors: Iterable[Corridor] | None = None, time_zone: str = "UTC"
) -> BaseRate:
    """Return how attempts with a known end came out, on these corridors or on all of them."""
    ended = attempts_with_known_end(at=at, corridors=corridors, time_zone=time_zone)
    return base_rate(ended.values_list("status", flat=True))


def reasons_until(*, corridor: Corridor, at: datetime) -> Tally:
    """Return how many attempts there were, how many of them failed, and why."""
    attempts = [numbered.attempt for numbered in numbered_attempts(corridor=corridor, at=at)]
    ended = set(
        attempts_with_known_end(
            at=at, corridors=[corridor], time_zone=corridor.time_zone
        ).values_list("pk", flat=True)
    )
    return tally(
        (attempt.status if attempt.pk in ended else AttemptStatus.UNKNOWN, attempt.reason_code)
        for attempt in attempts
    )


def positions_of(*, corridor: Corridor, at: datetime) -> QuerySet[AgreementPosition]:
    """Return each party's newest word on each of the eleven points, public and other, by time."""
    return (
        AgreementPosition.objects.filter(corridor=corridor, at__lte=at)
        .select_related("source", "event__by")
        .order_by("at", "event_id")
    )


def agreement_of(positions: Iterable[AgreementPosition]) -> Agreement:
    """Return the eleven points with their state, from the positions that the reader may see."""
    by_item: dict[str, dict[str, AgreementPosition]] = {item: {} for item in AgreementItem.values}
    for said in positions:
        by_item[said.item][said.party] = said
    points = []
    for item in AgreementItem:
        state = state_of_point({said.party: said.position for said in by_item[item].values()})
        points.append(Point(item, state, tuple(by_item[item].values())))
    return Agreement(tuple(points))


def attempts_run_by(user: User, *, at: datetime) -> QuerySet[Attempt]:
    """Return the attempts until `at` on the corridors that the organisation of `user` runs."""
    return _until(at).filter(corridor__in=corridors_run_by(user).values("pk"))


def attempts_for(user: User, *, at: datetime) -> QuerySet[Attempt]:
    """Return the attempts that `user` may see at `at`, by day.

    All on the corridors of their own organisation; elsewhere public ones whose end is known.
    """
    own = Q(corridor__in=corridors_run_by(user).values("pk"))
    public = Q(is_public=True, corridor__is_public=True, status__in=KNOWN_ENDS)
    return _until(at).filter(own | (public & _over(at, _LAST_ZONE)))
