"""Each message goes out once, the most urgent first, and what failed says how."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from tests.alerts.scenes import MACHINE_NOW, clock, expand_all, subscribe
from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.alerts.channels.outgoing import DeliveryError, Message
from tracker.alerts.models import Alert, AlertState, Delivery
from tracker.alerts.sending import ATTEMPTS, pause_before, send_due

pytestmark = pytest.mark.django_db
State = Delivery.State


class Sink:
    """A way out that keeps what it got, and may do something on the way or fail."""

    def __init__(self, on_send: Callable[[Message], None] | None = None) -> None:
        self.got: list[Message] = []
        self.to_files: list[bool] = []
        self._on_send = on_send

    def __call__(self, to_files: bool) -> Sink:
        self.to_files.append(to_files)
        return self

    def send(self, message: Message) -> None:
        if self._on_send:
            self._on_send(message)
        self.got.append(message)

    def close(self) -> None:
        pass


def failing(error: DeliveryError) -> Sink:
    def fail(_message: Message) -> None:
        raise error

    return Sink(fail)


def send_all(sink: Sink, *, owner: int = 1, exercise: str = "", minutes: int = 0) -> int:
    sent = 0
    now = MACHINE_NOW + timedelta(minutes=minutes)
    while count := send_due(clock=clock(exercise=exercise), now=now, owner=owner, open_outlet=sink):
        sent += count
    return sent


def told(road: Road, cast: Cast, kind: str, *, minute: int = 0, exercise: str = "") -> None:
    at = NOON + timedelta(minutes=minute)
    log(new_event(kind, corridor=road.corridor.pk, at=at), organisation=cast.organisation)
    expand_all(at=at, exercise=exercise)


def test_each_recipient_gets_one_message_and_the_row_says_when(cast: Cast, road: Road) -> None:
    subscribe("reader@example.net")
    told(road, cast, "corridor.closed")
    sink = Sink()

    count = send_all(sink)

    addresses = sorted(message.to for message in sink.got)
    assert addresses == [
        "coordinator@example.org",
        "dispatcher@example.org",
        "reader@example.net",
        "verifier@example.org",
    ]
    assert count == 4
    assert set(Delivery.objects.values_list("state", "sent_at")) == {(State.SENT, MACHINE_NOW)}


def test_nothing_is_sent_twice(cast: Cast, road: Road) -> None:
    told(road, cast, "corridor.closed")
    send_all(Sink())
    again = Sink()

    assert send_all(again, minutes=60) == 0
    assert again.got == []


def test_bad_news_overtakes_good_news(cast: Cast, road: Road) -> None:
    told(road, cast, "corridor.confirmed")
    log(
        new_event("checkpoint.reported", checkpoint=road.vasylivka.pk, data={"status": "CLOSED"}),
        organisation=cast.organisation,
    )
    expand_all()
    sink = Sink()

    send_all(sink)

    firsts = [message.subject for message in sink.got[:3]]
    assert all("reported closed" in subject for subject in firsts)


def test_good_news_that_waited_too_long_is_withdrawn_and_not_sent(cast: Cast, road: Road) -> None:
    told(road, cast, "corridor.confirmed")
    sink = Sink()

    send_all(sink, minutes=61)

    assert sink.got == []
    assert set(Delivery.objects.values_list("state", "error")) == {(State.CANCELLED, "too late")}


def test_a_message_overtaken_between_claim_and_send_is_withdrawn(cast: Cast, road: Road) -> None:
    told(road, cast, "corridor.confirmed")

    def close_the_road_once(_message: Message) -> None:
        if not sink.got:
            told(road, cast, "corridor.closed", minute=1)

    sink = Sink(close_the_road_once)

    send_all(sink)

    by_person: dict[str, list[str]] = {}
    for message in sink.got:
        by_person.setdefault(message.to, []).append(message.subject.rpartition(": ")[2])
    assert sorted(by_person.values()) == [["closed"], ["closed"], ["open", "closed"]]


def test_a_refused_recipient_is_given_up_at_once(cast: Cast, road: Road) -> None:
    told(road, cast, "corridor.closed")

    send_all(failing(DeliveryError("SMTP 550", permanent=True)))

    assert set(Delivery.objects.values_list("state", "error")) == {(State.DEAD, "SMTP 550")}


def test_a_passing_failure_is_tried_again_after_a_pause(cast: Cast, road: Road) -> None:
    told(road, cast, "corridor.closed")
    send_all(failing(DeliveryError("SMTP 451", permanent=False)))
    sink = Sink()

    at_once = send_all(sink)
    later = send_all(sink, minutes=1)

    assert (at_once, later) == (0, 3)


def test_an_answer_that_never_came_leaves_the_row_unsure_and_the_key_the_same(
    cast: Cast, road: Road
) -> None:
    told(road, cast, "corridor.closed")
    first: list[Message] = []

    def vanish(message: Message) -> None:
        first.append(message)
        raise DeliveryError("timed out", permanent=False, maybe_sent=True)

    send_all(Sink(vanish))
    states = set(Delivery.objects.values_list("state", flat=True))
    second = Sink()

    send_all(second, minutes=1)

    assert states == {State.UNSURE}
    assert {message.key for message in first} == {message.key for message in second.got}


def test_a_channel_that_is_down_is_asked_once_and_keeps_every_row(cast: Cast, road: Road) -> None:
    told(road, cast, "corridor.closed")
    asked: list[Message] = []

    def down(message: Message) -> None:
        asked.append(message)
        raise DeliveryError("no connection", permanent=False, is_down=True)

    send_due(clock=clock(), now=MACHINE_NOW, owner=1, open_outlet=Sink(down))

    assert len(asked) == 1
    assert set(Delivery.objects.values_list("state", "owner")) == {(State.PENDING, None)}


def test_a_message_that_cannot_be_written_holds_up_no_other(cast: Cast, road: Road) -> None:
    reader = subscribe("reader@example.net")
    told(road, cast, "corridor.closed")
    reader.contact_sealed = b"not sealed by us"
    reader.save(update_fields=["contact_sealed"])
    sink = Sink()

    send_all(sink)

    assert len(sink.got) == 3
    assert Delivery.objects.get(subscriber=reader).error == "CannotOpen"


def test_the_mails_of_an_exercise_go_to_files_even_after_it_has_ended(
    cast: Cast, road: Road
) -> None:
    told(road, cast, "corridor.closed", exercise="1 April 2022")
    sink = Sink()

    send_all(sink)

    assert sink.to_files == [True]
    assert all(message.subject.startswith("EXERCISE ") for message in sink.got)


def test_a_real_message_waits_while_an_exercise_runs_and_goes_out_after_it(
    cast: Cast, road: Road
) -> None:
    told(road, cast, "corridor.closed")
    during, after = Sink(), Sink()

    send_all(during, exercise="1 April 2022")
    send_all(after, minutes=1)

    assert during.got == []
    assert (len(after.got), after.to_files) == (3, [False])


def test_an_exercise_withdraws_no_real_message_about_the_same_corridor(
    cast: Cast, road: Road
) -> None:
    told(road, cast, "corridor.closed")
    told(road, cast, "corridor.suspended", minute=5, exercise="1 April 2022")
    after = Sink()

    send_all(after, minutes=6)

    real = [message for message in after.got if not message.subject.startswith("EXERCISE ")]
    assert len(real) == 3
    assert all("closed" in message.subject for message in real)
    assert Alert.objects.get(facts__exercise="").state == AlertState.OPEN


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_message_once(cast: Cast, road: Road) -> None:
    for number in range(200):
        subscribe(f"reader{number}@example.net")
    told(road, cast, "corridor.closed")
    sinks = [Sink(), Sink()]

    def run(owner: int) -> None:
        try:
            send_all(sinks[owner], owner=owner)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(owner,)) for owner in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    got = Counter(message.to for sink in sinks for message in sink.got)
    assert len(got) == 203
    assert set(got.values()) == {1}


@pytest.mark.django_db(transaction=True)
def test_a_second_sender_with_the_same_number_does_nothing(cast: Cast, road: Road) -> None:
    told(road, cast, "corridor.closed")
    inner: list[int] = []

    def ask_for_more(_message: Message) -> None:
        with_new_connection: list[int] = []

        def other() -> None:
            try:
                with_new_connection.append(
                    send_due(clock=clock(), now=MACHINE_NOW, owner=1, open_outlet=Sink())
                )
            finally:
                connection.close()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        inner.extend(with_new_connection)

    send_due(clock=clock(), now=MACHINE_NOW, owner=1, limit=1, open_outlet=Sink(ask_for_more))

    assert inner == [0]


@pytest.mark.parametrize("attempt", [1, 2, 10, ATTEMPTS])
def test_pauses_grow_stay_under_their_cap_and_differ_by_row(attempt: int) -> None:
    pauses = {pause_before(key=f"key{number}", attempt=attempt) for number in range(20)}

    assert len(pauses) > 10
    assert max(pauses) <= timedelta(minutes=7.5)
    at_least_s = min(0.25 * 2 ** (attempt - 1), 150)
    assert min(pauses) >= timedelta(seconds=at_least_s)


def test_a_message_that_its_channel_cannot_take_holds_up_no_other(cast: Cast, road: Road) -> None:
    told(road, cast, "corridor.closed")

    def choke(message: Message) -> None:
        if message.to == "coordinator@example.org":
            raise ValueError("Invalid address")

    sink = Sink(choke)

    send_due(clock=clock(), now=MACHINE_NOW, owner=1, open_outlet=sink)

    assert sorted(message.to for message in sink.got) == [
        "dispatcher@example.org",
        "verifier@example.org",
    ]
    stuck = Delivery.objects.exclude(state=State.SENT).get()
    assert (stuck.state, stuck.error, stuck.owner) == (State.UNSURE, "ValueError", None)
