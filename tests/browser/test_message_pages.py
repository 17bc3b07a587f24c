"""Codes of a telephone and messages to sort in a real browser: desk, phone, right to left."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.browser.chromium import DESK, PHONE_DARK, OpenContext, TakePicture
from tests.browser.test_convoy_pages import html_of, judge
from tests.cast import Cast
from tests.factories import Road
from tests.gateways.senders import make_convoy
from tests.gateways.telephones import Telephone, make_gateway, make_telephone
from tracker.exercises.clock import field_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(cast: Cast, road: Road) -> Telephone:
    make_convoy(cast, road, at=field_now())
    phone = make_telephone(cast, make_gateway(cast))
    phone.say("C7 CP3 آمن 38/2950")
    phone.send("HELP")
    return phone


def _html(client: Client, cast: Cast, phone: Telephone, name: str, language: str) -> str:
    if name == "codes-shown":
        client.force_login(cast.dispatcher)
        address = reverse("device_codes", args=[phone.device.pk])
        answer = client.post(address, headers={"accept-language": language})
        return answer.content.decode()
    address = {
        "codes": reverse("device_codes", args=[phone.device.pk]),
        "reports": reverse("report_list"),
        "report": reverse("report", args=[phone.raw().pk]),
    }[name]
    return html_of(client, cast.dispatcher, address, language=language)


@pytest.mark.parametrize("name", ["codes", "codes-shown", "reports", "report"])
def test_each_page_reads_on_a_desk_and_a_phone_and_from_right_to_left(
    client: Client,
    cast: Cast,
    phone: Telephone,
    open_context: OpenContext,
    take_picture: TakePicture,
    name: str,
) -> None:
    html = _html(client, cast, phone, name, "en")
    arabic = _html(client, cast, phone, name, "ar")

    found = {
        str(screen): judge(open_context, take_picture, screen, html, f"messages-{name}")
        for screen in (DESK, PHONE_DARK)
    }
    found["ar"] = judge(open_context, take_picture, DESK, arabic, f"messages-{name}-ar")

    assert found == {str(DESK): [], str(PHONE_DARK): [], "ar": []}
