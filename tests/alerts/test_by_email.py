"""Mail as an independent server receives it, and what its refusals mean."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.alerts.scenes import MACHINE_NOW, clock, expand_all, subscribe
from tests.cast import Cast
from tests.factories import Road, log, new_event
from tracker.alerts import contacts
from tracker.alerts.channels.by_email import open_mailbox
from tracker.alerts.channels.outgoing import DeliveryError, Message
from tracker.alerts.models import Delivery
from tracker.alerts.sending import send_due


class Receiver:
    """A mail server that keeps what it accepts and refuses some recipients."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []

    async def handle_RCPT(  # noqa: N802  # the name is the server's
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user nobody@example.net"
        if address.startswith("later@"):
            return "451 4.3.0 try later@example.net again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # the name is the server's
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """Run a mail server on loopback and point the project at it."""
    server = Receiver()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = False
    settings.PUBLIC_BASE_URL = "https://status.example.org"
    yield server
    controller.stop()


def message(to: str, *, key: str = "k") -> Message:
    return Message(to=to, subject="s", body="b", key=key)


@pytest.mark.django_db
def test_a_mail_arrives_with_its_key_and_one_way_out_per_recipient(
    cast: Cast, road: Road, receiver: Receiver
) -> None:
    readers = [subscribe(f"reader{number}@example.net") for number in (1, 2)]
    closed = new_event("corridor.closed", corridor=road.corridor.pk)
    log(closed, organisation=cast.organisation)
    expand_all()

    send_due(clock=clock(), now=MACHINE_NOW, owner=1)

    assert all(len(recipients) == 1 for recipients in receiver.recipients)
    by_address = {mail["To"]: mail for mail in receiver.mails}
    for reader in readers:
        mail = by_address[contacts.contact_of(reader)]
        stop = f"https://status.example.org/stop/{contacts.stop_token_of(reader)}/"
        key = message("", key=Delivery.objects.get(subscriber=reader).key).short_key
        assert mail["List-Unsubscribe"].strip() == f"<{stop}>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["X-Idempotency-Key"] == key
        assert stop in mail.get_content()
        assert "not permission to travel" in mail.get_content()


@pytest.mark.django_db
def test_the_desk_gets_no_link_that_stops_its_mail(
    cast: Cast, road: Road, receiver: Receiver
) -> None:
    closed = new_event("corridor.closed", corridor=road.corridor.pk, reason="seen by our team")
    log(closed, organisation=cast.organisation)
    expand_all()

    send_due(clock=clock(), now=MACHINE_NOW, owner=1)

    assert len(receiver.mails) == 3
    assert not any(mail["List-Unsubscribe"] for mail in receiver.mails)
    assert all("seen by our team" in mail.get_content() for mail in receiver.mails)


@pytest.mark.parametrize(
    ("to", "permanent", "reason"),
    [
        ("nobody@example.net", True, "SMTP 550"),
        ("later@example.net", False, "SMTP 451"),
    ],
)
def test_a_refusal_says_whether_to_try_again_and_never_repeats_the_address(
    receiver: Receiver, to: str, permanent: bool, reason: str
) -> None:
    mailbox = open_mailbox(to_files=False)

    with pytest.raises(DeliveryError) as refused:
        mailbox.send(message(to))

    mailbox.close()
    error = refused.value
    assert (error.permanent, error.reason, error.is_down) == (permanent, reason, False)
    assert "@" not in str(error)


def test_no_server_at_all_is_a_channel_that_is_down(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    with pytest.raises(DeliveryError) as refused:
        open_mailbox(to_files=False).send(message("reader@example.net"))

    error = refused.value
    assert (error.is_down, error.permanent, error.maybe_sent) == (True, False, False)


def test_a_mail_of_an_exercise_stays_on_this_machine_though_a_server_is_set_up(
    receiver: Receiver, settings: Any, tmp_path: Any
) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    mailbox = open_mailbox(to_files=True)

    mailbox.send(message("reader@example.net"))

    mailbox.close()
    (path,) = (tmp_path / "mail").iterdir()
    assert b"To: reader@example.net" in path.read_bytes()
    assert receiver.mails == []
