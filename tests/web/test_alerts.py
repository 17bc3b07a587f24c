"""The desk takes and ends alerts by name, reads every message, and sees only its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.alerts.scenes import FAR_FUTURE, subscribe
from tests.cast import Cast
from tests.factories import Road, log, new_event
from tracker.alerts.models import Alert, AlertState, Delivery
from tracker.alerts.operations import expander
from tracker.exercises.clock import field_clock
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import User
from tracker.outbox.models import OutboxRow
from tracker.outbox.operations import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(cast: Cast, road: Road) -> Alert:
    """Return the open alert of a corridor that an operator closed."""
    subscribe("somebody@example.net")
    now = field_clock().now
    closed = new_event("corridor.closed", corridor=road.corridor.pk, at=now, reason="shelling")
    log(closed, organisation=cast.organisation)
    expand = expander(read_clock=field_clock, now=timezone.now())
    drain(consumer=OutboxRow.Consumer.ALERTS, expand=expand, now=FAR_FUTURE)
    return Alert.objects.get()


def as_(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def press(client: Client, alert: Alert, button: str, **data: str) -> Any:
    return client.post(f"/alerts/{alert.pk}/{button}/", data)


def test_an_alert_is_taken_by_name_on_the_page_and_in_the_log(
    client: Client, cast: Cast, alert: Alert
) -> None:
    press(as_(client, cast.dispatcher), alert, "take")

    page = client.get("/alerts/").content.decode()
    entry = LogEvent.objects.get(kind="alert.acknowledged")
    assert "taken by dispatcher" in page
    assert (entry.by, entry.data["alert"]) == (cast.dispatcher, str(alert.pk))
    assert entry.corridor == alert.corridor


def test_whoever_comes_second_is_told_who_has_it(client: Client, cast: Cast, alert: Alert) -> None:
    press(as_(client, cast.dispatcher), alert, "take")

    press(as_(client, cast.coordinator), alert, "take")

    assert "dispatcher has it already" in client.get("/alerts/").content.decode()
    assert Alert.objects.get().taken_by == cast.dispatcher
    assert LogEvent.objects.filter(kind="alert.acknowledged").count() == 1


def test_an_alert_is_ended_with_a_reason_and_not_without(
    client: Client, cast: Cast, alert: Alert
) -> None:
    as_(client, cast.coordinator)

    without = press(client, alert, "end", reason=" ")
    state_before = Alert.objects.get().state
    press(client, alert, "end", reason="told all convoys by radio")

    ended = Alert.objects.get()
    assert (without.status_code, state_before) == (422, AlertState.OPEN)
    assert (ended.state, ended.end_reason) == (AlertState.RESOLVED, "told all convoys by radio")
    assert LogEvent.objects.get(kind="alert.resolved").reason == "told all convoys by radio"


def test_taking_an_alert_is_no_word_about_the_corridor(
    client: Client, cast: Cast, alert: Alert
) -> None:
    before = OutboxRow.objects.count()
    assert alert.corridor is not None
    last_word = alert.corridor.state.last_word_at

    press(as_(client, cast.dispatcher), alert, "take")

    alert.corridor.state.refresh_from_db()
    assert alert.corridor.state.last_word_at == last_word
    assert OutboxRow.objects.count() == before


SEEING = {
    "monitor": 200,
    "dispatcher": 200,
    "coordinator": 200,
    "verifier": 200,
    "viewer": 200,
    "admin": 200,
    "partner": 403,
    "outsider": 200,
}
READING = {**dict.fromkeys(SEEING, 200), "monitor": 403, "viewer": 403, "partner": 403}
TAKING = {**dict.fromkeys(SEEING, 403), "dispatcher": 302, "coordinator": 302, "outsider": 404}


@pytest.mark.parametrize("name", SEEING)
def test_who_may_see_read_and_take(client: Client, cast: Cast, alert: Alert, name: str) -> None:
    as_(client, cast.everyone()[name])

    answers = (
        client.get("/alerts/").status_code,
        client.get("/messages/").status_code,
        press(client, alert, "take").status_code,
        client.get(f"/alerts/{alert.pk}/take/").status_code,
    )

    assert answers == (SEEING[name], READING[name], TAKING[name], 405)


@pytest.mark.parametrize("path", ["/alerts/", "/messages/"])
def test_visitors_are_led_to_the_sign_in(client: Client, alert: Alert, path: str) -> None:
    assert client.get(path)["Location"].startswith("/accounts/login/")


def test_another_organisation_sees_neither_alert_nor_message(
    client: Client, cast: Cast, alert: Alert
) -> None:
    as_(client, cast.outsider)

    pages = client.get("/alerts/").content.decode() + client.get("/messages/").content.decode()

    assert "Zaporizhzhia" not in pages
    assert "shelling" not in pages


def test_staff_read_each_message_and_no_address_or_link_of_its_recipient(
    client: Client, cast: Cast, alert: Alert
) -> None:
    page = as_(client, cast.dispatcher).get("/messages/").content.decode()

    assert page.count("the corridor from Mariupol to Zaporizhzhia is closed") == 4
    assert "s…@e….net" in page
    assert "somebody@example.net" not in page
    assert "/stop/" not in page


def test_a_message_to_confirm_is_shown_without_its_link(client: Client, cast: Cast) -> None:
    client.post("/subscribe/", {"email": "somebody@example.net"})

    page = as_(client, cast.dispatcher).get("/messages/").content.decode()

    assert "Confirm that you want alerts" in page
    assert "/subscribe/confirm/" not in page
    assert Delivery.objects.get().purpose == "confirm"


@pytest.mark.parametrize("path", ["/alerts/", "/messages/"])
def test_a_longer_list_takes_no_more_queries(
    client: Client,
    cast: Cast,
    road: Road,
    alert: Alert,
    path: str,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(20):
        subscribe(f"reader{number}@example.net")
    for minute, kind in enumerate(("corridor.suspended", "corridor.closed") * 4):
        at = field_clock().now
        log(new_event(kind, corridor=road.corridor.pk, at=at), organisation=cast.organisation)
        expand = expander(read_clock=field_clock, now=timezone.now())
        drain(consumer=OutboxRow.Consumer.ALERTS, expand=expand, now=FAR_FUTURE)
        assert Alert.objects.count() == minute + 2
    as_(client, cast.dispatcher)

    with django_assert_max_num_queries(12):
        answer = client.get(path)

    assert answer.status_code == 200
