"""What a phone sends survives repeats at once, poisoned items, clocks that jump and a full disk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.api.callers import Caller, caller_for, event
from tests.cast import Cast
from tests.factories import Road, make_road
from tracker.convoys.models import Convoy, ConvoyState
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent
from tracker.outbox.models import OutboxRow

SLUG = "mariupol-zaporizhzhia"
AT_ONCE = 50


def planned(caller: Caller, *, at: datetime) -> UUID:
    """Plan a convoy and return its id."""
    plan = event("convoy.planned", at=at, corridor=SLUG, data={"code": "MZ-1"})
    return UUID(caller.post("events", plan).json()["created"]["convoy"])


@pytest.mark.django_db(transaction=True)
def test_the_same_event_fifty_times_at_once_is_one_row_and_fifty_equal_answers(
    cast: Cast, road: Road
) -> None:
    caller = caller_for(cast.dispatcher)
    sent = event("corridor.closed", at=field_now(), corridor=SLUG, reason="shelling")

    def post(_number: int) -> tuple[int, dict[str, Any]]:
        try:
            answer = Caller(caller.key, type(caller.client)()).post("events", sent)
            return answer.status_code, answer.json()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        answers = list(pool.map(post, range(AT_ONCE)))

    stored = LogEvent.objects.get()
    assert sorted(code for code, _ in answers) == [200] * (AT_ONCE - 1) + [201]
    assert {answer["event"] for _, answer in answers} == {str(stored.pk)}
    assert OutboxRow.objects.count() == len(OutboxRow.Consumer)


def test_the_same_id_means_nothing_in_another_organisation(cast: Cast, road: Road) -> None:
    make_road(operator=cast.other_organisation, slug="another")
    sent = event("corridor.closed", at=field_now(), corridor=SLUG, reason="shelling")
    caller_for(cast.dispatcher).post("events", sent)

    answer = caller_for(cast.outsider).post(
        "events", {**sent, "corridor": "another", "reason": "mines"}
    )

    assert answer.status_code == 201
    assert LogEvent.objects.filter(client_id=sent["id"]).count() == 2


def test_seven_poisoned_items_of_a_hundred_stop_none_of_the_others(cast: Cast, road: Road) -> None:
    caller = caller_for(cast.dispatcher)
    start = field_now() - timedelta(hours=2)
    planned(caller, at=start)
    items: list[Any] = [
        event("contact.made", at=start + timedelta(seconds=n), convoy="MZ-1") for n in range(100)
    ]
    poisons: dict[int, Any] = {
        3: {**items[3], "kind": "no.such_kind"},
        17: {**items[17], "data": {"vehicles_seen": "three"}},
        31: {**items[31], "occurred_at": "2022-04-01T08:00:00"},
        44: {**items[44], "convoy": "NOBODY"},
        58: {**items[58], "reason": "a \x00 in it"},
        76: ["not", "an", "object"],
        99: {**items[99], "id": "no id"},
    }
    for place, poison in poisons.items():
        items[place] = poison

    first = caller.post("events/batch", {"events": items}).json()["results"]
    second = caller.post("events/batch", {"events": items}).json()["results"]

    refused = [place for place, each in enumerate(first) if each["outcome"] == "rejected"]
    assert refused == sorted(poisons)
    assert all(first[place]["problems"] for place in poisons)
    assert [each["outcome"] for each in first].count("created") == 93
    assert [each["outcome"] for each in second].count("duplicate") == 93
    assert LogEvent.objects.filter(kind="contact.made").count() == 93


@pytest.mark.parametrize("table", ["tracker_logevent", "tracker_outboxrow", "tracker_convoy"])
def test_a_full_disk_stores_nothing_and_tells_the_phone_to_keep_it(
    cast: Cast, road: Road, table: str
) -> None:
    caller = caller_for(cast.dispatcher)
    at = field_now() - timedelta(minutes=30)
    planned(caller, at=at)
    sent = event("convoy.departed", at=at + timedelta(minutes=1), convoy="MZ-1")
    before = (LogEvent.objects.count(), OutboxRow.objects.count())
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
            "'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION no_room()"
        )

    answer = caller.post("events", sent)

    assert answer.status_code == 507
    assert answer["Content-Type"] == "application/problem+json"
    assert "Keep it on the phone" in answer.json()["detail"]
    assert (LogEvent.objects.count(), OutboxRow.objects.count()) == before
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER no_room ON {table}")
    assert caller.post("events", sent).status_code == 201


def test_an_age_orders_entries_between_which_the_clock_of_the_phone_jumped(
    cast: Cast, road: Road
) -> None:
    caller = caller_for(cast.dispatcher)
    now = field_now()
    planned(caller, at=now - timedelta(hours=3))
    # The phone was ten hours ahead when it left; its clock was set right before it was held.
    left = event(
        "convoy.departed", at=now + timedelta(hours=8), convoy="MZ-1", seq=1, age_ms=7_200_000
    )
    held = event("convoy.held", at=now - timedelta(hours=1), convoy="MZ-1", seq=2, age_ms=3_600_000)

    answer = caller.post(
        "events/batch", {"device_id": "p1", "now": now.isoformat(), "events": [held, left]}
    )

    assert {each["time_disputed"] for each in answer.json()["results"]} == {False}
    assert list(LogEvent.objects.order_by("ordered_at").values_list("kind", flat=True)[1:]) == [
        "convoy.departed",
        "convoy.held",
    ]
    assert Convoy.objects.get().state == ConvoyState.HELD


def test_the_sequence_of_the_phone_orders_what_it_logged_in_one_moment(
    cast: Cast, road: Road
) -> None:
    caller = caller_for(cast.dispatcher)
    now = field_now()
    planned(caller, at=now - timedelta(hours=3))
    at = now - timedelta(hours=1)
    left = event("convoy.departed", at=at, convoy="MZ-1", seq=1)
    held = event("convoy.held", at=at, convoy="MZ-1", seq=2)

    caller.post("events/batch", {"device_id": "p1", "events": [held, left]})

    assert Convoy.objects.get().state == ConvoyState.HELD
