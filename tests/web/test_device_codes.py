"""Codes of a telephone: shown to who manages devices, in order, others when a list is lost."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road
from tests.gateways.senders import make_convoy
from tests.gateways.telephones import Telephone, make_gateway, make_telephone
from tests.web.sending import send
from tracker.devices.models import Device, RawMessage
from tracker.devices.operations import revoke_device
from tracker.devices.queries import device_by_number
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent, Via


@pytest.fixture
def phone(cast: Cast, road: Road) -> Telephone:
    make_convoy(cast, road, at=field_now())
    return make_telephone(cast, make_gateway(cast))


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    client.force_login(cast.dispatcher)
    return client


def _page(device: Device) -> str:
    return reverse("device_codes", args=[device.pk])


def _codes(answer: HttpResponse) -> list[str]:
    return re.findall(r'<b class="code">(\d{6})</b>', answer.content.decode())


def test_the_page_shows_no_code_before_somebody_asks(desk: Client, phone: Telephone) -> None:
    answer = desk.get(_page(phone.device))

    assert _codes(answer) == []
    assert "no-store" in answer["Cache-Control"]


def test_the_list_begins_with_the_next_code_and_each_of_them_holds(
    desk: Client, phone: Telephone
) -> None:
    phone.say("C7 CP3 HELD")

    codes = _codes(desk.post(_page(phone.device)))
    phone.send(f"{codes[0]} C7 CP3 PASSED")
    phone.send(f"{codes[1]} C7 BACK")

    kinds = LogEvent.objects.filter(via=Via.SMS).order_by("received_at").values_list("kind")
    assert len(codes) == len(set(codes)) == 60
    assert [kind for (kind,) in kinds] == ["convoy.held", "convoy.cleared", "convoy.turned_back"]


def test_once_a_list_is_lost_none_of_its_codes_holds(desk: Client, phone: Telephone) -> None:
    old = _codes(desk.post(_page(phone.device)))

    new = _codes(desk.post(_page(phone.device), {"renew": "on"}))
    phone.send(f"{old[0]} C7 CP3 HELD")
    phone.send(f"{new[0]} C7 CP3 HELD")

    states = RawMessage.objects.order_by("received_at").values_list("state", flat=True)
    assert not set(old) & set(new[:5])
    assert list(states) == [RawMessage.State.QUARANTINED, RawMessage.State.TAKEN]


def test_only_a_telephone_in_use_has_codes(desk: Client, phone: Telephone) -> None:
    revoke_device(device=phone.device, at=field_now())

    assert desk.get(_page(phone.device)).status_code == 404


@pytest.mark.usefixtures("road")
def test_a_message_that_no_machine_may_take_is_taken_by_a_person(
    desk: Client, cast: Cast, phone: Telephone
) -> None:
    phone.send("C7 CP3 ARR")
    raw = RawMessage.objects.get()

    board = desk.get(reverse("board"))
    page = desk.get(reverse("report", args=[raw.pk]))
    answer = send(desk, reverse("report", args=[raw.pk]))

    entry = LogEvent.objects.get(via=Via.SMS)
    assert b'<a href="/reports/"><b>1</b> to sort</a>' in board.content
    assert b"C7 CP3 ARR" in page.content
    assert phone.number.removeprefix("+").encode() not in page.content
    assert answer.status_code == 302
    assert (entry.kind, entry.by, entry.device_id) == (
        "convoy.arrived_at",
        cast.dispatcher,
        phone.device.code,
    )
    assert entry.checkpoint is not None
    assert entry.checkpoint.code == "CP3"


def test_a_telegram_account_is_registered_by_the_name_that_the_bot_tells(
    desk: Client, cast: Cast
) -> None:
    typed = {"label": "Chat", "number": "telegram:123456789", "user": cast.monitor.pk}

    answer = send(desk, reverse("telephone_new"), **typed)

    assert answer.status_code == 302
    found = device_by_number(
        "telegram:123456789", organisation=cast.organisation, at=timezone.now()
    )
    assert found is not None
    assert found.label == "Chat"
