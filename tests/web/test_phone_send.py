"""What a phone sealed and sent stands in the log once, at its own time, as its owner's word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road, log, new_event
from tests.web.phones import Phone
from tracker.convoys.models import Convoy, ConvoyState
from tracker.devices.models import Device, RawMessage
from tracker.devices.sorting import take
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent

SECOND = timedelta(seconds=1)


def plan(cast: Cast, road: Road, code: str = "M1") -> UUID:
    """Let a convoy with one bus of 50 seats leave six hours ago."""
    convoy, at = uuid4(), field_now() - timedelta(hours=6)
    planned = {"code": code, "route": str(road.route.pk), "contact_interval_min": 1440}
    bus = {"code": "B1", "seats": 50}
    log(
        new_event("convoy.planned", at=at, data=planned, convoy=convoy, corridor=road.corridor.pk),
        new_event("vehicle.added", at=at, data=bus, convoy=convoy, vehicle=uuid4()),
        new_event("convoy.departed", at=at + SECOND, convoy=convoy),
        organisation=cast.organisation,
        by=cast.coordinator,
        now=at,
    )
    return convoy


@pytest.fixture
def convoy(cast: Cast, road: Road) -> UUID:
    return plan(cast, road)


@pytest.fixture
def phone(cast: Cast, convoy: UUID) -> Phone:
    return Phone().sign_in(cast.monitor)


def outcomes(phone: Phone, *entries: Any) -> list[str]:
    return [result["outcome"] for result in phone.results(*entries)]


def entry_of(kind: str) -> LogEvent:
    return LogEvent.objects.get(kind=kind, via="phone")


def test_a_sealed_tap_becomes_an_entry_of_its_owner(phone: Phone, cast: Cast, convoy: UUID) -> None:
    tapped = phone.entry("convoy.held", reason="No reason given.", part="head")

    (result,) = phone.results(tapped)

    held = entry_of("convoy.held")
    assert result == {
        "id": tapped["id"],
        "outcome": "received",
        "problems": [],
        "readable": None,
    }
    assert (held.convoy_id, held.by, held.via) == (convoy, cast.monitor, "phone")
    assert (held.device_id, held.device_seq) == (phone.started["phone"], 1)
    assert (held.reason, held.data["part"]) == ("No reason given.", "head")
    assert Convoy.objects.get().state == ConvoyState.HELD
    assert not RawMessage.objects.exists()


def test_a_lost_answer_and_two_tabs_leave_one_entry(phone: Phone) -> None:
    tapped = phone.entry("convoy.arrived_at", next=True)

    first = outcomes(phone, tapped)
    again = outcomes(phone, tapped, tapped)

    assert (first, again) == (["received"], ["repeat", "repeat"])
    assert LogEvent.objects.filter(via="phone").count() == 1


@pytest.mark.parametrize("wrong_h", [-12, 12])
def test_a_clock_wrong_by_half_a_day_is_put_right(phone: Phone, wrong_h: int) -> None:
    phone.wrong = timedelta(hours=wrong_h)

    phone.send(phone.entry("contact.made", ago=timedelta(hours=2)))

    said = entry_of("contact.made")
    assert abs(said.ordered_at - (field_now() - timedelta(hours=2))) < 5 * SECOND
    assert abs(said.occurred_at - said.ordered_at - phone.wrong) < 5 * SECOND
    assert not said.time_disputed


def test_an_age_that_the_page_measured_outweighs_a_clock_that_was_set_since(phone: Phone) -> None:
    tapped = phone.entry("contact.made", ago=timedelta(hours=2), age_ms=600_000)

    phone.send(tapped)

    assert abs(entry_of("contact.made").ordered_at - (field_now() - timedelta(minutes=10))) < (
        5 * SECOND
    )


def test_the_server_works_out_the_next_checkpoint_of_each_entry(phone: Phone, road: Road) -> None:
    minutes = [
        phone.entry(kind, ago=timedelta(minutes=ago), next=True)
        for kind, ago in (
            ("convoy.arrived_at", 60),
            ("convoy.departed", 50),
            ("convoy.arrived_at", 30),
            ("convoy.held", 20),
        )
    ]

    found = outcomes(phone, *reversed(minutes))

    entries = LogEvent.objects.filter(via="phone").order_by("ordered_at")
    assert found == ["received"] * 4
    assert [(each.kind, each.checkpoint_id) for each in entries] == [
        ("convoy.arrived_at", road.tokmak.pk),
        ("convoy.cleared", road.tokmak.pk),
        ("convoy.arrived_at", road.vasylivka.pk),
        ("convoy.held", road.vasylivka.pk),
    ]
    assert all(each.data["assumed"] for each in entries)


def test_a_count_told_with_a_move_is_an_entry_of_its_own(phone: Phone) -> None:
    phone.send(phone.entry("convoy.held", next=True, people=38, note="All well."))

    assert entry_of("people.counted").data["people"] == 38
    assert entry_of("convoy.held").data["note"] == "All well."


def test_a_slip_needs_its_owner_and_is_taken_once_put_right(phone: Phone, convoy: UUID) -> None:
    slip = phone.entry("people.counted", people=3000)
    (refused,) = phone.results(slip)
    waiting = phone.start().json()["refused"]
    right = phone.entry("people.counted", people=30, entry_id=slip["id"])

    taken = outcomes(phone, right)

    assert refused["outcome"] == "needs_you"
    assert "3000 people" in refused["problems"][0]
    assert refused["readable"]["people"] == 3000
    assert refused["readable"]["title"] == "People counted"
    assert [(each["id"], each["problems"]) for each in waiting] == [
        (slip["id"], refused["problems"])
    ]
    assert taken == ["received"]
    assert RawMessage.objects.get().state == RawMessage.State.TAKEN
    assert phone.start().json()["refused"] == []


def test_an_odd_number_is_confirmed_by_the_same_entry(phone: Phone, convoy: UUID) -> None:
    bus = str(LogEvent.objects.get(kind="vehicle.added").vehicle_id)
    odd = phone.entry("people.counted", people=60, vehicle=bus)
    (asked,) = phone.results(odd)

    sure = phone.entry("people.counted", people=60, vehicle=bus, confirmed=True, entry_id=odd["id"])
    taken = outcomes(phone, sure)

    assert (asked["outcome"], asked["readable"]["asks"], taken) == ("needs_you", True, ["received"])


def test_garbage_stops_no_other_and_is_kept_as_it_came(phone: Phone) -> None:
    good = phone.entry("convoy.held", next=True)
    garbage = {"id": str(uuid4()), "seq": 1, "sealed": "AAAA", "age_ms": None}
    stray = phone.entry("convoy.held") | {"id": str(uuid4())}

    found = outcomes(phone, garbage, good, stray)

    assert found == ["unreadable", "received", "unreadable"]
    kept = RawMessage.objects.filter(gateway="phone", state=RawMessage.State.QUARANTINED)
    assert {each.message_id for each in kept} == {garbage["id"], stray["id"]}


def test_entries_of_one_moment_keep_the_order_of_the_phone(phone: Phone) -> None:
    phone.wrong = timedelta(0)
    at = phone.now.isoformat()
    first, second = phone.entry("convoy.held", at=at), phone.entry("convoy.cleared", at=at)

    phone.send(second, first)

    assert Convoy.objects.get().state == ConvoyState.MOVING


def test_two_phones_of_one_person_are_two_devices(phone: Phone, cast: Cast) -> None:
    other = Phone().sign_in(cast.monitor)

    phone.send(phone.entry("contact.made"))
    other.send(other.entry("convoy.held"))

    assert Device.objects.filter(kind=Device.Kind.PHONE, user=cast.monitor).count() == 2
    assert entry_of("contact.made").device_id != entry_of("convoy.held").device_id


def test_what_the_desk_took_in_its_own_words_is_not_taken_again(phone: Phone, cast: Cast) -> None:
    slip = phone.entry("people.counted", people=3000)
    phone.send(slip)
    take(raw=RawMessage.objects.get(), by=cast.dispatcher, at=timezone.now())

    again = outcomes(phone, phone.entry("people.counted", people=30, entry_id=slip["id"]))

    assert again == ["repeat"]
    assert not LogEvent.objects.filter(via="phone").exists()


def test_the_same_id_with_other_words_changes_nothing_and_says_so(phone: Phone) -> None:
    tapped = phone.entry("convoy.held", note="One hour.")
    phone.send(tapped)

    (other,) = phone.results(phone.entry("convoy.held", note="No.", entry_id=tapped["id"]))

    assert (other["outcome"], entry_of("convoy.held").data["note"]) == ("needs_you", "One hour.")
    assert "stands already" in other["problems"][0]


def test_a_full_disk_leaves_everything_on_the_phone(phone: Phone) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.full() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER is_full BEFORE INSERT ON tracker_logevent "
            "FOR EACH ROW EXECUTE FUNCTION pg_temp.full()"
        )

    answer = phone.send(phone.entry("convoy.held"))

    assert (answer.status_code, answer.json()["problem"]) == (507, "full")
    assert not RawMessage.objects.exists()


def test_a_day_of_taps_costs_few_statements_each(
    phone: Phone, django_assert_max_num_queries: Any
) -> None:
    day = [
        phone.entry(
            "contact.made", ago=timedelta(minutes=n), convoy=phone.started["convoys"][0]["id"]
        )
        for n in range(100)
    ]

    with django_assert_max_num_queries(45):
        found = outcomes(phone, *day)

    assert found == ["received"] * 100
