"""What the public may know of attempts, agreements, incidents and journeys: only what is named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from tracker.attempts.models import AgreementPosition, Attempt, AttemptStatus
from tracker.attempts.queries import (
    Agreement,
    Point,
    agreement_of,
    attempts_with_known_end,
    positions_of,
)
from tracker.attempts.tally import base_rate
from tracker.convoys.models import Convoy, ConvoyState
from tracker.corridors.models import Corridor, CorridorStatus
from tracker.feeds.snapshot import (
    AgreementView,
    AttemptView,
    BaseRate,
    ClaimView,
    DayView,
    IncidentView,
    JourneyView,
    Words,
)
from tracker.headcounts.models import PeopleEntry
from tracker.incidents.models import Claim, Incident
from tracker.incidents.queries import incidents_newest_first
from tracker.provenance.models import Party
from tracker.sentences.wording import joined, say
from tracker.situation.terms import Terms

SMALLEST_COUNT = 10
DAYS_SHOWN = 90
INCIDENTS_SHOWN = 20

DAY_STATUS = {
    AttemptStatus.SUCCEEDED: CorridorStatus.OPEN,
    AttemptStatus.PARTLY_SUCCEEDED: CorridorStatus.RESTRICTED,
    AttemptStatus.FAILED: CorridorStatus.CLOSED,
    AttemptStatus.CANCELLED: CorridorStatus.CLOSED,
}

USED = frozenset({AttemptStatus.SUCCEEDED, AttemptStatus.PARTLY_SUCCEEDED})


def rounded(people: int | None) -> int | None:
    """Return a count of our own as the public may see it: to the nearest ten, none below ten."""
    if people is None or people < SMALLEST_COUNT:
        return None
    return (people + SMALLEST_COUNT // 2) // SMALLEST_COUNT * SMALLEST_COUNT


def public_attempts(corridor: Corridor, *, at: datetime) -> list[Attempt]:
    """Return the public attempts with a known end, oldest first."""
    ended = attempts_with_known_end(at=at, corridors=[corridor], time_zone=corridor.time_zone)
    return list(ended.filter(is_public=True))


def attempt_views(attempts: Sequence[Attempt]) -> tuple[AttemptView, ...]:
    """Return the attempts newest first, numbered among those that the public knows of."""
    views = [_attempt_view(number, attempt) for number, attempt in enumerate(attempts, start=1)]
    return tuple(reversed(views))


def _attempt_view(number: int, attempt: Attempt) -> AttemptView:
    # What a source has published is shown as it said it; what we counted ourselves is coarsened.
    is_published = bool(attempt.source_title or attempt.source_url)
    arrived, planned = attempt.people_arrived, attempt.people_planned
    return AttemptView(
        id=str(attempt.pk),
        number=number,
        day=attempt.day,
        outcome=attempt.status,
        stage=attempt.stage,
        reason=attempt.reason,
        reason_code=attempt.reason_code,
        buses=attempt.buses,
        private_cars=attempt.private_cars,
        people_planned=planned if is_published else rounded(planned),
        people_arrived=arrived if is_published else rounded(arrived),
        agreed=attempt.agreed,
        source_title=attempt.source_title,
        source_url=attempt.source_url,
    )


def day_views(attempts: Iterable[Attempt], *, today: date) -> tuple[DayView, ...]:
    """Return the last ninety days on record, oldest first; a later attempt of a day decides."""
    first = today - timedelta(days=DAYS_SHOWN - 1)
    by_day = {
        attempt.day: DAY_STATUS[AttemptStatus(attempt.status)]
        for attempt in attempts
        if first <= attempt.day <= today
    }
    return tuple(DayView(day, str(status)) for day, status in sorted(by_day.items()))


def rate_of(attempts: Iterable[Attempt]) -> BaseRate | None:
    """Return how the attempts ended, `None` where there was none."""
    rate = base_rate(attempt.status for attempt in attempts)
    if not rate.n:
        return None
    return BaseRate(rate.n, rate.succeeded, rate.partly, rate.not_through)


def public_agreement(corridor: Corridor, *, at: datetime) -> Agreement:
    """Return the eleven points, weighed by what was said in public alone."""
    return agreement_of(positions_of(corridor=corridor, at=at).filter(is_public=True))


def agreement_views(agreement: Agreement) -> tuple[AgreementView, ...]:
    """Return the points with who said what."""
    return tuple(
        AgreementView(
            key=str(point.item.value),
            label=str(point.item.label),
            state=point.state,
            note=_note(point),
        )
        for point in agreement.points
    )


def _note(point: Point) -> str:
    return "; ".join(_position_note(position) for position in point.positions)


def _position_note(position: AgreementPosition) -> str:
    who = position.source.name if position.source else str(Party(position.party).label)
    said = position.note or str(position.get_position_display())
    return f"{who}: {said}"


def agreement_word(agreement: Agreement) -> str:
    """Return yes, contested or unknown for the sentence about a corridor."""
    if any(point.state == "CONTESTED" for point in agreement.points):
        return "contested"
    return "yes" if agreement.agreed == len(agreement.points) else "unknown"


def incident_views(*, terms: Terms, at: datetime) -> tuple[IncidentView, ...]:
    """Return the public incidents, newest first, with the public claims about each."""
    incidents = incidents_newest_first(at=at).filter(is_public=True)[:INCIDENTS_SHOWN]
    return tuple(_incident_view(incident, terms) for incident in incidents)


def _incident_view(incident: Incident, terms: Terms) -> IncidentView:
    corridor = incident.corridor
    zone = ZoneInfo(corridor.time_zone if corridor else terms.time_zone)
    return IncidentView(
        id=str(incident.pk),
        day=incident.at.astimezone(zone).date(),
        place=incident.place.name if incident.place else incident.place_text,
        alleged=incident.alleged,
        verification=incident.verification,
        corridor_slugs=(corridor.slug,) if corridor and corridor.is_public else (),
        claims=tuple(
            _claim_view(claim, zone) for claim in incident.claims.all() if claim.is_public
        ),
    )


def _claim_view(claim: Claim, zone: ZoneInfo) -> ClaimView:
    return ClaimView(
        who=claim.source.name,
        party=claim.source.party,
        stance=claim.stance,
        says=claim.says,
        said_on=claim.said_at.astimezone(zone).date() if claim.said_at else None,
        injured=claim.injured,
        killed=claim.killed,
        source_title=claim.source_title,
        source_url=claim.source_url,
    )


def journey_views(*, terms: Terms, at: datetime) -> tuple[JourneyView, ...]:
    """Return the convoys whose delay has passed, newest first, without code, organisation or hour.

    While another convoy of the same attempt, or a part of the same convoy, is still on the road,
    nothing is told of either.
    """
    return tuple(_journey_view(convoy, terms) for convoy in _convoys_to_tell(terms, at))


def _convoys_to_tell(terms: Terms, at: datetime) -> QuerySet[Convoy]:
    on_the_road = Q(ended_at__isnull=True) | Q(ended_at__gt=at - terms.convoy_delay)
    unfinished = Convoy.objects.filter(on_the_road, is_withdrawn=False)
    return (
        Convoy.objects.filter(
            corridor__is_public=True,
            is_withdrawn=False,
            state__in=(ConvoyState.ARRIVED, ConvoyState.TURNED_BACK),
            ended_at__lte=at - terms.convoy_delay,
            ended_at__gt=at - timedelta(days=DAYS_SHOWN),
        )
        .exclude(attempt__in=unfinished.exclude(attempt=None).values("attempt"))
        .exclude(pk__in=unfinished.exclude(split_from=None).values("split_from"))
        .exclude(split_from__in=unfinished.values("pk"))
        .select_related("corridor__destination", "organisation")
        .order_by("-ended_at", "id")
    )


def _journey_view(convoy: Convoy, terms: Terms) -> JourneyView:
    assert convoy.ended_at is not None
    zone = ZoneInfo(convoy.corridor.time_zone)
    return JourneyView(
        headline=_journey_words(convoy, terms),
        corridor_slug=convoy.corridor.slug,
        day=convoy.ended_at.astimezone(zone).date(),
    )


def _journey_words(convoy: Convoy, terms: Terms) -> Words:
    place = convoy.corridor.destination
    names: Words = {"en": place.name, **place.names}
    if convoy.state == ConvoyState.TURNED_BACK:
        values = {"source": convoy.organisation.name, "source_kind": "field"}
        return dict(say("convoy.turned_back.claimed", values))
    counted = _counted_on_arrival(convoy)
    if counted is None:
        values = {"source": convoy.organisation.name, "source_kind": "field", "place": place.name}
        arrived = say("arrival.arrived.claimed", values | {"place": place.name})
        return dict(joined(arrived, say("headcount.not_reported")))
    people = rounded(counted)
    if people is None:
        return dict(say("arrival.arrived.few", {"place": names}))
    hours = int(terms.convoy_delay.total_seconds() // 3600)
    return dict(
        say("arrival.arrived.confirmed", {"place": names, "people": people, "delay_hours": hours})
    )


def _counted_on_arrival(convoy: Convoy) -> int | None:
    """Return the newest whole count on arrival; counts of single vehicles are not added up."""
    entry = (
        PeopleEntry.objects.filter(
            convoy=convoy,
            category=PeopleEntry.Category.ARRIVED,
            vehicle__isnull=True,
            people__isnull=False,
        )
        .order_by("-at", "-event_id")
        .first()
    )
    return entry.people if entry else None
