"""What becomes of short messages: taken from who proves themselves, left to a person otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.cast import Cast
from tests.factories import Road
from tests.gateways.senders import SENT_AT, make_convoy, report_for
from tests.gateways.telephones import Telephone, deliver, make_gateway, make_telephone
from tracker.convoys.models import Convoy, ConvoyState
from tracker.devices.models import RawMessage
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent, Via

pytestmark = pytest.mark.usefixtures("exercise")

State = RawMessage.State


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Convoy:
    return make_convoy(cast, road, at=field_now())


@pytest.fixture
def token(cast: Cast) -> str:
    return make_gateway(cast)


@pytest.fixture
def phone(cast: Cast, convoy: Convoy, token: str) -> Telephone:
    return make_telephone(cast, token)


def _sent() -> list[LogEvent]:
    return list(LogEvent.objects.filter(via=Via.SMS).order_by("received_at", "kind"))


def test_a_report_enters_the_log_as_reported_by_sms(
    phone: Telephone, convoy: Convoy, road: Road, cast: Cast
) -> None:
    answer = phone.say("C7 CP3 HELD 38/35 12:20")

    counted, held, seen = sorted(_sent(), key=lambda event: event.kind != "people.counted")
    held, seen = sorted((held, seen), key=lambda event: event.kind, reverse=True)
    raw = phone.raw()
    assert answer == "OK 1: C7 CP3 HELD 12:20, reported by SMS. Wrong? Send NO 1"
    assert (held.kind, counted.kind, seen.kind) == (
        "convoy.held",
        "people.counted",
        "contact.made",
    )
    assert (counted.data["people"], seen.data["vehicles_seen"]) == (35, 38)
    assert (held.convoy, held.checkpoint, held.by) == (convoy, road.kamianske, cast.monitor)
    assert held.device_id == phone.device.code
    assert held.occurred_at == datetime(2022, 4, 1, 9, 20, tzinfo=UTC)
    assert (raw.state, raw.understood["ref"]) == (State.TAKEN, "1")
    convoy.refresh_from_db()
    assert convoy.state == ConvoyState.HELD


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("C7 CP3 ARR", "convoy.arrived_at"),
        ("C7 DEP", "convoy.departed"),
        ("C7 CP3 стоїмо", "convoy.held"),
        ("C7 проехали CP3", "convoy.cleared"),
        ("C7 demi-tour", "convoy.turned_back"),
        ("C7 العدد ٤٠", "people.counted"),
        ("C7 SOS two wounded", "sos"),
    ],
)
def test_each_word_makes_its_entry(phone: Telephone, text: str, kind: str) -> None:
    phone.say(text)

    assert [event.kind for event in _sent()] == [kind]


def test_no_word_makes_an_entry_that_is_good_news(phone: Telephone) -> None:
    said = (
        "C7 ARR",
        "C7 arrived",
        "C7 CLEAR",
        "CP3 CLEAR",
        "C7 CP3 SAFE",
        "CP3 OPEN",
        "C7 ПРИБУЛИ",
    )

    for text in said:
        phone.say(text)

    assert _sent() == []
    waiting = RawMessage.objects.filter(device=phone.device, state=State.QUARANTINED)
    assert set(waiting.values_list("reason", flat=True)) == {"good_news"}
    assert waiting.count() == len(said)


def test_without_a_code_the_right_number_is_not_believed(phone: Telephone) -> None:
    answer = phone.send("C7 CP3 HELD 38/2950")

    raw = phone.raw()
    assert answer == "Code not accepted. Your message is kept apart. Contact the operations room."
    assert (raw.state, raw.reason) == (State.QUARANTINED, "no_code")
    assert raw.understood["convoy"] == "C7"
    assert _sent() == []


def test_a_number_nobody_registered_is_left_to_a_person(token: str, convoy: Convoy) -> None:
    answer = deliver(token, "123456 C7 CP3 HELD", number="+380670000000")

    raw = RawMessage.objects.get()
    assert answer.json()["reply"].startswith("This number is not registered.")
    assert (raw.state, raw.reason, raw.device) == (State.QUARANTINED, "unknown_number", None)
    assert _sent() == []


def test_a_stranger_is_answered_once_a_day_and_a_name_never(token: str, convoy: Convoy) -> None:
    numbers = ("+380670000000", "+380670000000", "+380670000001", "MTN")

    answers = [
        deliver(token, "hello", number=number, message_id=f"m-{at}").json()["reply"]
        for at, number in enumerate(numbers)
    ]

    assert [bool(answer) for answer in answers] == [True, False, True, False]


def test_each_code_holds_once(phone: Telephone) -> None:
    code = phone.code()

    phone.send(f"{code} C7 CP3 HELD")
    phone.send(f"{code} C7 CP3 DEP")

    assert [event.kind for event in _sent()] == ["convoy.held"]
    assert phone.raw().reason == "bad_code"


def test_a_code_within_ten_is_taken_and_those_before_it_hold_no_more(phone: Telephone) -> None:
    codes = [phone.code() for _number in range(12)]

    phone.send(f"{codes[9]} C7 CP3 HELD")
    phone.send(f"{codes[4]} C7 DEP")
    phone.send(f"{codes[10]} C7 BACK")

    assert [event.kind for event in _sent()] == ["convoy.held", "convoy.turned_back"]
    phone.device.refresh_from_db()
    assert phone.device.counter == 11


def test_a_code_beyond_ten_is_refused(phone: Telephone) -> None:
    codes = [phone.code() for _number in range(11)]

    phone.send(f"{codes[10]} C7 CP3 HELD")

    assert _sent() == []


def test_after_twenty_wrong_codes_none_is_believed_for_an_hour(phone: Telephone) -> None:
    for number in range(20):
        phone.send(f"{number:06d} C7 CP3 DEP")

    phone.say("C7 CP3 HELD")

    assert _sent() == []
    assert phone.raw().reason == "bad_code"


def test_a_copy_under_another_id_is_answered_and_does_nothing(phone: Telephone) -> None:
    code = phone.code()
    phone.send(f"{code} C7 CP3 HELD")

    answer = phone.send(f"{code} C7 CP3 HELD")

    assert answer == "We already have this message: 1. Nothing more to do."
    assert phone.raw().state == State.REPEAT
    assert len(_sent()) == 1


def test_what_the_telephone_reports_for_need_not_be_named(phone: Telephone, convoy: Convoy) -> None:
    report_for(phone.device, convoy, since=SENT_AT - timedelta(hours=1))

    answer = phone.say("CP3 стоим")

    assert answer == "OK 1: C7 CP3 HELD 12:31. Ошибка? NO 1"
    assert [event.convoy for event in _sent()] == [convoy]


def test_without_any_convoy_it_asks_which(phone: Telephone) -> None:
    answer = phone.say("CP3 HELD")

    assert answer == "Which convoy? Send again with its code, for example C7 HELD"
    assert phone.raw().reason == "which_convoy"


def test_an_unknown_convoy_or_checkpoint_is_not_guessed(phone: Telephone) -> None:
    answer = phone.say("C99 HELD")
    phone.say("C7 CP99 HELD")

    reasons = RawMessage.objects.filter(device=phone.device).values_list("reason", flat=True)
    assert answer.startswith("Convoy C99 is not known.")
    assert set(reasons) == {"unknown_convoy", "unknown_checkpoint"}
    assert _sent() == []


def test_a_time_that_has_not_come_is_not_logged(phone: Telephone) -> None:
    answer = phone.say("C7 CP3 HELD 15:00")

    assert answer.startswith("The time 15:00 is in the future.")
    assert phone.raw().state == State.REFUSED
    assert _sent() == []


@pytest.mark.parametrize(
    ("sent_at", "expected"),
    [
        ("2022-04-01T12:05:00+03:00", "09:05"),
        ("2022-04-01 09:05:00", "09:05"),
        ("2026-01-01T00:00:00Z", "09:31"),
        ("yesterday", "09:31"),
    ],
)
def test_without_a_time_the_gateways_counts_where_it_can_be(
    phone: Telephone, sent_at: str, expected: str
) -> None:
    phone.say("C7 CP3 HELD", date=sent_at)

    assert f"{_sent()[0].occurred_at:%H:%M}" == expected


def test_no_and_the_number_take_a_report_back(phone: Telephone, convoy: Convoy) -> None:
    phone.say("C7 CP3 HELD 38/35")

    answer = phone.say("NO 1")

    corrections = LogEvent.objects.filter(kind="correction", via=Via.SMS)
    convoy.refresh_from_db()
    assert answer == "Taken back 1: C7 HELD."
    assert {each.corrects.kind for each in corrections if each.corrects} == {
        "convoy.held",
        "people.counted",
        "contact.made",
    }
    assert convoy.state == ConvoyState.MOVING


def test_taken_back_twice_is_taken_back_once(phone: Telephone) -> None:
    phone.say("C7 CP3 HELD")

    answers = {phone.say("NO 1") for _turn in range(2)}

    assert answers == {"Taken back 1: C7 HELD."}
    assert LogEvent.objects.filter(kind="correction").count() == 1


def test_what_was_taken_in_part_is_taken_back_too(phone: Telephone) -> None:
    phone.say("C7 CP3 HELD 38/2950")

    answer = phone.say("NO 1")

    assert answer == "Taken back 1: C7 HELD."
    assert LogEvent.objects.filter(kind="correction").count() == 2


def test_a_number_that_was_never_given_takes_nothing_back(phone: Telephone) -> None:
    phone.say("C7 CP3 HELD")

    phone.say("NO 7")

    assert not LogEvent.objects.filter(kind="correction").exists()
    assert phone.raw().reason == "reference_unknown"


def test_words_after_a_question_about_missing_people_become_a_note(phone: Telephone) -> None:
    phone.say("C7 CP1 COUNT 40")
    question = phone.say("C7 CP3 COUNT 38")

    answer = phone.say("two went to hospital with the ambulance of the mission")

    note = LogEvent.objects.get(kind="note", via=Via.SMS)
    assert question == (
        "OK 2: C7 38 of 40. Difference 2 not explained. Do you know why? Reply with the reason."
    )
    assert note.data["note"] == "two went to hospital with the ambulance of the mission"
    assert answer == "OK 3: your reason is noted for C7. Wrong? Send NO 3"


def test_words_that_answer_nothing_are_left_to_a_person(phone: Telephone) -> None:
    answer = phone.say("two went to hospital")

    assert answer.startswith("Not understood. A person will read it.")
    assert not LogEvent.objects.filter(kind="note").exists()


def test_the_status_is_told_with_how_sure_it_is(phone: Telephone) -> None:
    answer = phone.say("C7 STATUS")

    assert answer == (
        "M-Z: not known, not confirmed. Last word -. This is not permission to travel."
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MENU", "ARR DEP HELD CLEAR BACK COUNT. Example: C7 CP3 HELD 38/2950. In danger: SOS"),
        ("STOP", "Do you want no more messages? Send YES. Has the convoy stopped? Send C7 HELD"),
        ("C7 ПОВЕРНУЛИ", "Що саме: BACK чи DEP? Надішліть одне. Небезпека: SOS"),
        ("C7 détenu", "Que voulez-vous dire : HELD ou SOS ? Envoyez un des deux. En danger : SOS"),
    ],
)
def test_what_can_be_meant_in_two_ways_is_asked(phone: Telephone, text: str, expected: str) -> None:
    answer = phone.say(text)

    assert answer == expected
    assert _sent() == []


def test_who_left_or_may_not_log_reports_nothing(cast: Cast, token: str, convoy: Convoy) -> None:
    viewer = make_telephone(cast, token, user=cast.viewer, number="+380670000001")
    gone = make_telephone(cast, token, user=cast.coordinator, number="+380670000002")
    cast.coordinator.is_active = False
    type(cast.coordinator).objects.filter(pk=cast.coordinator.pk).update(is_active=False)

    viewer.say("C7 CP3 HELD")
    gone.say("C7 CP3 HELD")

    assert _sent() == []
    assert {viewer.raw().reason, gone.raw().reason} == {"not_permitted"}


def test_the_answer_to_english_codes_is_in_the_persons_own_language(
    cast: Cast, phone: Telephone
) -> None:
    type(cast.monitor).objects.filter(pk=cast.monitor.pk).update(language="uk")

    answer = phone.say("C7 CP3 HELD")

    assert answer == "OK 1: C7 CP3 HELD 12:31. Помилка? NO 1"


def test_a_number_that_is_a_slip_leaves_the_stop_in_the_log_and_waits(phone: Telephone) -> None:
    phone.say("C7 CP3 HELD 38/2950")

    raw = phone.raw()
    assert {event.kind for event in _sent()} == {"convoy.held", "contact.made"}
    assert (raw.state, raw.reason) == (State.QUARANTINED, "refused_slip_people_convoy")
