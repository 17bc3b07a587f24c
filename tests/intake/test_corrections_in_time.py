"""A correction may move an entry in time, never beyond now, and never by a clock that is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.corridors.models import CorridorState
from tracker.fieldlog.models import LogEvent
from tracker.intake.judging import Clock
from tracker.intake.operations import Result, record_each

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)


def correct(
    cast: Cast, entry: LogEvent, *, at: datetime = NOON, clock: Clock | None = None, **changes: Any
) -> Result:
    correction = new_event("correction", at=at, corrects=entry.pk, data=changes, reason="a slip")
    (result,) = record_each(
        events=[correction],
        organisation=cast.organisation,
        by=cast.coordinator,
        clock=clock or Clock(now=NOON),
    )
    return result


@pytest.mark.parametrize("clock", [Clock(now=NOON), Clock(now=NOON, is_typed=True)])
def test_no_correction_moves_an_entry_into_the_future(cast: Cast, road: Road, clock: Clock) -> None:
    (opened,) = log(
        new_event("corridor.confirmed", corridor=road.corridor.pk), organisation=cast.organisation
    )

    result = correct(cast, opened, clock=clock, occurred_at=(NOON + YEAR).isoformat())

    assert [found.code for found in result.findings] == ["time_in_future"]
    assert CorridorState.objects.get().operator_at == NOON


def test_a_correction_may_move_an_entry_back_in_time(cast: Cast, road: Road) -> None:
    (opened,) = log(
        new_event("corridor.confirmed", corridor=road.corridor.pk), organisation=cast.organisation
    )

    result = correct(cast, opened, occurred_at=(NOON - YEAR).isoformat())

    assert result.outcome == "created"
    assert CorridorState.objects.get().operator_at == NOON - YEAR


def test_a_correction_whose_own_time_is_disputed_moves_no_state(cast: Cast, road: Road) -> None:
    (closed,) = log(
        new_event("corridor.closed", corridor=road.corridor.pk), organisation=cast.organisation
    )

    result = correct(cast, closed, at=NOON + YEAR, withdraw=True)

    assert result.time_disputed
    assert CorridorState.objects.get().operator_status == "CLOSED"
