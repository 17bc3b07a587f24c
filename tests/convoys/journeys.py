"""A planned convoy with three buses, and short words for what happens to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.convoys.models import Convoy, Vehicle
from tracker.fieldlog.models import LogEvent

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
        **subjects: UUID,
    ) -> LogEvent:
        """Record one entry about the convoy and return its row."""
        about = {} if corrects else {"convoy": self.convoy_id, **subjects}
        event = new_event(
            kind,
            at=MORNING + timedelta(minutes=minute),
            data=data,
            reason=reason,
            corrects=corrects.pk if corrects else None,
            is_confirmed=is_confirmed,
            **about,
        )
        (row,) = log(event, organisation=self.cast.organisation, by=self.cast.monitor)
        return row


def planned(
    cast: Cast,
    road: Road,
    *,
    code: str = "M1",
    people: int | None = None,
    seats: int | None = 50,
    buses: int = 3,
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
            data={"code": code, "route": str(road.route.pk), "people_planned": people},
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
