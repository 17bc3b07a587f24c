"""People outside ask for alerts, confirm by a button, and stop; nobody learns who they are."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road, log, make_road, new_event
from tracker.alerts import links, subscriptions
from tracker.alerts.channels.outgoing import DeliveryError, Message
from tracker.alerts.models import Delivery, Subscriber, Subscription
from tracker.alerts.operations import expander
from tracker.alerts.sending import send_due
from tracker.corridors.models import Corridor
from tracker.exercises.clock import field_clock
from tracker.outbox.operations import drain

pytestmark = pytest.mark.django_db
ADDRESS = "Somebody.Waiting@mail.example.net"
ASK = "/subscribe/"


class Inbox:
    """What was sent, and the links in it."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    def __call__(self, _to_files: bool) -> Inbox:
        return self

    def send(self, message: Message) -> None:
        self.mails.append(message)

    def close(self) -> None:
        pass

    def fetch(self) -> list[Message]:
        """Let everything due be sent, and return what came in by it."""
        before = len(self.mails)
        while send_due(clock=field_clock(), now=timezone.now(), owner=1, open_outlet=self):
            pass
        return self.mails[before:]

    def link(self, part: str) -> str:
        """Return the path of the newest link that holds `part`."""
        words = self.mails[-1].body.split()
        address = next(word for word in words if f"/{part}/" in word)
        return "/" + address.split("/", 3)[3]


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def strict() -> Client:
    """Return a browser whose forms need their token, as real ones do."""
    return Client(enforce_csrf_checks=True)


def ask(client: Client, address: str = ADDRESS, **more: str) -> Any:
    return client.post(ASK, {"email": address, **more}, REMOTE_ADDR="198.51.100.7")


def test_the_form_takes_the_corridor_from_the_link_and_offers_no_secret_one(
    client: Client, cast: Cast, road: Road
) -> None:
    secret = make_road(operator=cast.organisation, slug="secret").corridor
    Corridor.objects.filter(pk=secret.pk).update(is_public=False)

    page = client.get(ASK, {"corridor": road.corridor.slug}).content.decode()

    assert f'<option value="{road.corridor.slug}" selected>' in page
    assert "secret" not in page


def test_nothing_is_sent_before_the_button_behind_the_link_was_pressed(
    client: Client, cast: Cast, road: Road, inbox: Inbox
) -> None:
    ask(client, corridor=road.corridor.slug)
    inbox.fetch()
    link = inbox.link("subscribe/confirm")

    scanned = [client.get(link).status_code for _ in range(3)]
    before = Subscription.objects.get().confirmed_at
    pressed = client.post(link)

    assert scanned == [200, 200, 200]
    assert before is None
    assert pressed["Location"] == "/subscribe/confirmed/"
    assert Subscription.objects.get().corridor == road.corridor
    assert Subscription.objects.get().confirmed_at is not None


def test_a_link_works_once_and_then_is_gone(client: Client, road: Road, inbox: Inbox) -> None:
    ask(client)
    inbox.fetch()
    link = inbox.link("subscribe/confirm")
    client.post(link)

    again, looked_at = client.post(link), client.get(link)

    assert (again.status_code, looked_at.status_code) == (410, 410)


def test_a_link_that_never_was_gets_the_answer_of_a_spent_one(client: Client) -> None:
    assert client.get("/subscribe/confirm/made-up/").status_code == 410


def test_a_newer_mail_makes_the_older_link_lead_nowhere(
    client: Client, road: Road, inbox: Inbox
) -> None:
    ask(client)
    inbox.fetch()
    older = inbox.link("subscribe/confirm")
    ask(client)
    inbox.fetch()

    answers = [client.post(older).status_code, client.post(inbox.link("subscribe/confirm"))]

    assert answers[0] == 410
    assert Subscription.objects.get().confirmed_at is not None


def test_the_answer_is_the_same_for_known_unknown_and_impatient_addresses(
    client: Client, road: Road, inbox: Inbox
) -> None:
    ask(client, "known@example.net")
    inbox.fetch()
    client.post(inbox.link("subscribe/confirm"))

    answers = {
        (answer.status_code, answer["Location"], answer.content, tuple(answer.cookies))
        for answer in (
            ask(client, "known@example.net"),
            ask(client, "unknown@example.net"),
            *[ask(client, "impatient@example.net") for _ in range(5)],
        )
    }

    assert answers == {(302, "/subscribe/sent/", b"", ())}


