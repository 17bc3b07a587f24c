"""Whatever proven telephones send, the door answers, and no good news enters the log."""

from __future__ import annotations

import random

import pytest

from tests.cast import Cast
from tests.factories import Road
from tests.gateways.senders import make_convoy
from tests.gateways.telephones import make_gateway, make_telephone
from tests.lib.test_sms_fuzz import mutated
from tracker.devices.models import RawMessage
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent, Via
from tracker.intake.registry import CORRECTION_KIND, KINDS

pytestmark = pytest.mark.usefixtures("exercise")

TAKEN_AS = {
    *("convoy.arrived_at", "convoy.departed", "convoy.held", "convoy.cleared"),
    *("convoy.turned_back", "people.counted", "contact.made", "sos", "note", CORRECTION_KIND),
}


def _send_at_random(cast: Cast, road: Road, *, number: int) -> None:
    make_convoy(cast, road, at=field_now())
    phone = make_telephone(cast, make_gateway(cast))
    dice = random.Random(number)
    for _turn in range(number):
        said = mutated(dice)
        text = said.decode("latin-1") if isinstance(said, bytes) else said
        # A lone surrogate cannot travel in a form.
        phone.say(text.encode("utf-8", "replace").decode())
    assert {answer.status_code for answer in phone.answers} == {200}
    assert RawMessage.objects.exclude(state=RawMessage.State.NEW).count() == number
    assert not RawMessage.objects.filter(reason="not_processed").exists()


def _check_log() -> None:
    kinds = set(LogEvent.objects.filter(via=Via.SMS).values_list("kind", flat=True))
    assert kinds <= TAKEN_AS
    assert not any(kind.is_good_news for name in kinds if (kind := KINDS.get(name)))
    cleared = LogEvent.objects.filter(via=Via.SMS, kind="convoy.cleared")
    assert not cleared.filter(checkpoint__isnull=True).exists()


def test_a_hundred_mangled_messages_with_good_codes_do_no_harm(cast: Cast, road: Road) -> None:
    _send_at_random(cast, road, number=100)

    _check_log()


@pytest.mark.drill
def test_three_thousand_mangled_messages_with_good_codes_do_no_harm(cast: Cast, road: Road) -> None:
    _send_at_random(cast, road, number=3000)

    _check_log()
