"""A day of several phones gives one state, however it arrives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.cast import Cast
from tests.convoys.journeys import MORNING, Column, planned
from tests.factories import Road, new_event
from tracker.convoys.models import Convoy, Passage, Vehicle
from tracker.fieldlog.kinds import NewEvent
from tracker.headcounts.models import PeopleEntry
from tracker.intake.operations import CREATED, DUPLICATE, REJECTED, clock_of_sender, record_each

TABLES: tuple[type[Model], ...] = (Convoy, Vehicle, Passage, PeopleEntry)
# When a word is due, and when its absence is an alarm, depends on when words were received.
OF_RECEIPT = {"word_due_at", "silent_from"}
KINDS = (
    "convoy.departed",
    "convoy.arrived_at",
    "convoy.held",
    "convoy.cleared",
    "convoy.turned_back",
    "convoy.arrived",
    "contact.made",
    "people.counted",
    "vehicle.broke_down",
    "vehicle.repaired",
)
EVENING = MORNING + timedelta(hours=16)


def rows() -> dict[str, list[dict[str, Any]]]:
    """Return what the fold says, without what is a matter of receipt."""
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in OF_RECEIPT}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in TABLES
    }


def draw_day(data: st.DataObject, column: Column, phones: int) -> list[NewEvent]:
    """Draw what happened, in order, with the phone that logged each and its sequence number."""
    minute, taken = 0, [0] * phones
    events = []
    for _ in range(data.draw(st.integers(3, 14))):
        minute += data.draw(st.integers(0, 40))
        phone = data.draw(st.integers(0, phones - 1))
        kind = data.draw(st.sampled_from(KINDS))
        subjects = {"convoy": column.convoy_id}
        if kind in {"convoy.arrived_at", "convoy.held", "convoy.cleared"}:
            points = (column.road.tokmak.pk, column.road.vasylivka.pk)
            subjects["checkpoint"] = data.draw(st.sampled_from(points))
        if kind.startswith(("vehicle.", "people.")):
            subjects["vehicle"] = column.buses[0]
        event = new_event(
            kind,
            at=MORNING + timedelta(minutes=minute),
            data={"people": 30} if kind == "people.counted" else {},
            client_id=uuid4(),
            **subjects,
        )
        taken[phone] += 1
        events.append(replace(event, device_id=f"phone-{phone}", device_seq=taken[phone]))
    return events


def upload(cast: Cast, events: list[NewEvent], *, now: datetime, wrong_by: timedelta) -> list[str]:
    """Send events as a phone does whose clock is wrong by so much, and return what became of them.

    Each time is what the phone's clock said, and so is its "now".
    """
    said = [replace(event, occurred_at=event.occurred_at + wrong_by) for event in events]
    clock = clock_of_sender(now=now, sender_now=now + wrong_by)
    results = record_each(events=said, organisation=cast.organisation, by=cast.monitor, clock=clock)
    return [result.outcome for result in results]


def check_history(data: st.DataObject, cast: Cast, road: Road) -> None:
    """Compare a day that arrives torn, doubled and out of order with the same day in order."""
    column = planned(cast, road)
    phones = data.draw(st.integers(1, 6))
    clocks = [
        timedelta(seconds=data.draw(st.integers(-12 * 3600, 12 * 3600))) for _ in range(phones)
    ]
    day = draw_day(data, column, phones)
    point = transaction.savepoint()
    for event in day:
        upload(cast, [event], now=EVENING, wrong_by=timedelta(0))
    in_order = rows()
    transaction.savepoint_rollback(point)

    now = EVENING
    for phone, wrong_by in enumerate(clocks):
        own = [event for event in day if event.device_id == f"phone-{phone}"]
        left = data.draw(st.permutations(own)) if own else []
        sent: list[NewEvent] = []
        while left:
            size = data.draw(st.integers(1, len(left)))
            poison = new_event("no.such_kind", at=MORNING, convoy=column.convoy_id)
            again = data.draw(st.lists(st.sampled_from(sent), max_size=3)) if sent else []
            now += timedelta(minutes=1)
            batch = [*left[:size], poison, *again]
            outcomes = upload(cast, batch, now=now, wrong_by=wrong_by)
            expected = [CREATED] * size + [REJECTED] + [DUPLICATE] * len(again)
            assert outcomes == expected
            sent, left = [*sent, *left[:size]], left[size:]

    assert rows() == in_order


@given(data=st.data())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_day_of_phones_gives_one_state_however_it_arrives(
    data: st.DataObject, cast: Cast, road: Road
) -> None:
    with transaction.atomic():
        check_history(data, cast, road)
        transaction.set_rollback(True)


@pytest.mark.drill
@given(data=st.data())
@settings(
    max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_thousand_days_of_phones_give_one_state_each(
    data: st.DataObject, cast: Cast, road: Road
) -> None:
    with transaction.atomic():
        check_history(data, cast, road)
        transaction.set_rollback(True)
