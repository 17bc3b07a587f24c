"""A mail says who says so and how old it is, and tells people outside only what is public."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from tests.alerts.scenes import expand_all, subscribe
from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.alerts.channels.outgoing import Message
from tracker.alerts.contacts import masked, network_hash
from tracker.alerts.models import Delivery
from tracker.alerts.wording import message_for

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def statement(road: Road, claims: str, *, is_public: bool, hours: int = 0) -> None:
    event = new_event(
        "corridor.stated",
        corridor=road.corridor.pk,
        source=road.russia,
        at=NOON + hours * HOUR,
        data={"says": "secret words", "claims": claims, "is_public": is_public},
    )
    log(event, organisation=road.corridor.operator)


def mails(*, at_hours: int = 0) -> tuple[Message, Message]:
    """Expand what waits and return the newest mail to somebody outside and to the desk."""
    at = NOON + at_hours * HOUR
    expand_all(at=at)
    newest = Delivery.objects.select_related("alert", "user", "subscriber").order_by("-id")
    outside = newest.filter(user=None).first()
    desk = newest.filter(subscriber=None).first()
    assert outside is not None
    assert desk is not None
    return message_for(outside, at=at), message_for(desk, at=at)


@pytest.fixture(autouse=True)
def _reader(road: Road) -> None:
    subscribe("reader@example.net")


def test_a_public_claim_is_told_as_a_claim_with_its_speaker(road: Road) -> None:
    statement(road, "OPEN", is_public=True)

    outside, _ = mails()

    assert outside.subject.endswith("announced, not confirmed from the field")
    assert "According to Russian information" in outside.body
    assert "Not confirmed from the field." in outside.body
    assert "1 April 2022, 12:12 UTC+3 (just now)" in outside.body


def test_a_source_that_is_not_public_is_named_to_the_desk_alone(cast: Cast, road: Road) -> None:
    opened = new_event("corridor.confirmed", corridor=road.corridor.pk)
    log(opened, organisation=cast.organisation)
    expand_all()
    statement(road, "CLOSED", is_public=False, hours=1)

    outside, desk = mails(at_hours=1)

    assert "Russian" not in outside.subject + outside.body
    assert "Said by (not public): Russian Ministry of Defence" in desk.body


def test_a_contradiction_by_a_secret_word_takes_the_status_and_tells_nothing_more(
    cast: Cast, road: Road
) -> None:
    opened = new_event("corridor.confirmed", corridor=road.corridor.pk)
    log(opened, organisation=cast.organisation)
    expand_all()
    statement(road, "CLOSED", is_public=False, hours=1)

    outside, _ = mails(at_hours=1)

    assert "whether the corridor from Mariupol to Zaporizhzhia is open." in outside.body
    assert "closed" not in outside.body
    assert "Russian" not in outside.body


def test_a_public_contradiction_shows_both_sides(cast: Cast, road: Road) -> None:
    opened = new_event("corridor.confirmed", corridor=road.corridor.pk)
    log(opened, organisation=cast.organisation)
    expand_all()
    statement(road, "CLOSED", is_public=True, hours=1)

    outside, _ = mails(at_hours=1)

    assert "Operator: open. Russian Ministry of Defence: closed." in outside.body
    assert "We do not know which is right." in outside.body


def test_an_operators_reason_and_the_words_of_a_statement_stay_inside(
    cast: Cast, road: Road
) -> None:
    closed = new_event("corridor.closed", corridor=road.corridor.pk, reason="M1 under fire")
    log(closed, organisation=cast.organisation)

    outside, desk = mails()

    assert "M1 under fire" in desk.body
    assert "M1" not in outside.body
    assert "This is information, not permission to travel" in outside.body


def test_a_status_that_grew_old_names_the_time_of_the_last_word(cast: Cast, road: Road) -> None:
    opened = new_event("corridor.confirmed", corridor=road.corridor.pk)
    log(opened, organisation=cast.organisation)
    expand_all()
    statement(road, "UNKNOWN", is_public=True, hours=7)

    outside, _ = mails(at_hours=7)

    assert "No news since 1 April 2022, 12:12 UTC+3" in outside.body


def test_a_subject_stays_on_one_line_whatever_was_typed(cast: Cast, road: Road) -> None:
    with connection.cursor() as cursor:
        typed = "Mar\r\nBcc: all@example.org\u202e"
        cursor.execute("UPDATE tracker_place SET name = %s WHERE name = 'Mariupol'", [typed])
    closed = new_event("corridor.closed", corridor=road.corridor.pk)
    log(closed, organisation=cast.organisation)

    outside, desk = mails()

    for mail in (outside, desk):
        assert not {"\r", "\n", "\u202e"}.intersection(mail.subject)
        assert not any(line.startswith("Bcc") for line in mail.body.splitlines())


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("name@example.org", "n…@e….org"),
        ("a@b.co.uk", "a…@b….uk"),
        ("x@localhost", "x…@l…"),
    ],
)
def test_a_masked_address_is_known_to_its_owner_only(address: str, shown: str) -> None:
    assert masked(address) == shown


def test_addresses_of_one_network_count_together() -> None:
    assert network_hash("198.51.100.7") == network_hash("198.51.100.200")
    assert network_hash("198.51.100.7") != network_hash("198.51.101.7")
    assert network_hash("2001:db8::1") == network_hash("2001:db8::ffff:1")
    assert network_hash("2001:db8::1") != network_hash("2001:db8:0:1::1")
    assert network_hash("::ffff:198.51.100.7") == network_hash("198.51.100.9")
    assert network_hash("unix") == network_hash("")
