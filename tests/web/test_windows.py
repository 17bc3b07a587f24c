"""Announce, move and cancel passage windows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road
from tests.web.sending import filled_in, send
from tracker.corridors.models import CorridorState, PassageWindow
from tracker.fieldlog.models import LogEvent


def announce(client: Client, road: Road, **typed: Any) -> Any:
    hours = {"opens_at": "2022-04-01T08:00", "closes_at": "2022-04-01T18:00"}
    return send(client, reverse("window_new", args=[road.corridor.slug]), **{**hours, **typed})


def test_a_window_is_announced_in_local_time_and_opens_nothing(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.dispatcher)

    answer = announce(client, road, source=str(road.russia.pk))

    window = PassageWindow.objects.get()
    assert answer.status_code == 302
    assert window.opens_at == datetime(2022, 4, 1, 5, tzinfo=UTC)
    assert (window.state, window.source) == (PassageWindow.State.ANNOUNCED, road.russia)
    assert CorridorState.objects.get().operator_status == ""


def test_only_who_may_open_a_corridor_may_call_a_window_confirmed(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.dispatcher)
    announce(client, road, seen_from_field="on")
    client.force_login(cast.coordinator)
    announce(client, road, seen_from_field="on", opens_at="2022-04-01T09:00")

    states = list(PassageWindow.objects.order_by("opens_at").values_list("state", flat=True))
    assert states == [PassageWindow.State.ANNOUNCED, PassageWindow.State.CONFIRMED]


def test_a_window_that_ends_before_it_begins_is_refused(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.dispatcher)

    answer = announce(client, road, closes_at="2022-04-01T07:00")

    assert answer.status_code == 422
    assert "ends before it begins" in answer.content.decode()
    assert "2022-04-01T07:00" in answer.content.decode()


def test_a_very_long_window_is_asked_about_once_and_then_taken(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.dispatcher)
    asked = announce(client, road, closes_at="2022-05-01T07:00")
    sent = {field.name: field.value() for field in asked.context["form"] if field.value()}

    taken = client.post(
        reverse("window_new", args=[road.corridor.slug]), {**sent, "is_confirmed": "on"}
    )

    assert asked.status_code == 422
    assert 'type="checkbox" name="is_confirmed"' in asked.content.decode()
    assert taken.status_code == 302
    assert PassageWindow.objects.count() == 1


def test_a_moved_window_shows_where_it_was(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.dispatcher)
    announce(client, road)
    window = PassageWindow.objects.get()

    answer = send(client, reverse("window_move", args=[window.pk]), opens_at="2022-04-01T10:00")

    moved = PassageWindow.objects.get()
    page = client.get(reverse("corridor", args=[road.corridor.slug])).content.decode()
    assert answer.status_code == 302
    assert moved.opens_at - window.opens_at == timedelta(hours=2)
    assert "moved, was" in page


def test_the_form_to_move_a_window_holds_its_hours(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.dispatcher)
    announce(client, road)

    page = client.get(reverse("window_move", args=[PassageWindow.objects.get().pk]))

    assert 'value="2022-04-01 08:00"' in page.content.decode()


def test_a_cancelled_window_stays_in_sight(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.dispatcher)
    announce(client, road)
    window = PassageWindow.objects.get()

    send(client, reverse("window_cancel", args=[window.pk]), reason="No guarantees.")

    page = client.get(reverse("corridor", args=[road.corridor.slug])).content.decode()
    assert PassageWindow.objects.get().state == PassageWindow.State.CANCELLED
    assert LogEvent.objects.get(kind="window.cancelled").reason == "No guarantees."
    assert reverse("window_move", args=[window.pk]) not in page
    assert "Cancelled" in page


def test_announcing_twice_makes_one_window(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.dispatcher)
    page = reverse("window_new", args=[road.corridor.slug])
    sent = {
        **filled_in(client, page),
        "opens_at": "2022-04-01T08:00",
        "closes_at": "2022-04-01T18:00",
    }

    answers = [client.post(page, sent).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert PassageWindow.objects.count() == 1
    assert PassageWindow.objects.get().event.received_at <= timezone.now()


def test_a_page_opened_before_a_window_was_cancelled_does_not_revive_it_unasked(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.dispatcher)
    announce(client, road)
    window = PassageWindow.objects.get()
    move = reverse("window_move", args=[window.pk])
    stale = filled_in(client, move)
    send(client, reverse("window_cancel", args=[window.pk]))

    asked = client.post(move, {**stale, "closes_at": "2022-04-01T19:00"})
    state_when_asked = PassageWindow.objects.get().state
    sent = {field.name: field.value() for field in asked.context["form"] if field.value()}
    taken = client.post(move, {**sent, "is_confirmed": "on"})

    assert asked.status_code == 422
    assert "was cancelled" in asked.content.decode()
    assert state_when_asked == PassageWindow.State.CANCELLED
    assert taken.status_code == 302
    assert PassageWindow.objects.get().state == PassageWindow.State.ANNOUNCED
