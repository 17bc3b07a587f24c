"""Everything shown is rebuilt from the log and equals what stands, in whatever order it came."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from tests.factories import NOON, Road, new_event
from tracker.corridors.models import CorridorState, PassageWindow, Statement
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.operations import event_id
from tracker.intake.folding import rebuild
from tracker.intake.judging import Clock
from tracker.intake.operations import record_each

TABLES: tuple[type[Model], ...] = (CorridorState, PassageWindow, Statement)
LATER = Clock(now=NOON + timedelta(hours=2))


def rows() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every projection, in a comparable order."""
    return {
        model.__name__: sorted(
            model._default_manager.values(), key=lambda row: str(sorted(row.items(), key=str))
        )
        for model in TABLES
    }


def a_day(road: Road) -> list[NewEvent]:
    """Return a day on one corridor with corrections, a moved window and a withdrawn closure."""
    corridor, window = road.corridor.pk, uuid4()

    def at(minutes: int) -> Any:
        return NOON + timedelta(minutes=minutes)

    def times(hours: int) -> dict[str, str]:
        opens_at = NOON + timedelta(hours=hours)
        return {
            "opens_at": opens_at.isoformat(),
            "closes_at": (opens_at + timedelta(hours=8)).isoformat(),
        }

    announced = {"says": "It is to reopen.", "claims": "ANNOUNCED", "is_public": True}
    doubts = {"says": "It is not yet clear.", "claims": "UNKNOWN", "credibility": 2}
    return [
        new_event(
            "corridor.stated", at=at(0), corridor=corridor, source=road.russia, data=announced
        ),
        new_event("corridor.stated", at=at(5), corridor=corridor, source=road.icrc, data=doubts),
        new_event("window.announced", at=at(6), corridor=corridor, window=window, data=times(1)),
        new_event("window.moved", at=at(9), corridor=corridor, window=window, data=times(3)),
        new_event("corridor.confirmed", at=at(20), corridor=corridor, reason="seen from the field"),
        new_event("corridor.closed", at=at(30), corridor=corridor, reason="shelling"),
    ]


def corrections(day: Sequence[NewEvent], cast: Cast) -> list[NewEvent]:
    """Return corrections of the first statement and of the closure."""

    def target(event: NewEvent) -> UUID:
        return event_id(organisation=cast.organisation, client_id=event.client_id)

    return [
        new_event(
            "correction",
            at=NOON + timedelta(minutes=40),
            corrects=target(day[0]),
            reason="misheard",
            data={"data": {"claims": "OPEN"}},
        ),
        new_event(
            "correction",
            at=NOON + timedelta(minutes=41),
            corrects=target(day[-1]),
            reason="another corridor",
            data={"withdraw": True},
        ),
    ]


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_order_of_arrival_and_any_repeat_give_the_same_rows(
    cast: Cast, road: Road, data: st.DataObject
) -> None:
    day = a_day(road)
    fixes = corrections(day, cast)

    def arrive(events: Sequence[NewEvent]) -> dict[str, list[dict[str, Any]]]:
        point = transaction.savepoint()
        for event in events:
            record_each(
                events=[event], organisation=cast.organisation, by=cast.verifier, clock=LATER
            )
        result = rows()
        transaction.savepoint_rollback(point)
        return result

    in_order = arrive([*day, *fixes])
    # Nobody can speak of a window before the server has given it to them.
    creating, others = day[2], [*day[:2], *day[3:]]
    shuffled = [creating, *data.draw(st.permutations(others))]
    repeats = data.draw(st.lists(st.sampled_from(day), max_size=3))

    assert arrive([*shuffled, *fixes, *repeats]) == in_order
    assert in_order["CorridorState"][0]["operator_status"] == "OPEN"


def test_rebuilding_gives_the_rows_that_stood(cast: Cast, road: Road) -> None:
    day = a_day(road)
    everything = [*day, *corrections(day, cast)]
    record_each(events=everything[:-2], organisation=cast.organisation, by=None, clock=LATER)
    record_each(events=everything[-2:], organisation=cast.organisation, by=None, clock=LATER)
    stood = rows()

    with transaction.atomic(), connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        emptied = rows()
        rebuild()

    assert emptied == {model.__name__: [] for model in TABLES}
    assert rows() == stood
    assert len(stood["Statement"]) == 2


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_waits_for_whoever_writes_and_overwrites_nothing(cast: Cast, road: Road) -> None:
    corridor = road.corridor.pk
    opened = new_event("corridor.confirmed", corridor=corridor)
    closed = new_event("corridor.closed", corridor=corridor, at=NOON + timedelta(minutes=1))
    record_each(events=[opened], organisation=cast.organisation, by=None, clock=LATER)

    def rebuilt_elsewhere() -> None:
        rebuild()
        connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            record_each(events=[closed], organisation=cast.organisation, by=None, clock=LATER)
            at_once = pool.submit(rebuilt_elsewhere)
            was_done = bool(wait([at_once], timeout=1).done)
        at_once.result(timeout=20)

    assert not was_done
    assert CorridorState.objects.get().operator_status == "CLOSED"
