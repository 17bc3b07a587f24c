"""The one door: each fact enters once, whole, with its fold and its promise, or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.corridors.models import CorridorState, Statement
from tracker.fieldlog.models import LogEvent
from tracker.intake.judging import Clock
from tracker.intake.operations import Refused, clock_of_sender, record, record_each
from tracker.outbox.models import OutboxRow

CLOCK = Clock(now=NOON)
TYPED = Clock(now=NOON, is_typed=True)
ANNOUNCEMENT = {"says": "The corridor is to reopen on Friday morning.", "claims": "ANNOUNCED"}


def codes(refused: Refused) -> set[str]:
    return {finding.code for finding in refused.findings}


def test_a_statement_is_logged_folded_and_promised_to_every_consumer(
    cast: Cast, road: Road
) -> None:
    event = new_event(
        "corridor.stated", corridor=road.corridor.pk, source=road.russia, data=ANNOUNCEMENT
    )

    (result,) = record(
        events=[event], organisation=cast.organisation, by=cast.verifier, clock=CLOCK
    )

    assert result.outcome == "created"
    assert Statement.objects.get().event_id == result.event_id
    assert CorridorState.objects.get().announced_event_id == result.event_id
    rows = OutboxRow.objects.filter(payload__events=[str(result.event_id)])
    assert {row.consumer for row in rows} == {"situation", "alerts"}


def test_the_same_event_sent_twice_is_stored_once_and_promised_once(cast: Cast, road: Road) -> None:
    event = new_event("corridor.closed", corridor=road.corridor.pk, reason="shelling")
    record(events=[event], organisation=cast.organisation, by=cast.dispatcher, clock=CLOCK)

    later = Clock(now=NOON + timedelta(hours=1))
    (repeat,) = record(
        events=[event], organisation=cast.organisation, by=cast.dispatcher, clock=later
    )

    assert repeat.outcome == "duplicate"
    assert LogEvent.objects.count() == 1
    assert OutboxRow.objects.count() == len(OutboxRow.Consumer)


def test_a_repeat_with_another_body_is_a_conflict_and_changes_nothing(
    cast: Cast, road: Road
) -> None:
    client_id = uuid4()
    first = new_event("corridor.closed", corridor=road.corridor.pk, client_id=client_id, reason="a")
    other = new_event("corridor.closed", corridor=road.corridor.pk, client_id=client_id, reason="b")
    record(events=[first], organisation=cast.organisation, by=None, clock=CLOCK)

    (result,) = record_each(events=[other], organisation=cast.organisation, by=None, clock=CLOCK)

    assert result.outcome == "conflict"
    assert result.findings[0].code == "same_id_other_body"
    assert LogEvent.objects.get().reason == "a"


def test_the_same_id_from_another_organisation_is_another_event(cast: Cast, road: Road) -> None:
    event = new_event("corridor.closed", corridor=road.corridor.pk)
    record(events=[event], organisation=cast.organisation, by=None, clock=CLOCK)

    (result,) = record(events=[event], organisation=cast.other_organisation, by=None, clock=CLOCK)

    assert result.outcome == "created"
    assert LogEvent.objects.count() == 2


def test_one_bad_event_refuses_the_whole_submission_and_writes_nothing(
    cast: Cast, road: Road
) -> None:
    good = new_event("corridor.closed", corridor=road.corridor.pk)
    bad = new_event("corridor.closed", corridor=uuid4())

    with pytest.raises(Refused) as refused:
        record(events=[good, bad], organisation=cast.organisation, by=None, clock=CLOCK)

    assert codes(refused.value) == {"subject_unknown"}
    assert not LogEvent.objects.exists()
    assert not OutboxRow.objects.exists()


def test_in_a_batch_a_bad_event_stops_no_other(cast: Cast, road: Road) -> None:
    good = [new_event("corridor.closed", corridor=road.corridor.pk) for _ in range(3)]
    bad = new_event("corridor.opened", corridor=road.corridor.pk)

    results = record_each(
        events=[good[0], bad, *good[1:]], organisation=cast.organisation, by=None, clock=CLOCK
    )

    assert [result.outcome for result in results] == ["created", "rejected", "created", "created"]
    assert results[1].findings[0].code == "unknown_kind"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"claims": "ANNOUNCED"}, "says"),
        ({**ANNOUNCEMENT, "claims": "MAYBE"}, "claims"),
        ({**ANNOUNCEMENT, "credibility": 7}, "credibility"),
        ({**ANNOUNCEMENT, "colour": "red"}, "colour"),
        ({**ANNOUNCEMENT, "source_url": "javascript:alert(1)"}, "source_url"),
        ({**ANNOUNCEMENT, "says": "x" * 4001}, "says"),
        ({**ANNOUNCEMENT, "says": 5}, "says"),
    ],
)
def test_data_of_the_wrong_shape_is_refused_and_the_field_is_named(
    cast: Cast, road: Road, data: dict[str, object], where: str
) -> None:
    event = new_event("corridor.stated", corridor=road.corridor.pk, source=road.russia, data=data)

    with pytest.raises(Refused) as refused:
        record(events=[event], organisation=cast.organisation, by=None, clock=CLOCK)

    (finding,) = refused.value.findings
    assert finding.code == "bad_data"
    assert where in finding.where or where in finding.values["problem"]


def test_control_and_bidi_characters_do_not_enter_the_log(cast: Cast, road: Road) -> None:
    says = "Open\u202e desolc\x00 now"
    event = new_event(
        "corridor.stated",
        corridor=road.corridor.pk,
        source=road.russia,
        data={"says": says, "claims": "UNKNOWN"},
    )

    record(events=[event], organisation=cast.organisation, by=None, clock=CLOCK)

    assert Statement.objects.get().says == "Open desolc now"


def test_a_statement_without_a_source_is_refused(cast: Cast, road: Road) -> None:
    event = new_event("corridor.stated", corridor=road.corridor.pk, data=ANNOUNCEMENT)

    with pytest.raises(Refused) as refused:
        record(events=[event], organisation=cast.organisation, by=None, clock=CLOCK)

    assert codes(refused.value) == {"source_missing"}


def test_a_future_time_typed_by_a_person_is_refused_with_the_time_it_is(
    cast: Cast, road: Road
) -> None:
    event = new_event("corridor.closed", corridor=road.corridor.pk, at=NOON + timedelta(minutes=30))

    with pytest.raises(Refused) as refused:
        record(events=[event], organisation=cast.organisation, by=None, clock=TYPED)

    (finding,) = refused.value.findings
    assert (finding.code, finding.values["now"]) == ("time_in_future", "01 Apr 09:12")


def test_a_device_with_a_wrong_clock_is_corrected_by_its_own_now(cast: Cast, road: Road) -> None:
    wrong_by = timedelta(hours=5)
    event = new_event("corridor.closed", corridor=road.corridor.pk, at=NOON + wrong_by)
    clock = clock_of_sender(now=NOON, sender_now=NOON + wrong_by)

    record(events=[event], organisation=cast.organisation, by=None, clock=clock)

    stored = LogEvent.objects.get()
    assert (stored.ordered_at, stored.occurred_at) == (NOON, NOON + wrong_by)
    assert not stored.time_disputed


@pytest.mark.parametrize("shift", [timedelta(minutes=11), timedelta(days=-8)])
def test_a_time_that_cannot_be_right_is_kept_as_disputed_and_moves_no_state(
    cast: Cast, road: Road, shift: timedelta
) -> None:
    event = new_event("corridor.closed", corridor=road.corridor.pk, at=NOON + shift)

    (result,) = record(events=[event], organisation=cast.organisation, by=None, clock=CLOCK)

    assert result.time_disputed
    assert LogEvent.objects.get().time_disputed
    assert not CorridorState.objects.filter(operator_status="CLOSED").exists()


def test_a_correction_changes_what_stands_and_keeps_what_was_said(cast: Cast, road: Road) -> None:
    statement = new_event(
        "corridor.stated", corridor=road.corridor.pk, source=road.russia, data=ANNOUNCEMENT
    )
    (original,) = log(statement, organisation=cast.organisation)
    fix = new_event(
        "correction", corrects=original.pk, reason="misheard", data={"data": {"claims": "CLOSED"}}
    )

    log(fix, organisation=cast.organisation)

    assert Statement.objects.get().claims == "CLOSED"
    assert Statement.objects.get().is_corrected
    original.refresh_from_db()
    assert original.data["claims"] == "ANNOUNCED"


@pytest.mark.parametrize(
    ("data", "reason", "code"),
    [
        ({"data": {"claims": "CLOSED"}}, "", "correction_reason_missing"),
        ({"data": {"claims": "MAYBE"}}, "misheard", "bad_data"),
        ({"data": {"colour": "red"}}, "misheard", "bad_data"),
    ],
)
def test_a_correction_must_have_a_reason_and_leave_a_valid_entry(
    cast: Cast, road: Road, data: dict[str, object], reason: str, code: str
) -> None:
    statement = new_event(
        "corridor.stated", corridor=road.corridor.pk, source=road.russia, data=ANNOUNCEMENT
    )
    (original,) = log(statement, organisation=cast.organisation)
    fix = new_event("correction", corrects=original.pk, reason=reason, data=data)

    with pytest.raises(Refused) as refused:
        record(events=[fix], organisation=cast.organisation, by=None, clock=CLOCK)

    assert codes(refused.value) == {code}


def test_withdrawing_a_closure_brings_back_what_stood_before(cast: Cast, road: Road) -> None:
    opened = new_event("corridor.confirmed", corridor=road.corridor.pk)
    closed = new_event("corridor.closed", corridor=road.corridor.pk, at=NOON + timedelta(minutes=1))
    _, closure = log(opened, closed, organisation=cast.organisation)
    withdrawal = new_event(
        "correction", corrects=closure.pk, reason="wrong corridor", data={"withdraw": True}
    )

    log(withdrawal, organisation=cast.organisation, now=NOON + timedelta(minutes=2))

    assert CorridorState.objects.get().operator_status == "OPEN"


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_repeats_leave_one_row_and_equal_answers(cast: Cast, road: Road) -> None:
    event = new_event("corridor.closed", corridor=road.corridor.pk)

    def send(_: int) -> str:
        try:
            (result,) = record_each(
                events=[event], organisation=cast.organisation, by=None, clock=CLOCK
            )
            return f"{result.event_id}"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=10) as pool:
        answers = set(pool.map(send, range(50)))

    assert answers == {str(LogEvent.objects.get().pk)}
    assert OutboxRow.objects.count() == len(OutboxRow.Consumer)
