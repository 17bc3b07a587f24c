"""A move is not taken back from under a later one: no vehicle stands in two convoys."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.convoys.models import Vehicle
from tracker.fieldlog.models import LogEvent
from tracker.intake.folding import rebuild
from tracker.intake.operations import Refused

BUS = {"code": "B1", "kind": "BUS", "seats": 50, "people_planned": 40, "place_in_column": 1}
A, B, C = uuid4(), uuid4(), uuid4()
VEHICLE = uuid4()


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def moves(cast: Cast, road: Road) -> list[LogEvent]:
    """Return the moves of one bus from A to B and on to C."""
    corridor = road.corridor.pk
    plans = [
        new_event("convoy.planned", at=at(0), corridor=corridor, convoy=key, data={"code": code})
        for code, key in (("A", A), ("B", B), ("C", C))
    ]
    added = new_event("vehicle.added", at=at(1), convoy=A, vehicle=VEHICLE, data=BUS)
    log(*plans, added, organisation=cast.organisation, now=at(9))
    return [move(cast, A, B, 2), move(cast, B, C, 3)]


def move(cast: Cast, here: UUID, there: UUID, minute: int) -> LogEvent:
    """Let the bus change convoys."""
    ids = {"convoy": here, "other_convoy": there, "vehicle": VEHICLE}
    event = new_event("vehicle.transferred", at=at(minute), data=BUS, **ids)
    return log(event, organisation=cast.organisation, now=at(9))[0]


def take_back(cast: Cast, moved: LogEvent) -> None:
    """Withdraw a move."""
    undo = new_event(
        "correction", at=at(8), corrects=moved.pk, reason="wrong bus", data={"withdraw": True}
    )
    log(undo, organisation=cast.organisation, now=at(9))


def test_the_first_move_cannot_be_taken_back_while_the_second_stands(
    cast: Cast, moves: list[LogEvent]
) -> None:
    with pytest.raises(Refused) as refused:
        take_back(cast, moves[0])

    assert {found.code for found in refused.value.findings} == {"vehicle_moved_on"}
    assert Vehicle.objects.get().convoy_id == C


def test_moves_are_taken_back_from_the_last_and_a_rebuild_agrees(
    cast: Cast, moves: list[LogEvent]
) -> None:
    take_back(cast, moves[1])
    after_one = Vehicle.objects.get().convoy_id
    take_back(cast, moves[0])

    stood = Vehicle.objects.values().get()
    rebuild()

    assert (after_one, stood["convoy_id"]) == (B, A)
    assert Vehicle.objects.values().get() == stood
