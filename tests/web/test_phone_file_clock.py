"""The times of a phone's file are set right by what is sure, and by what a person says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road
from tests.web.phones import Phone, base64url, sealed_to
from tests.web.test_phone_files import line, logged
from tests.web.test_phone_send import plan

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NEARLY = timedelta(seconds=90)


@pytest.fixture
def phone(cast: Cast, road: Road) -> Phone:
    plan(cast, road)
    return Phone().sign_in(cast.monitor)


@pytest.fixture
def desk(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.dispatcher)
    return client


def held(phone: Phone, *, ago: timedelta) -> dict[str, Any]:
    return phone.entry("convoy.held", next=True, ago=ago)


def take(desk: Client, *lines: str, **more: str) -> Any:
    sent = {"text": "\n".join(lines), "take": "1", **more}
    return desk.post(reverse("phone_take"), sent, follow=True)


def look(desk: Client, *lines: str, **more: str) -> Any:
    return desk.post(reverse("phone_take"), {"text": "\n".join(lines), **more})


def typed(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(settings.FIELD_TIME_ZONE)):%Y-%m-%d %H:%M}"


def off() -> timedelta:
    """Return by how much the only entry was moved."""
    (entry,) = logged()
    return entry.ordered_at - entry.occurred_at


def age() -> timedelta:
    (entry,) = logged()
    return timezone.now() - entry.ordered_at


def test_a_file_from_the_future_is_moved_back_by_as_much_as_is_sure(
    phone: Phone, desk: Client
) -> None:
    phone.wrong = 2 * HOUR
    entry = held(phone, ago=20 * MINUTE)

    take(desk, phone.clock_line(), line(entry))

    assert abs(off() + 2 * HOUR) < NEARLY
    assert abs(age() - 20 * MINUTE) < NEARLY


def test_how_long_the_file_travelled_is_not_taken_for_a_slow_clock(
    phone: Phone, desk: Client
) -> None:
    entry = held(phone, ago=5 * HOUR)

    take(desk, phone.clock_line(ago=4 * HOUR), line(entry))

    assert off() == timedelta(0)


def test_a_person_may_say_what_a_right_clock_showed_when_it_was_made(
    phone: Phone, desk: Client
) -> None:
    phone.wrong = -3 * HOUR
    entry = held(phone, ago=HOUR)
    right = timezone.now() - 30 * MINUTE

    take(desk, phone.clock_line(ago=30 * MINUTE), line(entry), right=typed(right))

    assert abs(off() - 3 * HOUR) < NEARLY
    assert abs(age() - HOUR) < NEARLY


def test_what_the_phone_knew_of_its_clock_is_offered_on_the_first_look_alone(
    phone: Phone, desk: Client
) -> None:
    phone.wrong = -3 * HOUR
    shift = {"shift": int(3 * HOUR / timedelta(milliseconds=1))}
    lines = (phone.clock_line(ago=HOUR, **shift), line(held(phone, ago=2 * HOUR)))

    first = look(desk, *lines)
    again = look(desk, *lines, right="", again="1")

    offered = first.context["form"].initial["right"]
    assert abs(timezone.now() - HOUR - offered) < NEARLY
    assert "its times are moved on 3 h" in first.content.decode()
    assert again.context["form"].initial["right"] is None
    assert "The phone’s clock said" in again.content.decode()
    assert logged() == []


def test_what_the_phone_knew_moves_nothing_that_nobody_has_seen(phone: Phone, desk: Client) -> None:
    lines = (phone.clock_line(shift=7_200_000), line(held(phone, ago=5 * HOUR)))

    take(desk, *lines)

    assert off() == timedelta(0)


def test_an_entry_of_a_clock_that_was_set_back_since_came_before_the_file(
    phone: Phone, desk: Client
) -> None:
    phone.wrong = HOUR
    entry = held(phone, ago=timedelta(0))
    phone.wrong = timedelta(0)

    page = take(desk, phone.clock_line(ago=10 * MINUTE), line(entry))

    assert abs(age() - 10 * MINUTE) < NEARLY
    assert "it came before the file" in page.content.decode()


def test_an_age_that_the_phone_measured_is_surer_than_its_clock(phone: Phone, desk: Client) -> None:
    phone.wrong = HOUR
    entry = held(phone, ago=timedelta(0))
    phone.wrong = timedelta(0)
    ages = {entry["id"]: int(40 * MINUTE / timedelta(milliseconds=1))}

    page = take(desk, phone.clock_line(ago=10 * MINUTE, ages=ages), line(entry))

    assert abs(age() - 50 * MINUTE) < NEARLY
    assert "it came before the file" not in page.content.decode()


def test_codes_scanned_in_any_order_share_the_clock(phone: Phone, desk: Client) -> None:
    phone.wrong = 2 * HOUR
    entries = [held(phone, ago=30 * MINUTE), phone.entry("note", note="Snow", ago=10 * MINUTE)]

    take(desk, line(entries[0]), phone.clock_line(), line(entries[1]))

    moved = [each.ordered_at - each.occurred_at for each in logged()]
    assert len(moved) == 2
    assert all(abs(each + 2 * HOUR) < NEARLY for each in moved)


def test_files_of_two_phones_have_each_their_own_clock(phone: Phone, desk: Client) -> None:
    ahead = [phone.entry("note", note="One", ago=10 * MINUTE)]
    phone.wrong = 2 * HOUR
    clock = phone.clock_line()
    moved = phone.entry("note", note="Two", ago=10 * MINUTE)
    phone.wrong = timedelta(0)

    take(desk, phone.clock_line(), line(ahead[0]), clock, line(moved))

    by_note = {each.data["note"]: each.ordered_at - each.occurred_at for each in logged()}
    assert by_note["One"] == timedelta(0)
    assert abs(by_note["Two"] + 2 * HOUR) < NEARLY


@pytest.mark.parametrize("lines", ["none", "two"])
def test_a_right_time_needs_one_clock_that_it_can_set(
    phone: Phone, desk: Client, lines: str
) -> None:
    entry, other = held(phone, ago=MINUTE), held(phone, ago=2 * MINUTE)
    clocks = [phone.clock_line(), phone.clock_line()] if lines == "two" else ["", ""]

    answer = take(desk, clocks[0], line(entry), clocks[1], line(other), right="00:00")

    assert answer.status_code == 422
    assert "take one file that tells" in answer.content.decode()
    assert logged() == []


def test_a_right_time_that_has_not_come_yet_is_refused(phone: Phone, desk: Client) -> None:
    entry = held(phone, ago=MINUTE)

    answer = take(desk, phone.clock_line(), line(entry), right=typed(timezone.now() + HOUR))

    assert answer.status_code == 422
    assert "This time has not come yet." in answer.content.decode()


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"[]",
        b'{"v":2,"now":"2026-01-01T00:00:00Z"}',
        b'{"v":1,"now":"soon"}',
        b'{"v":1,"now":"2026-01-01T00:00:00"}',
        b'{"v":1,"now":"0001-01-01T00:00:00Z"}',
        b'{"v":1,"now":"2026-01-01T00:00:00Z","shift":1e300}',
        b'{"v":1,"now":"2026-01-01T00:00:00Z","ages":{"x":-1}}',
        b'{"v":1,"now":"2026-01-01T00:00:00Z","now":"\\ud800"}',
    ],
)
def test_a_line_about_the_clock_that_says_nothing_stops_no_entry(
    phone: Phone, desk: Client, plain: bytes
) -> None:
    entry, line_id = held(phone, ago=MINUTE), str(uuid4())
    sealed = base64url(sealed_to(phone.key(), plain, entry_id=line_id))

    take(desk, f"NOW1.{line_id}.{sealed}", line(entry))

    assert off() == timedelta(0)


def test_one_sealed_for_another_line_is_not_read(phone: Phone, desk: Client) -> None:
    phone.wrong = 2 * HOUR
    clock = phone.clock_line().replace("NOW1.", "").partition(".")[2]
    phone.wrong = timedelta(0)

    take(desk, f"NOW1.{uuid4()}.{clock}", line(held(phone, ago=MINUTE)))

    assert off() == timedelta(0)
