"""What people wrote in old short messages is forgotten, but not what somebody may still need."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from tests.cast import Cast
from tests.factories import Road, log, new_event
from tests.gateways.senders import make_convoy
from tests.gateways.telephones import Telephone, deliver, make_gateway, make_telephone
from tracker.convoys.models import Convoy
from tracker.devices.models import RawMessage
from tracker.devices.sorting import set_aside
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent, Via

pytestmark = pytest.mark.usefixtures("exercise")


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Convoy:
    return make_convoy(cast, road, at=field_now())


@pytest.fixture
def phone(cast: Cast, convoy: Convoy) -> Telephone:
    return make_telephone(cast, make_gateway(cast))


def forget(*, days_later: int, days: int = 365) -> str:
    """Run the command as it would run so much later: the messages are made that much older."""
    for raw in RawMessage.objects.all():
        older = raw.received_at - timedelta(days=days_later)
        RawMessage.objects.filter(pk=raw.pk).update(received_at=older)
    out = StringIO()
    call_command("forget_messages", days=days, stdout=out)
    return out.getvalue()


def test_the_words_of_a_message_go_after_a_year_and_its_entries_and_hash_stay(
    phone: Telephone,
) -> None:
    phone.say("C7 CP3 HELD 38/35 12:20")
    before = phone.raw()

    within_the_year = forget(days_later=364)
    after_it = forget(days_later=2)

    raw = phone.raw()
    assert within_the_year == "Emptied 0 messages older than 365 days.\n"
    assert after_it == "Emptied 1 messages older than 365 days.\n"
    assert (bytes(raw.body_sealed), raw.contact_sealed, raw.reply) == (b"", None, "")
    assert raw.sha256 == before.sha256
    assert set(raw.understood) == {"ref", "events"}
    assert LogEvent.objects.filter(pk__in=raw.understood["events"], via=Via.SMS).count() == 3


def test_a_number_that_was_given_out_does_not_come_round_again(phone: Telephone) -> None:
    phone.say("C7 DEP")
    forget(days_later=400)

    answer = phone.say("C7 CP3 ARR")

    assert answer.startswith("OK 2: ")


def test_what_waits_for_a_person_stays_as_it_came(phone: Telephone) -> None:
    phone.say("where are the buses")

    said = forget(days_later=4000)

    assert said == "Emptied 0 messages older than 365 days.\n"
    assert bytes(phone.raw().body_sealed) != b""


def test_what_was_told_of_a_convoy_that_an_incident_names_stays(
    phone: Telephone, convoy: Convoy, cast: Cast, road: Road
) -> None:
    phone.say("C7 CP3 HELD")
    incident = new_event(
        "incident.reported",
        at=field_now(),
        incident=uuid4(),
        corridor=road.corridor.pk,
        convoy=convoy.pk,
        data={"alleged": "Shots at the column."},
    )
    log(incident, organisation=cast.organisation)

    said = forget(days_later=400)

    assert said == "Emptied 0 messages older than 365 days.\n"


def test_what_a_telephone_sent_that_called_for_help_stays(phone: Telephone) -> None:
    phone.say("C7 CP3 ARR")
    phone.say("C7 SOS")

    said = forget(days_later=400)

    assert said == "Emptied 0 messages older than 365 days.\n"


def test_a_call_by_a_telephone_that_nobody_knows_stays_after_it_was_put_aside(
    phone: Telephone, cast: Cast
) -> None:
    deliver(phone.token, "SOS", number="+380509999999")
    deliver(phone.token, "hello", number="+380508888888", message_id="m-1")
    for raw in RawMessage.objects.all():
        set_aside(raw=raw, by=cast.dispatcher, at=raw.received_at, reason="nothing_in_it")

    said = forget(days_later=400)

    assert said == "Emptied 1 messages older than 365 days.\n"


@pytest.mark.parametrize("days", [0, 29, 36_501])
def test_less_than_a_month_is_refused(days: int) -> None:
    with pytest.raises(CommandError, match="from 30 to 36500"):
        call_command("forget_messages", days=days)
