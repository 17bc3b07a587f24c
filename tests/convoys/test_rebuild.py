"""Convoys, vehicles, crossings and people follow from the set of entries, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from tests.convoys.journeys import MORNING, Column, planned
from tests.factories import NOON, Road, new_event
from tracker.convoys.models import Convoy, Passage, Vehicle
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.operations import event_id
from tracker.headcounts.models import PeopleEntry
from tracker.intake.folding import rebuild
from tracker.intake.judging import Clock
from tracker.intake.operations import record_each

TABLES: tuple[type[Model], ...] = (Convoy, Vehicle, Passage, PeopleEntry)
LATER = Clock(now=NOON + timedelta(hours=12))


def rows() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table of these rooms, in a comparable order."""
    return {
        model.__name__: sorted(
            model._default_manager.values(), key=lambda row: str(sorted(row.items(), key=str))
        )
        for model in TABLES
    }


def a_day(column: Column) -> list[NewEvent]:
    """Return a day on the road; its first entry splits the convoy."""
    part_id = uuid4()
    tokmak, vasylivka = column.road.tokmak.pk, column.road.vasylivka.pk
    bus = {"id": str(column.buses[2]), "code": "B3", "seats": 50, "place_in_column": 3}

    def at(
        minute: int,
        kind: str,
        data: dict[str, Any] | None = None,
        convoy: UUID = column.convoy_id,
        **subjects: UUID,
    ) -> NewEvent:
        when = MORNING + timedelta(minutes=minute)
        return new_event(kind, at=when, data=data, convoy=convoy, **subjects)

    split = {"code": "M1B", "vehicles": [bus], "people": 40, "at_km": 200.0}
    return [
        at(
            200,
            "convoy.split",
            split,
            other_convoy=part_id,
            corridor=column.road.corridor.pk,
        ),
        at(0, "convoy.departed"),
        at(1, "people.boarded", {"people": 120}),
        at(100, "convoy.arrived_at", {"part": "head"}, checkpoint=tokmak),
        at(110, "convoy.held", checkpoint=tokmak),
        at(130, "convoy.cleared", {"part": "head"}),
        at(131, "people.counted", {"people": 119}, checkpoint=tokmak),
        at(140, "vehicle.broke_down", vehicle=column.buses[1]),
        at(250, "contact.lost", convoy=part_id),
        at(300, "convoy.arrived_at", checkpoint=vasylivka),
        at(310, "convoy.arrived_at", convoy=part_id, checkpoint=vasylivka),
        at(320, "convoy.sent_back", checkpoint=vasylivka),
    ]


def corrections(day: Sequence[NewEvent], cast: Cast) -> list[NewEvent]:
    """Return corrections of the count and of the one who sent the convoy back."""
    changes = [(day[6], {"data": {"people": 118}}), (day[-1], {"withdraw": True})]
    return [
        new_event(
            "correction",
            at=NOON + timedelta(hours=6),
            corrects=event_id(organisation=cast.organisation, client_id=event.client_id),
            reason="misread",
            data=data,
        )
        for event, data in changes
    ]


@pytest.mark.django_db
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_order_of_arrival_and_any_repeat_give_the_same_rows(
    cast: Cast, road: Road, data: st.DataObject
) -> None:
    column = planned(cast, road, code=uuid4().hex[:8])
    day = a_day(column)
    fixes = corrections(day, cast)

    def arrive(events: Sequence[NewEvent]) -> dict[str, list[dict[str, Any]]]:
        point = transaction.savepoint()
        for event in events:
            (result,) = record_each(
                events=[event], organisation=cast.organisation, by=cast.monitor, clock=LATER
            )
            assert result.outcome in {"created", "duplicate"}, result.findings
        result_rows = rows()
        transaction.savepoint_rollback(point)
        return result_rows

    in_order = arrive([*day, *fixes])
    # Nobody can speak of the new convoy before the server has given it to them.
    shuffled = [day[0], *data.draw(st.permutations(day[1:]))]
    repeats = data.draw(st.lists(st.sampled_from(day), max_size=3))

    assert arrive([*shuffled, *fixes, *repeats]) == in_order


def test_rebuilding_gives_the_rows_that_stood(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    day = a_day(column)
    for events in (day, corrections(day, cast)):
        record_each(events=events, organisation=cast.organisation, by=None, clock=LATER)
    stood = rows()

    with transaction.atomic(), connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        rebuild()

    assert rows() == stood
    assert {name: len(found) for name, found in stood.items()} == {
        "Convoy": 2,
        "Vehicle": 3,
        "Passage": 3,
        "PeopleEntry": 3,
    }
