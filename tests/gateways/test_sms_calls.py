"""Calls for help by short message: told at once, whoever they come from, logged when proven."""

from __future__ import annotations

import pytest

from tests.alerts.scenes import expand_all
from tests.cast import Cast
from tests.factories import Road
from tests.gateways.senders import make_convoy
from tests.gateways.telephones import Telephone, deliver, make_gateway, make_telephone
from tracker.alerts.models import Alert, Delivery
from tracker.alerts.wording import message_for, title_of
from tracker.convoys.models import Convoy
from tracker.devices.models import RawMessage
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent, Via

pytestmark = pytest.mark.usefixtures("exercise")


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Convoy:
    return make_convoy(cast, road, at=field_now())


@pytest.fixture
def token(cast: Cast) -> str:
    return make_gateway(cast)


@pytest.fixture
def phone(cast: Cast, convoy: Convoy, token: str) -> Telephone:
    return make_telephone(cast, token)


def test_a_call_for_help_is_not_taken_back_by_message(phone: Telephone) -> None:
    phone.say("C7 SOS")

    phone.say("NO 1")

    assert not LogEvent.objects.filter(kind="correction").exists()
    assert phone.raw().reason == "call_taken_back"


def test_a_call_for_help_alerts_the_desk_from_the_log(phone: Telephone, convoy: Convoy) -> None:
    answer = phone.say("C7 SOS two wounded")

    expand_all(at=field_now(), exercise="1 April 2022")
    alert = Alert.objects.get(kind="emergency")
    assert answer.startswith("SOS received 12:31, number 1.")
    assert (alert.convoy, alert.facts["says"]) == (convoy, "C7 SOS two wounded")


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("HELP", "may_be", "sos_may_be_help"),
        ("C7 ЗАТРИМАЛИ двох", "may_be", "sos_may_be_help"),
        ("SOS", "sos", "sos_unassigned"),
    ],
)
def test_what_may_be_a_cry_for_help_is_told_at_once(
    cast: Cast, phone: Telephone, text: str, kind: str, reason: str
) -> None:
    phone.say(text)

    alert = Alert.objects.get(kind="emergency")
    assert alert.facts["kind"] == kind
    assert phone.raw().reason == reason
    assert {each.user for each in Delivery.objects.filter(alert=alert)} >= {cast.dispatcher}


@pytest.mark.parametrize("is_registered", [True, False])
def test_a_call_for_help_without_a_code_is_told_once_and_not_logged(
    cast: Cast, token: str, convoy: Convoy, is_registered: bool
) -> None:
    if is_registered:
        make_telephone(cast, token)

    for number in range(3):
        deliver(token, "C7 SOS", message_id=f"m-{number}")

    alert = Alert.objects.get(kind="emergency")
    assert alert.facts["code"] == ("Phone 67" if is_registered else "+380…67")
    assert not LogEvent.objects.filter(via=Via.SMS).exists()
    assert RawMessage.objects.filter(reason__startswith="sos_").count() == 3


def test_the_desk_reads_who_may_be_calling_and_what_to_do(
    cast: Cast, phone: Telephone, convoy: Convoy
) -> None:
    phone.say("C7 ЗАТРИМАЛИ двох")

    alert = Alert.objects.get(kind="emergency")
    delivery = Delivery.objects.filter(alert=alert, user=cast.dispatcher).get()
    message = message_for(delivery, at=field_now())
    assert title_of(alert) == "C7 (Phone 67) may be calling for help"
    assert "C7 (Phone 67) may be calling for help: " in message.body
    assert "Call back and ask." in message.body
    assert "Words sent with it: C7 ЗАТРИМАЛИ двох" in message.body


def test_a_call_of_nobody_known_is_told_without_a_road(
    cast: Cast, token: str, convoy: Convoy
) -> None:
    deliver(token, "SOS", number="+380670000000")

    delivery = Delivery.objects.filter(user=cast.dispatcher).get()
    message = message_for(delivery, at=field_now())
    assert message.subject.endswith("+380…00 calls for help")
    assert "Corridor:" not in message.body
