"""A large batch asks the database no more often than a small one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.intake.judging import Clock
from tracker.intake.operations import record_each

LATER = Clock(now=NOON + timedelta(hours=2))


@pytest.fixture
def convoy(cast: Cast, road: Road) -> UUID:
    """Return a convoy that is planned."""
    convoy_id = uuid4()
    plan = new_event(
        "convoy.planned", corridor=road.corridor.pk, convoy=convoy_id, data={"code": "M1"}
    )
    log(plan, organisation=cast.organisation)
    return convoy_id


def queries_for(size: int, cast: Cast, road: Road, convoy: UUID) -> int:
    """Return how many queries a batch of holds at a checkpoint takes."""
    events = [
        new_event(
            "convoy.held",
            at=NOON + timedelta(seconds=size + number),
            convoy=convoy,
            checkpoint=road.vasylivka.pk,
            source=road.icrc,
        )
        for number in range(size)
    ]
    with CaptureQueriesContext(connection) as taken:
        results = record_each(
            events=events, organisation=cast.organisation, by=cast.monitor, clock=LATER
        )
    assert {result.outcome for result in results} == {"created"}
    return len(taken)


def test_a_batch_of_two_hundred_takes_hardly_more_queries_than_one_of_two(
    cast: Cast, road: Road, convoy: UUID
) -> None:
    queries_for(1, cast, road, convoy)

    few = queries_for(2, cast, road, convoy)
    many = queries_for(200, cast, road, convoy)

    assert many <= few + 3
