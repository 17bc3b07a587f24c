"""A word alone that answers our question speaks of what the asked message spoke of."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.factories import Road
from tests.gateways.senders import make_convoy
from tests.gateways.telephones import Telephone, make_gateway, make_telephone
from tracker.convoys.models import Convoy
from tracker.devices.models import RawMessage
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent, Via

pytestmark = pytest.mark.usefixtures("exercise")

State = RawMessage.State


@pytest.fixture
def phone(cast: Cast, road: Road) -> Telephone:
    make_convoy(cast, road, at=field_now())
    return make_telephone(cast, make_gateway(cast))


def _sent() -> list[LogEvent]:
    return list(LogEvent.objects.filter(via=Via.SMS).order_by("kind"))


def test_the_answer_takes_convoy_place_and_number_from_the_question(phone: Telephone) -> None:
    phone.say("C7 CP3 ПОВЕРНУЛИ 2/40")
    asked = phone.raw()

    answer = phone.say("BACK")

    asked.refresh_from_db()
    back = next(event for event in _sent() if event.kind == "convoy.turned_back")
    assert answer == "OK 1: C7 CP3 BACK 12:31, reported by SMS. Wrong? Send NO 1"
    assert {event.kind for event in _sent()} == {
        "contact.made",
        "convoy.turned_back",
        "people.counted",
    }
    assert back.convoy == Convoy.objects.get()
    assert back.checkpoint is not None
    assert back.occurred_at == asked.field_at
    assert (asked.state, asked.reason) == (State.IGNORED, "answered")


def test_what_may_be_a_call_for_help_waits_on_though_it_was_answered(phone: Telephone) -> None:
    phone.say("C7 CP3 ЗАТРИМАЛИ")
    asked = phone.raw()

    phone.say("HELD")

    asked.refresh_from_db()
    assert [event.kind for event in _sent()] == ["convoy.held"]
    assert asked.state == State.QUARANTINED


def test_a_number_that_was_itself_in_doubt_counts_nobody(phone: Telephone) -> None:
    phone.say("C7 2 people left")

    phone.say("DEP")

    assert [event.kind for event in _sent()] == ["convoy.departed"]


@pytest.mark.parametrize("between", ["", "C7 CP1 HELD"])
def test_a_word_that_was_not_asked_for_is_asked_about_anew(phone: Telephone, between: str) -> None:
    phone.say("C7 CP3 ПОВЕРНУЛИ")
    if between:
        phone.say(between)

    answer = phone.say("BACK" if between else "HELD")

    assert answer.startswith("Which convoy?")


def test_a_question_to_somebody_unproven_gives_an_answer_nothing(phone: Telephone) -> None:
    phone.send("C7 CP3 ПОВЕРНУЛИ")

    answer = phone.say("BACK")

    assert answer.startswith("Which convoy?")
    assert _sent() == []


def test_road_free_is_no_question_that_a_word_could_answer(phone: Telephone) -> None:
    phone.say("C7 CP3 SAFE")

    phone.say("CLEAR")
    phone.say("ARR")

    assert _sent() == []
