"""What a phone could not send is taken in from its file or its QR codes, once, as its owner's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road
from tests.web.phones import Phone
from tests.web.test_phone_send import plan
from tracker.devices.models import Device, RawMessage
from tracker.devices.operations import lose_device
from tracker.fieldlog.models import LogEvent


@pytest.fixture
def phone(cast: Cast, road: Road) -> Phone:
    plan(cast, road)
    return Phone().sign_in(cast.monitor)


@pytest.fixture
def desk(cast: Cast) -> Client:
    """Return the browser of the dispatcher, who did not write the entries."""
    client = Client()
    client.force_login(cast.dispatcher)
    return client


def line(entry: dict[str, Any]) -> str:
    return f"EVT1.{entry['id']}.{entry['seq']}.{entry['sealed']}"


def send(desk: Client, text: str, **more: Any) -> Any:
    return desk.post(reverse("phone_take"), {"text": text, "take": "1", **more}, follow=True)


def logged() -> list[LogEvent]:
    return list(LogEvent.objects.filter(via="phone").order_by("ordered_at"))


def test_entries_of_a_file_are_those_of_the_phones_owner(
    phone: Phone, desk: Client, cast: Cast
) -> None:
    entries = [
        phone.entry("convoy.arrived_at", next=True, ago=timedelta(minutes=9)),
        phone.entry("convoy.held", next=True, ago=timedelta(minutes=8)),
    ]

    page = send(desk, "\n".join(map(line, entries)))

    assert [each.by for each in logged()] == [cast.monitor, cast.monitor]
    assert {each.device_id for each in logged()} == {phone.started["phone"]}
    assert b"Convoy reached a checkpoint" in page.content
    assert page.content.count(b"Taken") == 2


def test_looking_at_what_is_in_it_takes_nothing(phone: Phone, desk: Client) -> None:
    text = line(phone.entry("convoy.held", next=True)) + " " + line(phone.entry("people.counted"))

    page = desk.post(reverse("phone_take"), {"text": text})

    assert b"Can be taken" in page.content
    assert b"Would wait for somebody" in page.content
    assert b"How many people?" in page.content
    assert logged() == []
    assert not RawMessage.objects.exists()


def test_what_was_sent_by_phone_as_well_stands_once(phone: Phone, desk: Client) -> None:
    entry = phone.entry("convoy.held", next=True)
    phone.send(entry)

    page = send(desk, f"Notes: {line(entry)}; {line(entry)}")

    assert len(logged()) == 1
    assert b"Was here already" in page.content


def test_a_file_is_taken_as_pasted_text_is(phone: Phone, desk: Client) -> None:
    file = SimpleUploadedFile("notes.txt", line(phone.entry("convoy.held")).encode())

    send(desk, "", file=file)

    assert len(logged()) == 1


def test_an_entry_that_only_names_a_phone_speaks_for_nobody_else(
    phone: Phone, desk: Client, cast: Cast
) -> None:
    convoy = phone.started["convoys"][0]["id"]
    forged = phone.entry("convoy.held", context=None, convoy=convoy)

    send(desk, line(forged))

    (entry,) = logged()
    assert (entry.by, entry.device_id) == (cast.dispatcher, "")


def test_what_a_lost_phone_holds_waits_for_a_person(phone: Phone, desk: Client) -> None:
    entry = phone.entry("convoy.held", next=True)
    lose_device(device=Device.objects.get(kind=Device.Kind.PHONE), at=timezone.now())

    page = send(desk, line(entry))

    assert logged() == []
    assert b"marked as lost" in page.content
    assert RawMessage.objects.get().reason == "phone_lost"


def test_what_was_written_for_another_organisation_is_not_taken(phone: Phone, cast: Cast) -> None:
    others = Client()
    others.force_login(cast.outsider)

    page = send(others, line(phone.entry("convoy.held", next=True)))

    assert logged() == []
    assert b"another organisation" in page.content


def test_a_damaged_line_stops_no_other(phone: Phone, desk: Client) -> None:
    good, bad = phone.entry("convoy.held"), f"EVT1.{uuid4()}.7.AAAA"

    page = send(desk, f"{bad}\n{line(good)}")

    assert len(logged()) == 1
    assert b"Cannot be opened; kept as it came" in page.content


@pytest.mark.parametrize("text", ["", "EVT1.", "hello", "EVT2.x.y.z", "\x00", "EVT1." * 5000])
def test_what_holds_no_entry_is_refused_in_words(desk: Client, text: str) -> None:
    page = send(desk, text)

    assert page.status_code == 422
    assert b"sum-err" in page.content
