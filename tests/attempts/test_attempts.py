"""Attempts through the one door, their numbers, rates and reasons."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.attempts.models import Attempt
from tracker.attempts.queries import (
    attempts_under_way,
    attempts_with_known_end,
    base_rate_until,
    numbered_attempts,
    reasons_until,
)
from tracker.fieldlog.kinds import NewEvent
from tracker.intake.folding import rebuild
from tracker.intake.operations import Refused

DAY = NOON.date()


def plan(
    road: Road, attempt: UUID, *, day: date = DAY, at: datetime = NOON, **data: Any
) -> NewEvent:
    body = {"day": day.isoformat(), **data}
    return new_event(
        "attempt.planned", at=at, data=body, attempt=attempt, corridor=road.corridor.pk
    )


def end(attempt: UUID, outcome: str, *, minutes: int = 60, **data: Any) -> NewEvent:
    at = NOON + timedelta(minutes=minutes)
    return new_event("attempt.ended", at=at, data={"outcome": outcome, **data}, attempt=attempt)


def try_and_end(cast: Cast, road: Road, *, days_ago: int, outcome: str, reason: str) -> Attempt:
    attempt, day = uuid4(), DAY - timedelta(days=days_ago)
    at = NOON - timedelta(days=days_ago)
    ended = new_event(
        "attempt.ended",
        at=at,
        data={"outcome": outcome, "reason_code": reason},
        attempt=attempt,
    )
    log(plan(road, attempt, day=day, at=at), ended, organisation=cast.organisation)
    return Attempt.objects.get(pk=attempt)


def test_numbers_that_nobody_named_are_empty_and_a_zero_is_a_zero(cast: Cast, road: Road) -> None:
    unnamed, counted = uuid4(), uuid4()
    log(
        plan(road, unnamed),
        end(unnamed, "FAILED"),
        plan(road, counted),
        end(counted, "FAILED", people_arrived=0),
        organisation=cast.organisation,
    )

    attempts = Attempt.objects.in_bulk()
    assert attempts[unnamed].people_arrived is None
    assert attempts[counted].people_arrived == 0


@pytest.mark.parametrize("data", [{"buses": -1}, {"people_planned": 3.5}, {"agreed": "MAYBE"}])
def test_what_cannot_be_is_refused(cast: Cast, road: Road, data: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        log(plan(road, uuid4(), **data), organisation=cast.organisation)

    assert not Attempt.objects.exists()


def test_any_order_of_arrival_gives_the_same_row(cast: Cast, road: Road) -> None:
    attempt = uuid4()
    planned = plan(road, attempt, buses=40)
    rest = [
        new_event("attempt.started", attempt=attempt),
        end(attempt, "FAILED", reason_code="SHELLING"),
        end(attempt, "PARTLY_SUCCEEDED", minutes=90, people_arrived=79),
    ]
    rows = []
    for order in permutations(rest):
        with transaction.atomic():
            log(planned, organisation=cast.organisation)
            for event in order:
                log(event, organisation=cast.organisation)
            rows.append(Attempt.objects.values().get(pk=attempt))
            transaction.set_rollback(True)

    assert rows == [rows[0]] * 6
    assert (rows[0]["status"], rows[0]["people_arrived"]) == ("PARTLY_SUCCEEDED", 79)


def test_a_withdrawn_plan_leaves_a_row_that_claims_nothing(cast: Cast, road: Road) -> None:
    attempt = uuid4()
    planned = log(plan(road, attempt, is_public=True), organisation=cast.organisation)[0]
    withdrawal = new_event(
        "correction", data={"withdraw": True}, corrects=planned.pk, reason="Entered twice."
    )
    log(withdrawal, organisation=cast.organisation)

    row = Attempt.objects.get(pk=attempt)
    assert (row.status, row.is_public) == ("UNKNOWN", False)


def test_the_fifth_attempt_comes_with_the_reasons_of_the_failed_ones(
    cast: Cast, road: Road
) -> None:
    ends = [
        ("FAILED", "SHELLING"),
        ("FAILED", "NO_CONFIRMATION"),
        ("PARTLY_SUCCEEDED", "CHECKPOINT_DENIED"),
        ("FAILED", "SHELLING"),
    ]
    for ago, (outcome, reason) in zip((6, 5, 4, 3), ends, strict=True):
        try_and_end(cast, road, days_ago=ago, outcome=outcome, reason=reason)
    fifth = uuid4()
    log(plan(road, fifth), organisation=cast.organisation)

    tally = reasons_until(corridor=road.corridor, at=NOON)
    numbered = numbered_attempts(corridor=road.corridor, at=NOON)

    assert (tally.attempts, tally.failed) == (5, 3)
    assert tally.reasons == (("SHELLING", 2), ("NO_CONFIRMATION", 1))
    assert {each.attempt.pk: each.number for each in numbered}[fifth] == 5


def test_a_base_rate_counts_known_ends_alone(cast: Cast, road: Road) -> None:
    for ago, outcome in enumerate(
        ["SUCCEEDED", "PARTLY_SUCCEEDED", "FAILED", "CANCELLED", "UNKNOWN"], start=1
    ):
        try_and_end(cast, road, days_ago=ago, outcome=outcome, reason="NONE_STATED")
    log(plan(road, uuid4()), organisation=cast.organisation)

    rate = base_rate_until(at=NOON, corridors=[road.corridor])

    assert (rate.n, rate.succeeded, rate.at_least_partly, rate.not_through) == (4, 1, 2, 2)


def test_an_end_that_has_not_come_yet_is_not_known(cast: Cast, road: Road) -> None:
    attempt = uuid4()
    log(plan(road, attempt), end(attempt, "FAILED", minutes=60), organisation=cast.organisation)

    before = attempts_with_known_end(at=NOON + timedelta(minutes=30))
    after = attempts_with_known_end(at=NOON + timedelta(minutes=61))

    assert (before.count(), after.count()) == (0, 1)


def test_an_end_of_which_only_the_day_is_known_counts_once_the_day_is_over(
    cast: Cast, road: Road
) -> None:
    attempt = uuid4()
    log(
        plan(road, attempt),
        end(attempt, "FAILED", is_day_only=True),
        organisation=cast.organisation,
    )

    evening = datetime.fromisoformat("2022-04-01T23:59:00+03:00")
    next_day = evening + timedelta(minutes=2)

    assert not attempts_with_known_end(at=evening, time_zone="Europe/Kyiv").exists()
    assert attempts_with_known_end(at=next_day, time_zone="Europe/Kyiv").exists()


def test_attempts_under_way_are_those_planned_or_started(cast: Cast, road: Road) -> None:
    planned, started, ended = uuid4(), uuid4(), uuid4()
    log(
        plan(road, planned),
        plan(road, started),
        new_event("attempt.started", attempt=started),
        plan(road, ended),
        end(ended, "FAILED"),
        organisation=cast.organisation,
    )

    found = attempts_under_way(at=NOON + timedelta(hours=2))

    assert {attempt.pk for attempt in found} == {planned, started}


def test_a_rebuild_gives_the_rows_that_stood(cast: Cast, road: Road) -> None:
    attempt = uuid4()
    log(plan(road, attempt, buses=40), end(attempt, "FAILED"), organisation=cast.organisation)
    before = Attempt.objects.values().get()
    Attempt.objects.update(status="SUCCEEDED", buses=1)

    rebuild()

    assert Attempt.objects.values().get() == before
