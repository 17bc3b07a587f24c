"""The page that takes entries from a phone's file, in a real browser: on a desk and on a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.browser.chromium import DESK, PHONE_DARK, OpenContext, TakePicture
from tests.browser.test_convoy_pages import judge
from tests.cast import Cast
from tests.factories import Road
from tests.web.phones import Phone
from tests.web.test_phone_send import plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(cast: Cast, road: Road) -> Phone:
    plan(cast, road)
    return Phone().sign_in(cast.monitor)


def _line(phone: Phone, kind: str, **said: Any) -> str:
    entry = phone.entry(kind, ago=timedelta(minutes=9), **said)
    return f"EVT1.{entry['id']}.{entry['seq']}.{entry['sealed']}"


def _page(client: Client, cast: Cast, phone: Phone, name: str, *, language: str) -> str:
    client.force_login(cast.dispatcher)
    headers = {"accept-language": language}
    text = "\n".join(
        [
            _line(phone, "convoy.held", next=True),
            _line(phone, "people.counted", people=3000),
            f"EVT1.{uuid4()}.7.AAAA",
        ]
    )
    typed = {"text": text} | ({"take": "1"} if name == "done" else {})
    answer = client.post(reverse("phone_take"), typed, headers=headers, follow=True)
    return answer.content.decode()


@pytest.mark.parametrize("name", ["check", "done"])
def test_each_page_reads_on_a_desk_and_a_phone(
    client: Client,
    cast: Cast,
    phone: Phone,
    open_context: OpenContext,
    take_picture: TakePicture,
    name: str,
) -> None:
    html = _page(client, cast, phone, name, language="en")

    found = {
        str(screen): judge(open_context, take_picture, screen, html, f"phone-files-{name}")
        for screen in (DESK, PHONE_DARK)
    }

    assert found == {str(DESK): [], str(PHONE_DARK): []}
