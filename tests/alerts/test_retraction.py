"""A retraction overtakes everything: whoever is told "closed" never hears "open" after it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from tests.alerts.scenes import MACHINE_NOW, clock, expand_all, subscribe
from tests.alerts.test_sending import Sink
from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.alerts.channels.outgoing import Message
from tracker.alerts.models import Delivery
from tracker.alerts.sending import send_due

READERS = 200
SENT_BEFORE = 50


class Inboxes:
    """What everybody got, in order; when 50 are out, the road is closed in the midst of sending."""

    def __init__(self, road: Road, cast: Cast) -> None:
        self.got: list[tuple[str, str]] = []
        self.out_at_closure = 0
        self._lock = threading.Lock()
        self._road, self._cast = road, cast

    def keep(self, message: Message) -> None:
        with self._lock:
            self.got.append((message.to, message.subject.rpartition(": ")[2]))
            is_the_moment = len(self.got) == SENT_BEFORE
        if is_the_moment:
            at = NOON + timedelta(minutes=1)
            closure = new_event("corridor.closed", corridor=self._road.corridor.pk, at=at)
            log(closure, organisation=self._cast.organisation)
            expand_all(at=at)
            self.out_at_closure = len(self.got)

    def by_person(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for person, word in self.got:
            found.setdefault(person, []).append(word)
        return found


def send_until_nothing_waits(owner: int, inboxes: Inboxes) -> None:
    try:
        while Delivery.objects.filter(sent_at=None).exclude(state="cancelled").exists():
            send_due(clock=clock(), now=MACHINE_NOW, owner=owner, open_outlet=Sink(inboxes.keep))
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_nobody_hears_open_after_closed_though_two_senders_are_at_work(
    cast: Cast, road: Road
) -> None:
    for number in range(READERS):
        subscribe(f"reader{number}@example.net")
    opened = new_event("corridor.confirmed", corridor=road.corridor.pk)
    log(opened, organisation=cast.organisation)
    expand_all()
    inboxes = Inboxes(road, cast)

    threads = [
        threading.Thread(target=send_until_nothing_waits, args=(owner, inboxes)) for owner in (1, 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    by_person = inboxes.by_person()
    assert len(by_person) == READERS + 3
    assert {tuple(words) for words in by_person.values()} == {("closed",), ("open", "closed")}
    late = [word for _, word in inboxes.got[inboxes.out_at_closure :]].count("open")
    # Only the one message that the other sender had begun when the closure was committed.
    assert late <= 1
