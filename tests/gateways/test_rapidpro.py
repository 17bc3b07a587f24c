"""The channel of RapidPro's shape, and a flow's webhook: proof, repeats, and what is answered."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road
from tests.gateways.senders import body_of, make_convoy
from tests.gateways.telephones import (
    NUMBER,
    SECRET,
    Telephone,
    deliver,
    make_gateway,
    make_telephone,
)
from tracker.devices.models import RawMessage
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent, Via

pytestmark = pytest.mark.usefixtures("exercise")

State = RawMessage.State


@pytest.fixture
def phone(cast: Cast, road: Road) -> Telephone:
    make_convoy(cast, road, at=field_now())
    return make_telephone(cast, make_gateway(cast))


def _post(phone: Telephone, body: bytes, **headers: str) -> HttpResponse:
    return Client(raise_request_exception=False).generic(
        "POST",
        f"/in/rapidpro/{phone.token}",
        body,
        content_type="application/json",
        headers={"Authorization": f"Token {SECRET}", **headers},
    )


def _flow(text: str) -> bytes:
    """Return what goflow sends by default, as "Call Webhook" of a flow."""
    return json.dumps(
        {
            "contact": {
                "uuid": "ba96bf7f-bc2a-4873-a7c7-254d1927c4e3",
                "name": "Monitor",
                "urn": f"tel:{NUMBER}",
            },
            "flow": {"uuid": "c6c1f1a2-0b0b-4f1f-9a53-3f0a1f7f2d11", "name": "Report"},
            "results": {"message": {"value": text, "category": "Has Text"}},
        }
    ).encode()


def _reports() -> int:
    return LogEvent.objects.filter(via=Via.SMS).count()


def test_one_message_a_hundred_times_is_one_entry_and_one_answer(phone: Telephone) -> None:
    text = f"{phone.code()} C7 CP3 HELD"

    answers = [deliver(phone.token, text, message_id="m-100").json() for _turn in range(100)]

    assert _reports() == 1
    assert {answer["reply"] for answer in answers} == {answers[0]["reply"]}
    assert [answer["is_repeat"] for answer in answers] == [False, *[True] * 99]
    assert RawMessage.objects.count() == 1


def test_another_body_under_the_same_id_is_a_conflict(phone: Telephone) -> None:
    deliver(phone.token, f"{phone.code()} C7 CP3 HELD", message_id="m-1")

    answer = deliver(phone.token, f"{phone.code()} C7 DEP", message_id="m-1")

    assert (answer.status_code, answer.json()) == (409, {"outcome": "conflict", "reply": ""})
    assert _reports() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_copies_at_once_are_one_entry(phone: Telephone) -> None:
    text = f"{phone.code()} C7 CP3 HELD"

    answers = set(_at_once(50, lambda _turn: deliver(phone.token, text, message_id="m-50")))

    assert answers == {"OK 1: C7 CP3 HELD 12:31, reported by SMS. Wrong? Send NO 1"}
    assert _reports() == 1


@pytest.mark.django_db(transaction=True)
def test_of_ten_messages_at_once_with_one_code_one_is_believed(phone: Telephone) -> None:
    code = phone.code()

    _at_once(
        10, lambda turn: deliver(phone.token, f"{code} C7 COUNT {turn + 10}", message_id=f"{turn}")
    )

    assert _reports() == 1
    waiting = RawMessage.objects.filter(state=State.QUARANTINED)
    assert set(waiting.values_list("reason", flat=True)) == {"bad_code"}
    assert waiting.count() == 9


def _at_once(number: int, send: Callable[[int], HttpResponse]) -> list[str]:
    """Send so many requests at the same time and return the answers."""

    def one(turn: int) -> str:
        try:
            return str(json.loads(send(turn).content)["reply"])
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=number) as pool:
        return list(pool.map(one, range(number)))


def test_a_get_with_everything_in_the_query_is_taken(phone: Telephone) -> None:
    answer = Client().get(
        f"/in/rapidpro/{phone.token}/receive",
        {"sender": NUMBER, "text": f"{phone.code()} C7 CP3 HELD", "time": "2022-04-01T09:20:00Z"},
        headers={"Authorization": f"Bearer {SECRET}"},
    )

    assert answer.json()["outcome"] == "taken"
    assert _reports() == 1


def test_a_flow_gets_the_answer_that_it_can_say(phone: Telephone) -> None:
    answer = _post(phone, _flow(f"{phone.code()} C7 CP3 HELD"))

    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"].find("no-store") >= 0
    assert len(answer.content) < 10_000
    assert answer.json() == {  # type: ignore[attr-defined]  # of the test client
        "outcome": "taken",
        "reply": "OK 1: C7 CP3 HELD 12:31, reported by SMS. Wrong? Send NO 1",
        "ref": "1",
        "is_repeat": False,
    }


def test_what_a_flow_sends_is_kept_byte_for_byte(phone: Telephone) -> None:
    body = _flow("hello")

    _post(phone, body)

    raw = RawMessage.objects.get()
    assert (body_of(raw), raw.sha256) == (body, sha256(body).hexdigest())


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"{",
        b"[]",
        b'{"contact": 7, "results": []}',
        b'{"contact": {"urn": "tel:+380501234567"}, "results": {}}',
        b'{"from": 7, "text": "C7 HELD"}',
        b"\xff\xfe\x00",
        b"&" * 5000,
    ],
)
def test_what_cannot_be_read_is_kept_for_a_person(phone: Telephone, body: bytes) -> None:
    answer = _post(phone, body)

    assert answer.status_code == 200
    assert RawMessage.objects.get().state == State.QUARANTINED


@pytest.mark.parametrize("shown", ["", "Token", "Token wrong", f"Basic {SECRET}", SECRET])
def test_without_the_secret_nothing_is_kept(phone: Telephone, shown: str) -> None:
    answer = _post(phone, _flow("C7 HELD"), Authorization=shown)

    assert answer.status_code == 401
    assert not RawMessage.objects.exists()


def _signed(body: bytes, *, age: timedelta, secret: str = SECRET) -> dict[str, Any]:
    stamp = str(int((timezone.now() - age).timestamp()))
    signed = hmac.new(secret.encode(), f"msg_1.{stamp}.".encode() + body, sha256).digest()
    return {
        "Authorization": "",
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,AAAA v1,{base64.b64encode(signed).decode()}",
    }


@pytest.mark.parametrize(
    ("age_s", "secret", "expected"),
    [(0, SECRET, 200), (290, SECRET, 200), (360, SECRET, 401), (-360, SECRET, 401), (0, "x", 401)],
)
def test_a_signed_message_is_refused_once_it_is_six_minutes_old(
    phone: Telephone, age_s: int, secret: str, expected: int
) -> None:
    body = _flow(f"{phone.code()} C7 CP3 HELD")

    answer = _post(phone, body, **_signed(body, age=timedelta(seconds=age_s), secret=secret))

    assert answer.status_code == expected
    assert _reports() == (1 if expected == 200 else 0)


def test_a_look_at_the_address_and_a_body_too_long_leave_nothing(phone: Telephone) -> None:
    look = _post(phone, b"")
    long = _post(phone, b"x" * 70_000)

    assert (look.status_code, long.status_code) == (200, 413)
    assert not RawMessage.objects.exists()


def test_no_number_is_readable_in_the_database_the_logs_or_the_answers(
    phone: Telephone, caplog: pytest.LogCaptureFixture
) -> None:
    digits = NUMBER.removeprefix("+")
    texts = (f"C7 CP3 HELD call {NUMBER}", "HELP", "C7 COUNT 40", f"SOS {NUMBER}", "NO 1")
    answers = [phone.say(text) for text in texts]
    answers.append(phone.send(f"no code {digits}"))
    answers.append(deliver(phone.token, "SOS", number="+380679876543").content.decode())

    dump = _dump() + caplog.text
    assert digits not in dump
    assert "380679876543" not in dump
    assert not any(digits in answer or "380679876543" in answer for answer in answers)


def _dump() -> str:
    """Return everything that the tables hold, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'public' AND table_name LIKE 'tracker_%'"
        )
        names = [name for (name,) in cursor.fetchall()]
        found = []
        for name in names:
            cursor.execute(f'SELECT t::text FROM "{name}" t')
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found)
