"""Make what tests need, the way the house itself makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from tracker.checkpoints.models import Checkpoint
from tracker.corridors.models import Corridor, Place, Route, RoutePoint
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import LogEvent
from tracker.intake.judging import Clock
from tracker.intake.operations import record
from tracker.organisations.models import Organisation, User
from tracker.provenance.models import Party, Source

# 1 April 2022, 12:12 in Kyiv.
NOON = datetime(2022, 4, 1, 9, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Road:
    """A corridor with its checkpoints and two sources."""

    corridor: Corridor
    route: Route
    tokmak: Checkpoint
    vasylivka: Checkpoint
    kamianske: Checkpoint
    russia: Source
    icrc: Source


def make_road(*, operator: Organisation, slug: str = "mariupol-zaporizhzhia") -> Road:
    """Create a public corridor Mariupol - Zaporizhzhia of 290.5 km with three checkpoints."""
    mariupol, _ = Place.objects.get_or_create(
        name="Mariupol", country="UA", defaults={"lat": 47.09514, "lon": 37.54131}
    )
    zaporizhzhia, _ = Place.objects.get_or_create(
        name="Zaporizhzhia", country="UA", defaults={"lat": 47.85167, "lon": 35.11714}
    )
    corridor = Corridor.objects.create(
        slug=slug, operator=operator, origin=mariupol, destination=zaporizhzhia, is_public=True
    )
    route = Route.objects.create(corridor=corridor, name="by Berdiansk", length_km=290.5)
    RoutePoint.objects.create(route=route, place=mariupol, km=0)
    RoutePoint.objects.create(route=route, place=zaporizhzhia, km=290.5)
    points = {"CP1": ("Tokmak", 191.7), "CP2": ("Vasylivka", 233.3), "CP3": ("Kamianske", 247.3)}
    tokmak, vasylivka, kamianske = [
        Checkpoint.objects.create(
            corridor=corridor,
            code=code,
            name=name,
            km=km,
            kind=Checkpoint.Kind.GATE if code == "CP2" else Checkpoint.Kind.ORDINARY,
        )
        for code, (name, km) in points.items()
    ]
    russia = make_source("Russian Ministry of Defence", Party.PARTY_B, "Russian information", "D")
    icrc = make_source("ICRC", Party.HUMANITARIAN, "the ICRC", "B")
    return Road(corridor, route, tokmak, vasylivka, kamianske, russia, icrc)


def make_source(name: str, party: Party, named: str, reliability: str) -> Source:
    """Return the source, set up once, that English sentences introduce by "According to …"."""
    attribution = {"en": f"According to {named}"}
    source, _ = Source.objects.get_or_create(
        name=name,
        detail="",
        defaults={"party": party, "attribution": attribution, "reliability": reliability},
    )
    return source


def new_event(
    kind: str,
    *,
    at: datetime = NOON,
    data: Mapping[str, Any] | None = None,
    source: Source | None = None,
    reason: str = "",
    corrects: UUID | None = None,
    client_id: UUID | None = None,
    is_confirmed: bool = False,
    may_open: bool = True,
    via: str = "",
    **subjects: UUID,
) -> NewEvent:
    """Return an event on its way into the log; subjects by name, such as `corridor=corridor.pk`."""
    return NewEvent(
        kind=kind,
        client_id=client_id or uuid4(),
        occurred_at=at,
        subjects=subjects,
        data=data or {},
        source_id=source.pk if source else None,
        corrects_id=corrects,
        reason=reason,
        is_confirmed=is_confirmed,
        may_open=may_open,
        via=via,
    )


def log(
    *events: NewEvent, organisation: Organisation, by: User | None = None, now: datetime = NOON
) -> list[LogEvent]:
    """Record events as of `now` or of the newest of them, and return their rows."""
    newest = max([now, *(event.occurred_at for event in events)])
    results = record(events=events, organisation=organisation, by=by, clock=Clock(now=newest))
    rows = LogEvent.objects.in_bulk([result.event_id for result in results])
    return [rows[result.event_id] for result in results if result.event_id]
