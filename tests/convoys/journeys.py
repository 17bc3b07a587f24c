"""A planned convoy with three buses, and short words for what happens to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.convoys.models import Convoy, Vehicle
from tracker.exercises.operations import begin_exercise
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import User
from tracker.provenance.models import Source

# 08:00 in Kyiv on 1 April 2022.
MORNING = datetime(2022, 4, 1, 5, 0, tzinfo=NOON.tzinfo)
EVENING = MORNING + timedelta(hours=12)


@dataclass
class Column:
    """A convoy on its road; `tell` writes one entry, minutes after the morning."""

    cast: Cast
    road: Road
    convoy_id: UUID = field(default_factory=uuid4)
    buses: list[UUID] = field(default_factory=list)

    @property
    def row(self) -> Convoy:
        """Return the convoy as it stands."""
        return Convoy.objects.get(pk=self.convoy_id)

    def bus(self, number: int) -> Vehicle:
        """Return a vehicle, 1 at the head."""
        return Vehicle.objects.get(pk=self.buses[number - 1])

    def tell(
        self,
        kind: str,
        minute: int,
        *,
        reason: str = "",
        corrects: LogEvent | None = None,
        is_confirmed: bool = False,
        data: dict[str, Any] | None = None,
        received: int | None = None,
        via: str = "",
        by: User | None = None,
        source: Source | None = None,
        **subjects: UUID,
    ) -> LogEvent:
        """Record one entry about the convoy, received at once unless told, and return its row."""
        about = {} if corrects else {"convoy": self.convoy_id, **subjects}
        event = new_event(
            kind,
            at=MORNING + timedelta(minutes=minute),
            data=data,
            reason=reason,
            corrects=corrects.pk if corrects else None,
            is_confirmed=is_confirmed,
            via=via,
            source=source,
            **about,
        )
        now = MORNING + timedelta(minutes=minute if received is None else received)
        (row,) = log(
            event,
            organisation=self.cast.organisation,
            by=by or self.cast.monitor,
            now=now,
        )
        return row


def planned(
    cast: Cast,
    road: Road,
    *,
    code: str = "M1",
    people: int | None = None,
    seats: int | None = 50,
    buses: int = 3,
    grace: int = 15,
) -> Column:
    """Plan a convoy with its buses B1, B2 … an hour before the morning."""
    column = Column(cast, road)
    at = MORNING - timedelta(hours=1)
    events = [
        new_event(
            "convoy.planned",
            at=at,
            convoy=column.convoy_id,
            corridor=road.corridor.pk,
            data={
                "code": code,
                "route": str(road.route.pk),
                "people_planned": people,
                "grace_min": grace,
            },
        )
    ]
    for number in range(1, buses + 1):
        vehicle_id = uuid4()
        column.buses.append(vehicle_id)
        events.append(
            new_event(
                "vehicle.added",
                at=at,
                convoy=column.convoy_id,
                vehicle=vehicle_id,
                data={"code": f"B{number}", "seats": seats, "place_in_column": number},
            )
        )
    log(*events, organisation=cast.organisation, by=cast.dispatcher, now=at)
    return column


def it_is(minute: int, *, name: str = "1 April 2022") -> datetime:
    """Begin an exercise in which field time is `minute` after the morning; return that time."""
    at = MORNING + timedelta(minutes=minute)
    begin_exercise(name=name, starts_at=at, speed=1, machine_now=timezone.now())
    return at


def held_at_vasylivka(cast: Cast, road: Road) -> Column:
    """Tell a day up to 17:00: a convoy held for three hours, twelve people not accounted for."""
    # So much grace that the few words of this day keep it from being dark.
    column = planned(cast, road, people=3000, buses=42, seats=None, grace=230)
    column.tell("people.boarded", -5, data={"people": 2332, "place": "Berdiansk"})
    column.tell("convoy.departed", 0)
    column.tell("convoy.arrived_at", 250, checkpoint=road.tokmak.pk, data={"part": "head"})
    column.tell("people.left", 265, checkpoint=road.tokmak.pk, data={"people": 20})
    count = column.tell("people.counted", 274, checkpoint=road.tokmak.pk, data={"people": 2312})
    column.tell("convoy.cleared", 275, checkpoint=road.tokmak.pk)
    column.tell(
        "correction",
        320,
        corrects=count,
        data={"data": {"people": 2300}},
        reason="Bus B17 was counted twice.",
    )
    column.tell("convoy.arrived_at", 360, checkpoint=road.vasylivka.pk)
    column.tell("convoy.held", 362, checkpoint=road.vasylivka.pk, reason="No reason given.")
    column.tell("contact.made", 520, data={"vehicles_seen": 42, "note": "Still held."})
    return column
