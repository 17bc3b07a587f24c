"""What Africa's Talking, SMSSync and Telegram send, as their documents and clients have it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse

from tests.cast import Cast
from tests.factories import Road
from tests.gateways.senders import body_of, get, make_channel, make_convoy, post
from tests.gateways.telephones import NUMBER, SECRET, Telephone, make_telephone
from tracker.devices.models import Channel, RawMessage
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent, Via

pytestmark = pytest.mark.usefixtures("exercise")

State = RawMessage.State
FORM = "application/x-www-form-urlencoded"
TAKEN = "OK 1: C7 CP3 HELD 12:31, reported by SMS. Wrong? Send NO 1"
CHAT = 40
PERSON = 3333


def _phone(cast: Cast, road: Road, kind: Channel.Kind, number: str = NUMBER) -> Telephone:
    make_convoy(cast, road, at=field_now())
    secret = "" if kind == Channel.Kind.AFRICASTALKING else SECRET
    _channel, token = make_channel(cast, kind, secret=secret)
    return make_telephone(cast, token, number=number)


def _reports() -> list[LogEvent]:
    return list(LogEvent.objects.filter(via=Via.SMS))


@pytest.fixture
def african(cast: Cast, road: Road) -> Telephone:
    return _phone(cast, road, Channel.Kind.AFRICASTALKING)


def _african(phone: Telephone, **fields: str) -> HttpResponse:
    return post(f"/in/africastalking/{phone.token}", urlencode(fields), content_type=FORM)


@pytest.mark.parametrize("date", ["2022-04-01T09:20:45Z", "2022-04-01 09:20:45"])
def test_africas_talking_is_answered_with_nothing_and_its_time_counts(
    african: Telephone, date: str
) -> None:
    sent = {
        "linkId": "SampleLinkId123",
        "text": f"{african.code()} C7 CP3 HELD",
        "to": "28901",
        "id": "c0fc4d1d-2f6c-4a3e-9b65-3d29e9b6f6a1",
        "date": date,
        "from": NUMBER,
    }

    answers = [_african(african, **sent) for _turn in range(3)]

    (report,) = _reports()
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, b"")}
    assert report.occurred_at == datetime(2022, 4, 1, 9, 20, 45, tzinfo=UTC)
    assert RawMessage.objects.get().reply.startswith("OK 1: C7 CP3 HELD 12:20")


def test_a_receipt_is_kept_and_set_aside(african: Telephone) -> None:
    for status in ("Sent", "Success"):
        _african(african, id="ATXid_1", status=status, phoneNumber=NUMBER, networkCode="63902")

    raws = RawMessage.objects.all()
    assert {(raw.state, raw.reason) for raw in raws} == {(State.IGNORED, "delivery_report")}
    assert len(raws) == 2


def test_a_sender_with_a_name_is_nobody_of_ours(african: Telephone) -> None:
    answer = _african(african, id="1", text="You have won", to="28901", **{"from": "MTN"})

    assert answer.content == b""
    assert RawMessage.objects.get().reason == "unknown_number"


@pytest.fixture
def syncing(cast: Cast, road: Road) -> Telephone:
    return _phone(cast, road, Channel.Kind.SMSSYNC)


def _sync(phone: Telephone, text: str, **fields: str) -> HttpResponse:
    sent = {
        "from": NUMBER,
        "message": text,
        "message_id": "80",
        "sent_to": "+380670000000",
        "secret": SECRET,
        "device_id": "1",
        "sent_timestamp": "1648804800000",
        **fields,
    }
    return post(f"/in/smssync/{phone.token}", urlencode(sent), content_type=FORM)


def test_smssync_gets_exactly_the_answer_that_it_understands(syncing: Telephone) -> None:
    text = f"{syncing.code()} C7 CP3 HELD"

    answers = {_sync(syncing, text).content for _turn in range(3)}

    (report,) = _reports()
    assert answers == {b'{"payload":{"success":true,"error":null}}'}
    assert report.occurred_at == datetime(2022, 4, 1, 9, 20, tzinfo=UTC)


def test_smssync_fetches_each_answer_once(syncing: Telephone) -> None:
    _sync(syncing, f"{syncing.code()} C7 CP3 HELD")
    raw = RawMessage.objects.get()

    first = get(f"/in/smssync/{syncing.token}?task=send").content
    second = json.loads(get(f"/in/smssync/{syncing.token}?task=send").content)

    assert json.loads(first) == {
        "payload": {
            "task": "send",
            "secret": SECRET,
            "messages": [
                {"to": NUMBER, "message": TAKEN.replace("12:31", "12:20"), "uuid": str(raw.pk)}
            ],
        }
    }
    assert second["payload"]["messages"] == []


def test_what_smssync_tells_of_its_queue_is_confirmed(syncing: Telephone) -> None:
    answer = post(
        f"/in/smssync/{syncing.token}?task=sent", {"queued_messages": ["aada21b0-0615-4957"]}
    )

    assert answer.content == b'{"message_uuids":["aada21b0-0615-4957"]}'


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_without_its_secret_smssync_is_refused(syncing: Telephone, secret: str) -> None:
    answer = _sync(syncing, "C7 HELD", secret=secret)

    assert answer.status_code == 401
    assert json.loads(answer.content)["payload"]["success"] is False
    assert not RawMessage.objects.exists()


def test_another_text_under_the_id_of_smssync_is_a_conflict(syncing: Telephone) -> None:
    _sync(syncing, f"{syncing.code()} C7 CP3 HELD")

    answer = _sync(syncing, f"{syncing.code()} C7 DEP")

    assert answer.status_code == 409
    assert len(_reports()) == 1


@pytest.fixture
def chatting(cast: Cast, road: Road) -> Telephone:
    return _phone(cast, road, Channel.Kind.TELEGRAM, f"telegram:{PERSON}")


def _update(update_id: int, **message: Any) -> dict[str, Any]:
    """Return an update as the Bot API describes it."""
    return {
        "update_id": update_id,
        "message": {
            "message_id": 41,
            "from": {"id": PERSON, "is_bot": False, "first_name": "M", "username": "monitor"},
            "chat": {"id": CHAT, "first_name": "M", "type": "private"},
            "date": 1648804800,
            **message,
        },
    }


def _chat(phone: Telephone, body: Any, *, secret: str = SECRET) -> HttpResponse:
    return post(f"/in/telegram/{phone.token}", body, HTTP_X_TELEGRAM_BOT_API_SECRET_TOKEN=secret)


def test_telegram_is_answered_in_the_chat_and_an_update_counts_once(chatting: Telephone) -> None:
    update = _update(946249, text=f"{chatting.code()} C7 CP3 HELD")

    answers = [json.loads(_chat(chatting, update).content) for _turn in range(3)]

    told = {
        "method": "sendMessage",
        "chat_id": CHAT,
        "text": TAKEN.replace("12:31", "12:20"),
    }
    assert answers == [told, told, told]
    assert len(_reports()) == 1
    assert json.loads(body_of(RawMessage.objects.get())) == update


def test_a_place_or_a_changed_message_of_telegram_is_set_aside(chatting: Telephone) -> None:
    place = _update(1, location={"latitude": 47.1, "longitude": 37.5, "live_period": 60})
    changed = {"update_id": 2, "edited_message": _update(2, text="C7 HELD")["message"]}

    answers = [_chat(chatting, body) for body in (place, changed, {"update_id": 3})]

    assert {(answer.status_code, answer.content) for answer in answers} == {(200, b"")}
    assert set(RawMessage.objects.values_list("state", flat=True)) == {State.IGNORED}


def test_the_bot_tells_who_greets_it_by_which_name_to_be_registered(chatting: Telephone) -> None:
    answer = json.loads(_chat(chatting, _update(1, text="/start")).content)

    assert answer["text"] == f"telegram:{PERSON}"
    assert not RawMessage.objects.exists()


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_without_its_secret_telegram_is_refused(chatting: Telephone, secret: str) -> None:
    answer = _chat(chatting, _update(1, text="C7 HELD"), secret=secret)

    assert answer.status_code == 401
    assert not RawMessage.objects.exists()


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"message": 7}', b'{"update_id": []}', b"\xff"])
def test_what_is_no_update_does_no_harm(chatting: Telephone, body: bytes) -> None:
    answer = _chat(chatting, body)

    assert (answer.status_code, answer.content) == (200, b"")
    assert _reports() == []