def test_an_address_gets_at_most_three_mails_an_hour(
    client: Client, road: Road, inbox: Inbox
) -> None:
    for _ in range(5):
        ask(client, ADDRESS)
        inbox.fetch()
        ask(client, ADDRESS.upper())
        inbox.fetch()

    assert len(inbox.mails) == 3


def test_a_network_gets_at_most_twenty_mails_an_hour(
    client: Client, road: Road, inbox: Inbox
) -> None:
    for number in range(25):
        ip = f"203.0.113.{number}"
        client.post(ASK, {"email": f"reader{number}@example.net"}, REMOTE_ADDR=ip)
    elsewhere = client.post(ASK, {"email": "far@example.net"}, REMOTE_ADDR="192.0.2.1")

    inbox.fetch()

    assert elsewhere.status_code == 302
    assert len(inbox.mails) == 21
    assert "far@example.net" in {mail.to for mail in inbox.mails}


def test_a_mail_program_stops_everything_by_one_post_without_cookies(
    strict: Client, client: Client, road: Road, inbox: Inbox
) -> None:
    ask(client)
    inbox.fetch()
    client.post(inbox.link("subscribe/confirm"))
    stop = inbox.link("stop")

    looked_at = strict.get(stop).status_code
    still_there = Subscriber.objects.count()
    answers = [strict.post(stop, {"List-Unsubscribe": "One-Click"}).status_code for _ in range(2)]

    assert (looked_at, still_there) == (200, 1)
    assert answers == [200, 200]
    assert not Subscriber.objects.exists()
    assert not Delivery.objects.exists()


def test_whoever_stopped_hears_no_more(
    client: Client, cast: Cast, road: Road, inbox: Inbox
) -> None:
    ask(client)
    inbox.fetch()
    client.post(inbox.link("subscribe/confirm"))
    closed = new_event("corridor.closed", corridor=road.corridor.pk, at=field_clock().now)
    log(closed, organisation=cast.organisation)
    tell()
    client.post(inbox.link("stop"))

    assert ADDRESS not in {mail.to for mail in inbox.fetch()}


def tell() -> None:
    now = timezone.now()
    drain(consumer="alerts", expand=expander(read_clock=field_clock, now=now), now=now)  # type: ignore[arg-type]  # its value


def test_a_wrong_address_is_refused_with_what_to_do(client: Client, road: Road) -> None:
    answer = ask(client, "name@")

    assert answer.status_code == 422
    assert "such as name@example.org" in answer.content.decode()
    assert not Subscriber.objects.exists()


def test_wishes_that_nobody_confirmed_are_forgotten_after_a_day(
    client: Client, road: Road, inbox: Inbox
) -> None:
    ask(client)
    later = timezone.now() + subscriptions.LINK_LIVES

    subscriptions.forget_the_unconfirmed(now=later)

    assert not Subscriber.objects.exists()


def everything_in_the_database() -> str:
    """Return every row of every table as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows: list[str] = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


@pytest.fixture
def every_line_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


def test_no_address_and_no_link_stands_in_the_database_the_log_or_an_error(
    client: Client, road: Road, inbox: Inbox, every_line_logged: pytest.LogCaptureFixture
) -> None:
    ask(client)
    waiting = everything_in_the_database()
    inbox.fetch()
    link = inbox.link("subscribe/confirm")
    client.post(link)
    ask(client)

    class Refusing(Inbox):
        def send(self, message: Message) -> None:
            raise DeliveryError("SMTP 550", permanent=True)

    Refusing().fetch()
    sent = everything_in_the_database()

    logged = every_line_logged.text.lower()
    token = link.rstrip("/").rpartition("/")[2]
    for secret in (ADDRESS, ADDRESS.lower(), "somebody.waiting", token):
        assert secret not in waiting
        assert secret not in sent
    assert "somebody.waiting" not in logged
    assert Delivery.objects.filter(state="dead", error="SMTP 550").count() == 1


def test_the_links_in_mails_lead_to_the_pages() -> None:
    pages = {
        links.confirm_url("x"): reverse("subscribe_confirm", args=["x"]),
        links.stop_url("x"): reverse("subscribe_stop", args=["x"]),
        links.alerts_url(): reverse("alert_list"),
    }

    assert all(address.endswith(f"8000{path}") for address, path in pages.items())


@pytest.mark.parametrize(
    "path", [ASK, "/subscribe/sent/", "/subscribe/confirmed/", "/subscribe/confirm/x/", "/stop/x/"]
)
def test_every_page_is_kept_out_of_caches_and_tells_nobody_where_it_was_opened(
    client: Client, road: Road, path: str
) -> None:
    answer = client.get(path)

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert "sha256-" in answer["Content-Security-Policy"]
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
