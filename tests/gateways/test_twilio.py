"""What Twilio sends, signed as Twilio signs it, and the TwiML that it is answered with."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from hashlib import sha1, sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tests.cast import Cast
from tests.factories import Road
from tests.gateways.senders import make_channel, make_convoy
from tests.gateways.telephones import NUMBER, Telephone, make_telephone
from tracker.devices.models import Channel, RawMessage
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent, Via

pytestmark = pytest.mark.usefixtures("exercise")

AUTH_TOKEN = "12345678901234567890123456789012"
NOTHING = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


@pytest.fixture
def phone(cast: Cast, road: Road) -> Telephone:
    make_convoy(cast, road, at=field_now())
    _channel, token = make_channel(cast, Channel.Kind.TWILIO, secret=AUTH_TOKEN)
    return make_telephone(cast, token)


def _form(text: str, *, sid: str = "SM1") -> bytes:
    """Return the form of an incoming message as Twilio sends it."""
    return urlencode(
        {
            "ToCountry": "GB",
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "SmsSid": sid,
            "SmsStatus": "received",
            "Body": text,
            "To": "+447700900000",
            "NumSegments": "1",
            "MessageSid": sid,
            "AccountSid": "AC00000000000000000000000000000000",
            "From": NUMBER,
            "ApiVersion": "2010-04-01",
        }
    ).encode()


def _signature(url: str, body: bytes, hashed: Callable[..., Any] = sha1) -> str:
    """Sign as Twilio does: address, then each name and value in the order of the names."""
    fields = sorted(parse_qsl(body.decode(), keep_blank_values=True))
    text = url + "".join(f"{name}{value}" for name, value in fields)
    signed = hmac.new(AUTH_TOKEN.encode(), text.encode(), hashed).digest()
    return base64.b64encode(signed).decode()


def _send(
    phone: Telephone, body: bytes, *, url: str = "", signature: str | None = None, **headers: str
) -> HttpResponse:
    address = f"/in/twilio/{phone.token}"
    signed = _signature(url or f"{settings.PUBLIC_BASE_URL}{address}", body)
    shown = signed if signature is None else signature
    return Client(enforce_csrf_checks=True, raise_request_exception=False).generic(
        "POST",
        address,
        body,
        content_type="application/x-www-form-urlencoded; charset=UTF-8",
        headers={"X-Twilio-Signature": shown, **headers},
    )


def _reports() -> int:
    return LogEvent.objects.filter(via=Via.SMS).count()


def test_a_signed_message_is_taken_and_answered_in_twiml(phone: Telephone) -> None:
    answer = _send(phone, _form(f"{phone.code()} C7 CP3 HELD"))

    assert answer["Content-Type"].startswith("text/xml")
    assert answer.content == (
        b'<?xml version="1.0" encoding="UTF-8"?><Response><Message>'
        b"OK 1: C7 CP3 HELD 12:31, reported by SMS. Wrong? Send NO 1</Message></Response>"
    )
    assert _reports() == 1


def test_what_could_be_markup_is_escaped(phone: Telephone) -> None:
    answer = _send(phone, _form(f"{phone.code()} en attente"))

    assert b"par exemple C7 HELD" in answer.content
    assert b"&" not in answer.content.replace(b"&#x27;", b"").replace(b"&amp;", b"")


@pytest.mark.parametrize("signature", ["", "AAAA", "ключ", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="])
def test_a_wrong_signature_is_refused_and_nothing_is_kept(phone: Telephone, signature: str) -> None:
    answer = _send(phone, _form("C7 HELD"), signature=signature.encode().decode("latin-1"))

    assert answer.status_code == 401
    assert not RawMessage.objects.exists()


def test_the_signature_holds_for_the_public_address_alone(phone: Telephone) -> None:
    body = _form(f"{phone.code()} C7 CP3 HELD")
    elsewhere = f"https://elsewhere.example/in/twilio/{phone.token}"

    answer = _send(phone, body, url=elsewhere, **{"X-Forwarded-Host": "elsewhere.example"})

    assert answer.status_code == 401


def test_a_changed_body_is_refused(phone: Telephone) -> None:
    body = _form("C7 HELD")
    url = f"{settings.PUBLIC_BASE_URL}/in/twilio/{phone.token}"

    answer = _send(phone, body.replace(b"HELD", b"DEP"), signature=_signature(url, body))

    assert answer.status_code == 401


def test_the_newer_signature_by_sha_256_is_taken(phone: Telephone) -> None:
    body = _form(f"{phone.code()} C7 CP3 HELD")
    url = f"{settings.PUBLIC_BASE_URL}/in/twilio/{phone.token}"

    answer = _send(
        phone,
        body,
        signature=_signature(url, body, sha256),
        **{"X-Twilio-Webhooks-Signature-Settings": "key=WK1,algorithm=HMAC_SHA256"},
    )

    assert answer.status_code == 200
    assert _reports() == 1


def test_an_algorithm_nobody_knows_is_refused(phone: Telephone) -> None:
    answer = _send(
        phone,
        _form("C7 HELD"),
        **{"X-Twilio-Webhooks-Signature-Settings": "key=WK1,algorithm=NONE"},
    )

    assert answer.status_code == 401


def test_a_message_twilio_sends_again_is_answered_again_and_done_once(phone: Telephone) -> None:
    body = _form(f"{phone.code()} C7 CP3 HELD")

    answers = {bytes(_send(phone, body).content) for _turn in range(5)}
    conflict = _send(phone, _form(f"{phone.code()} C7 DEP"))

    assert len(answers) == 1
    assert conflict.status_code == 409
    assert _reports() == 1


def test_a_picture_alone_waits_for_a_person(phone: Telephone) -> None:
    answer = _send(phone, _form(phone.code()))

    assert RawMessage.objects.get().state == RawMessage.State.QUARANTINED
    assert b"Not understood" in answer.content


def test_a_form_without_what_a_message_has_is_kept_and_answered_with_nothing(
    phone: Telephone,
) -> None:
    answer = _send(phone, b"AccountSid=AC0")

    assert answer.content == NOTHING
    assert RawMessage.objects.get().reason == "not_understood"
