"""A small world for the security tests: what is ours, what we share, and what belongs to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.alerts.scenes import expand_all
from tests.cast import Cast, make_cast
from tests.factories import Road, log, make_road, new_event
from tests.security.equipment import equip
from tests.situation.scenes import drain_situation
from tracker.alerts.models import Alert, AlertState
from tracker.convoys.models import ConvoyShare
from tracker.corridors.models import ContactLeg, Corridor
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import Organisation, User
from tracker.organisations.operations import SCOPES, make_key
from tracker.outbox.operations import beat

# Whose thing an address names: our own, one of ours shared with the partner, another operator's.
OWN, SHARED, OTHER = "own", "shared", "other"
ROLES = (
    "anonymous",
    "monitor",
    "dispatcher",
    "coordinator",
    "verifier",
    "partner",
    "viewer",
    "admin",
    "outsider",
)


@dataclass
class Part:
    """One convoy on one road with everything that hangs on it, as one organisation logged it."""

    organisation: Organisation
    by: User
    road: Road
    code: str
    start: datetime
    convoy: UUID = field(default_factory=uuid4)
    vehicles: list[UUID] = field(default_factory=lambda: [uuid4(), uuid4()])
    window: UUID = field(default_factory=uuid4)
    attempt: UUID = field(default_factory=uuid4)
    incident: UUID = field(default_factory=uuid4)
    leg: UUID = field(default_factory=uuid4)
    centre: UUID = field(default_factory=uuid4)
    link: UUID = field(default_factory=uuid4)
    telephone: UUID = field(default_factory=uuid4)
    channel: UUID = field(default_factory=uuid4)
    report: UUID = field(default_factory=uuid4)
    photo: UUID = field(default_factory=uuid4)
    serial: str = ""
    file: UUID = field(default_factory=uuid4)

    def tell(
        self,
        kind: str,
        minute: int,
        data: Mapping[str, Any] | None = None,
        *,
        reason: str = "",
        is_sourced: bool = False,
        **subjects: UUID,
    ) -> LogEvent:
        """Record one event, so many minutes after the start, and return its row."""
        event = new_event(
            kind,
            at=self.start + timedelta(minutes=minute),
            data=data,
            reason=reason,
            source=self.road.icrc if is_sourced else None,
            **subjects,
        )
        (row,) = log(event, organisation=self.organisation, by=self.by, now=event.occurred_at)
        return row

    def go(self, kind: str, minute: int, data: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """Record one event of the convoy and return its row."""
        return self.tell(kind, minute, data, convoy=self.convoy, **more)


def plan(part: Part) -> None:
    """Plan the convoy with two buses."""
    road = part.road
    part.go("convoy.planned", 0, {"code": part.code}, corridor=road.corridor.pk)
    for place, vehicle in enumerate(part.vehicles, start=1):
        data = {"code": f"{part.code[:8]}-B{place}", "seats": 50, "place_in_column": place}
        part.go("vehicle.added", 0, data, vehicle=vehicle)


def travel(part: Part) -> None:
    """Let the convoy leave and be held at the second checkpoint, short of people."""
    road = part.road
    part.go("people.boarded", 5, {"people": 97})
    part.go("convoy.departed", 10)
    part.go("convoy.arrived_at", 60, checkpoint=road.tokmak.pk)
    part.go("convoy.cleared", 70, checkpoint=road.tokmak.pk)
    part.go("convoy.held", 120, checkpoint=road.vasylivka.pk, reason="No reason given.")
    part.go("people.counted", 125, {"people": 93}, checkpoint=road.vasylivka.pk)


def stretch(part: Part) -> None:
    """Give the end of the road a rhythm of contact of its own."""
    ContactLeg.objects.create(
        id=part.leg, corridor=part.road.corridor, from_km=280, until_km=290, interval_min=60
    )


def furnish(part: Part) -> None:
    """Record one of everything else that has a page."""
    road, corridor = part.road, part.road.corridor.pk
    hours = {
        "opens_at": part.start.isoformat(),
        "closes_at": (part.start + timedelta(hours=8)).isoformat(),
    }
    part.tell("window.announced", 1, hours, corridor=corridor, window=part.window)
    stated = {"says": "It is not clear yet.", "claims": "UNKNOWN"}
    part.tell("corridor.stated", 2, stated, corridor=corridor, is_sourced=True)
    planned = {"day": part.start.date().isoformat()}
    part.tell("attempt.planned", 3, planned, corridor=corridor, attempt=part.attempt)
    alleged = {"alleged": "Shots were heard."}
    part.tell("incident.reported", 4, alleged, corridor=corridor, incident=part.incident)
    claim = {"stance": "CLAIMS", "says": "We heard shots."}
    part.tell("incident.claimed", 5, claim, incident=part.incident, is_sourced=True)
    part.tell("checkpoint.reported", 6, {"status": "OPEN"}, checkpoint=road.tokmak.pk)


@dataclass(frozen=True)
class World:
    """Three parts, the people, and how each of them comes in."""

    cast: Cast
    parts: Mapping[str, Part]
    sessions: Mapping[str, str]
    keys: Mapping[str, str]

    def client(self, role: str) -> Client:
        """Return a browser of this role that shows a failure as the page that people get."""
        client = Client(raise_request_exception=False)
        if role in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return client

    def bearer(self, role: str) -> dict[str, str]:
        """Return the headers with the API key of this role; nobody has none."""
        return {"HTTP_AUTHORIZATION": f"Bearer {self.keys[role]}"} if role in self.keys else {}

    def alert(self, whose: str) -> Alert:
        """Return an open alert about the convoy of this part."""
        of_convoy = Alert.objects.filter(convoy=self.parts[whose].convoy, state=AlertState.OPEN)
        return of_convoy.order_by("kind", "id")[0]


def sessions_of(cast: Cast) -> dict[str, str]:
    """Sign everybody in and return their session cookies."""
    found = {}
    for role, user in cast.everyone().items():
        client = Client()
        client.force_login(user)
        found[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return found


def keys_of(cast: Cast) -> dict[str, str]:
    """Make an API key for everybody."""
    now = timezone.now()
    return {
        role: make_key(user=user, scopes=SCOPES, at=now, expires_at=None)[1]
        for role, user in cast.everyone().items()
    }


def make_world() -> World:
    """Create the world in the database: it began five hours ago."""
    cast = make_cast()
    start = (timezone.now() - timedelta(hours=5)).replace(second=0, microsecond=0)
    ours = make_road(operator=cast.organisation)
    theirs = make_road(operator=cast.other_organisation, slug="their-road")
    Corridor.objects.filter(pk=theirs.corridor.pk).update(is_public=False)
    house, others = cast.organisation, cast.other_organisation
    parts = {
        OWN: Part(house, cast.coordinator, ours, "M1", start),
        SHARED: Part(house, cast.coordinator, ours, "S1", start),
        OTHER: Part(others, cast.outsider, theirs, "O1", start),
    }
    for part in parts.values():
        plan(part)
        travel(part)
        furnish(part)
        equip(part)
        stretch(part)
    ConvoyShare.objects.create(
        convoy_id=parts[SHARED].convoy,
        organisation=cast.partner_organisation,
        shares_position=True,
        shares_counts=True,
    )
    for process in ("deliver", "sender"):
        beat(name=process, at=timezone.now() + timedelta(hours=1))
    # Nothing waits for so long that the health page would say so.
    drain_situation()
    expand_all(at=start + timedelta(minutes=130), now=timezone.now())
    return World(cast, parts, sessions_of(cast), keys_of(cast))
