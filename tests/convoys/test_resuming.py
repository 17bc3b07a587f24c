"""A fold that goes on from where it stood gives what folding the whole log gives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.cast import Cast
from tests.convoys.journeys import MORNING, Column, planned
from tests.factories import Road, new_event
from tracker.convoys.models import Convoy, ConvoyState, FoldedConvoy, Passage, Vehicle
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import Via
from tracker.headcounts.models import PeopleEntry
from tracker.intake.folding import rebuild
from tracker.intake.judging import Clock
from tracker.intake.operations import record_each

TABLES: tuple[type[Model], ...] = (Convoy, Vehicle, Passage, PeopleEntry, FoldedConvoy)
# What moves a convoy on, and now and then what makes the fold begin anew.
KINDS = (
    "convoy.departed",
    "convoy.arrived_at",
    "convoy.held",
    "convoy.cleared",
    "convoy.sent_back",
    "convoy.night_stop",
    "convoy.arrived",
    "contact.made",
    "people.counted",
    "note",
    "vehicle.broke_down",
    "contact.lost",
)
VIAS = ("", Via.API, Via.PHONE, Via.SMS, Via.TRACKER)


def rows() -> dict[str, list[dict[str, Any]]]:
    """Return every row of these tables, in a comparable order."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in TABLES
    }


def said(column: Column, kind: str, minute: int, point: UUID, via: str) -> NewEvent:
    """Return one entry about the convoy."""
    subjects: dict[str, UUID] = {"convoy": column.convoy_id}
    if kind in {"convoy.arrived_at", "convoy.held", "convoy.cleared"}:
        subjects["checkpoint"] = point
    if kind in {"vehicle.broke_down", "people.counted"}:
        subjects["vehicle"] = column.buses[0]
    data = {"people": 40} if kind == "people.counted" else {}
    data = {"note": "seen"} if kind == "note" else data
    event = new_event(kind, at=MORNING + timedelta(minutes=minute), data=data, **subjects)
    return replace(event, via=via)


def send(cast: Cast, *events: NewEvent, now: datetime) -> None:
    results = record_each(
        events=events, organisation=cast.organisation, by=cast.dispatcher, clock=Clock(now=now)
    )
    assert {result.outcome for result in results} == {"created"}, results


def check_histories(data: st.DataObject, cast: Cast, road: Road) -> None:
    """Send a drawn history, submission by submission, and compare with a rebuild of it all."""
    column = planned(cast, road)
    kinds = st.sampled_from(KINDS[: data.draw(st.sampled_from((10, len(KINDS))))])
    points = st.sampled_from((road.tokmak.pk, road.vasylivka.pk, road.kamianske.pk))
    step = st.integers(min_value=data.draw(st.sampled_from((0, -40))), max_value=60)
    minute, waited = 0, 0
    for size in data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=7)):
        events = []
        for _ in range(size):
            minute = max(0, minute + data.draw(step))
            via = data.draw(st.sampled_from(VIAS))
            events.append(said(column, data.draw(kinds), minute, data.draw(points), via))
        waited += data.draw(st.integers(0, 45))
        send(cast, *events, now=MORNING + timedelta(minutes=minute + waited))
    stood = rows()

    rebuild()

    assert rows() == stood


@given(data=st.data())
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_going_on_gives_the_rows_of_a_whole_fold(
    data: st.DataObject, cast: Cast, road: Road
) -> None:
    with transaction.atomic():
        check_histories(data, cast, road)
        transaction.set_rollback(True)


@pytest.mark.drill
@given(data=st.data())
@settings(
    max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_going_on_gives_the_rows_of_a_whole_fold_a_thousand_times(
    data: st.DataObject, cast: Cast, road: Road
) -> None:
    with transaction.atomic():
        check_histories(data, cast, road)
        transaction.set_rollback(True)


def reads_of_the_log(taken: CaptureQueriesContext) -> list[str]:
    """Return the questions that read whole entries of the log."""
    return [query["sql"] for query in taken if 'FROM "tracker_logevent"' in query["sql"]]


def test_what_comes_in_order_does_not_read_the_log_again(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    place = road.vasylivka.pk

    with CaptureQueriesContext(connection) as taken:
        for minute, kind in enumerate(("convoy.departed", "convoy.arrived_at", "convoy.held"), 60):
            event = said(column, kind, minute, place, Via.PHONE)
            send(cast, event, now=MORNING + timedelta(minutes=minute))

    assert reads_of_the_log(taken) == []
    assert column.row.state == ConvoyState.HELD
    assert column.row.at_checkpoint_id == place


def test_what_comes_late_is_folded_into_the_whole_log(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    now = MORNING + timedelta(minutes=120)
    send(cast, said(column, "convoy.departed", 100, road.tokmak.pk, ""), now=now)

    with CaptureQueriesContext(connection) as taken:
        send(cast, said(column, "convoy.held", 90, road.tokmak.pk, ""), now=now)

    assert len(reads_of_the_log(taken)) >= 1
    assert column.row.state == ConvoyState.MOVING


def test_a_checkpoint_that_was_moved_makes_the_fold_begin_anew(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    first = said(column, "convoy.arrived_at", 60, road.tokmak.pk, "")
    send(cast, first, now=MORNING + timedelta(minutes=60))
    type(road.tokmak).objects.filter(pk=road.tokmak.pk).update(km=150.0)

    send(cast, said(column, "note", 61, road.tokmak.pk, ""), now=MORNING + timedelta(minutes=61))

    assert column.row.head_km == 150.0


def test_a_state_of_another_version_is_passed_over(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    FoldedConvoy.objects.filter(pk=column.convoy_id).update(state='[0,"unreadable"]')

    send(
        cast,
        said(column, "convoy.departed", 60, road.tokmak.pk, ""),
        now=MORNING + timedelta(minutes=60),
    )

    assert column.row.state == ConvoyState.MOVING
