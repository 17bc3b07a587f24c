"""Reports on checkpoints through the one door."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.checkpoints.models import CheckpointReport, CheckpointState
from tracker.checkpoints.queries import (
    checkpoints_in_order,
    reports_newest_first,
    sources_of_run,
    waits_newest_first,
)
from tracker.fieldlog.models import LogEvent
from tracker.intake.folding import rebuild
from tracker.intake.operations import Refused


def report(cast: Cast, road: Road, *, minutes: int = 0, **data: object) -> LogEvent:
    event = new_event(
        "checkpoint.reported",
        at=NOON + timedelta(minutes=minutes),
        data=data,
        checkpoint=road.vasylivka.pk,
    )
    return log(event, organisation=cast.organisation, by=cast.monitor)[0]


def test_the_newest_report_is_the_state_and_every_report_stays(cast: Cast, road: Road) -> None:
    report(cast, road, status="OPEN")
    closed = report(cast, road, minutes=5, status="CLOSED", says="Nobody is let through.")

    state = CheckpointState.objects.get(checkpoint=road.vasylivka)
    assert (state.status, state.event_id) == ("CLOSED", closed.pk)
    assert CheckpointReport.objects.filter(checkpoint=road.vasylivka).count() == 2


def test_a_wait_that_was_not_reported_is_empty_and_not_zero(cast: Cast, road: Road) -> None:
    report(cast, road, status="OPEN")
    report(cast, road, minutes=1, wait_low_h=0.0, is_censored=True)

    silent, counted = CheckpointReport.objects.order_by("at")
    assert (silent.wait_low_h, counted.wait_low_h) == (None, 0.0)


def test_a_lower_bound_above_the_upper_one_is_refused(cast: Cast, road: Road) -> None:
    with pytest.raises(Refused) as refused:
        report(cast, road, wait_low_h=8, wait_high_h=1)

    assert [finding.code for finding in refused.value.findings] == ["range_reversed"]
    assert not CheckpointReport.objects.exists()


def test_a_negative_wait_is_refused(cast: Cast, road: Road) -> None:
    with pytest.raises(Refused):
        report(cast, road, wait_low_h=-1)


def test_an_answer_knows_nothing_that_came_later(cast: Cast, road: Road) -> None:
    report(cast, road, status="OPEN", wait_low_h=1)
    report(cast, road, minutes=60, status="CLOSED", wait_low_h=2)
    at = NOON + timedelta(minutes=30)

    known = reports_newest_first(checkpoint=road.vasylivka, at=at)
    waits = waits_newest_first(corridor=road.corridor, at=at)

    assert [each.status for each in known] == ["OPEN"]
    assert [each.wait_low_h for each in waits] == [1]


def test_a_voice_that_repeats_itself_is_one_source(cast: Cast, road: Road) -> None:
    report(cast, road, status="CLOSED")
    report(cast, road, minutes=1, status="CLOSED")
    event = new_event(
        "checkpoint.reported",
        data={"status": "CLOSED"},
        source=road.icrc,
        checkpoint=road.vasylivka.pk,
    )
    log(event, organisation=cast.organisation, by=cast.verifier)

    found = sources_of_run(checkpoint=road.vasylivka, since=NOON, at=NOON + timedelta(minutes=5))
    assert found == 2


def test_checkpoints_come_in_the_order_of_the_road(road: Road) -> None:
    found = checkpoints_in_order(road.corridor)

    assert [each.name for each in found] == ["Tokmak", "Vasylivka", "Kamianske"]


def test_a_rebuild_gives_the_rows_that_stood(cast: Cast, road: Road) -> None:
    report(cast, road, status="OPEN")
    report(cast, road, minutes=5, status="CLOSED", wait_low_h=2, wait_high_h=4)
    before = list(CheckpointReport.objects.order_by("pk").values())
    state = CheckpointState.objects.values().get()
    CheckpointReport.objects.update(says="spoiled")
    CheckpointState.objects.update(status="OPEN")

    rebuild()

    assert list(CheckpointReport.objects.order_by("pk").values()) == before
    assert CheckpointState.objects.values().get() == state
