"""A driver's link reports for one vehicle, reads nothing, and ends when it should."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road, log, new_event
from tests.web.sending import filled_in
from tracker.convoys.models import Convoy, ConvoyState
from tracker.devices.models import Device
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent


@pytest.fixture
def convoy(cast: Cast, road: Road) -> UUID:
    """Let two buses of 50 seats be on the road."""
    convoy, now = uuid4(), field_now() - timedelta(hours=1)
    events = [
        new_event(
            "convoy.planned", at=now, data={"code": "M1"}, convoy=convoy, corridor=road.corridor.pk
        ),
        *(
            new_event(
                "vehicle.added",
                at=now,
                data={"code": f"B{n}", "seats": 50},
                convoy=convoy,
                vehicle=uuid4(),
            )
            for n in (1, 2)
        ),
        new_event("convoy.departed", at=now, convoy=convoy),
    ]
    log(*events, organisation=cast.organisation, by=cast.coordinator, now=now)
    return convoy


def vehicle_id(code: str) -> UUID:
    found = LogEvent.objects.get(kind="vehicle.added", data__code=code).vehicle_id
    assert found is not None
    return found


@pytest.fixture
def link(client: Client, cast: Cast, convoy: UUID) -> str:
    """Make the link of B1 as a dispatcher does, and return its path."""
    client.force_login(cast.dispatcher)
    page = client.post(
        reverse("driver_links", args=["M1"]), {"vehicles": [str(vehicle_id("B1"))], "hours": "24"}
    ).content.decode()
    client.logout()
    found = re.search(r"/d/[0-9a-f]{40}/", page)
    assert found is not None
    return found[0]


def press(link: str, **typed: Any) -> Any:
    phone = Client()
    return phone.post(link, {**filled_in(phone, link), **typed})


def test_a_tap_becomes_an_entry_of_that_vehicle_and_moves_no_state(link: str, convoy: UUID) -> None:
    answer = press(link, act="stopped")

    entry = LogEvent.objects.get(kind="vehicle.reported")
    assert answer.status_code == 302
    assert (entry.vehicle_id, entry.convoy_id) == (vehicle_id("B1"), convoy)
    assert (entry.via, entry.data["does"], entry.by_id) == ("link", "STOPPED", None)
    assert entry.device_id == Device.objects.get().code
    assert Convoy.objects.get().state == ConvoyState.MOVING


def test_the_page_names_no_convoy_no_road_and_no_person(link: str) -> None:
    page = re.sub(r"<svg.*?</svg>", "", Client().get(link).content.decode(), flags=re.DOTALL)

    assert "B1" in page
    for secret in ("M1", "B2", "Mariupol", "Zaporizhzhia", "Vasylivka", "dispatcher", "Operator"):
        assert secret not in page


@pytest.mark.usefixtures("convoy")
def test_a_link_is_kept_as_a_hash(link: str) -> None:
    token = link.split("/")[2]

    assert Device.objects.get().token_hash not in {"", token}


def test_the_same_page_sent_twice_is_one_entry(link: str) -> None:
    phone = Client()
    fields = {**filled_in(phone, link), "act": "through"}

    first, second = phone.post(link, fields), phone.post(link, fields)

    assert (first.status_code, second.status_code) == (302, 302)
    assert LogEvent.objects.filter(kind="vehicle.reported").count() == 1


def test_a_number_beyond_the_seats_is_asked_about_and_one_far_beyond_refused(link: str) -> None:
    asked = press(link, act="count", people="74")
    taken = press(link, act="count", people="74", is_confirmed="on")
    slip = press(link, act="count", people="3000")

    assert "74 people in a vehicle with 50 seats" in asked.content.decode()
    assert (asked.status_code, taken.status_code, slip.status_code) == (422, 302, 422)
    assert LogEvent.objects.filter(kind="people.counted").count() == 1


@pytest.mark.parametrize("act", ["", "convoy.arrived", "departed"])
def test_nothing_but_its_buttons_can_be_sent(link: str, act: str) -> None:
    answer = press(link, act=act)

    assert answer.status_code == 422
    assert "Press one of the buttons" in answer.content.decode()


def test_a_call_for_help_is_logged_for_the_vehicle(link: str) -> None:
    press(link, act="sos")

    entry = LogEvent.objects.get(kind="sos")
    assert entry.vehicle_id == vehicle_id("B1")


@pytest.mark.parametrize("how", ["expired", "revoked", "ended"])
def test_a_link_that_is_over_takes_nothing_and_says_what_to_do(
    client: Client, cast: Cast, link: str, how: str
) -> None:
    device = Device.objects.get()
    if how == "expired":
        Device.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    elif how == "revoked":
        client.force_login(cast.dispatcher)
        client.post(reverse("driver_link_end", args=["M1", device.pk]))
    else:
        device.assignments.update(until=field_now())

    shown, sent = Client().get(link), Client().post(link, {"act": "stopped"})

    assert (shown.status_code, sent.status_code) == (410, 410)
    assert "no longer works" in shown.content.decode()
    assert not LogEvent.objects.filter(kind="vehicle.reported").exists()


@pytest.mark.usefixtures("link")
def test_a_new_link_of_a_vehicle_ends_the_one_before(client: Client, cast: Cast) -> None:
    client.force_login(cast.dispatcher)

    client.post(
        reverse("driver_links", args=["M1"]), {"vehicles": [str(vehicle_id("B1"))], "hours": "24"}
    )

    assert Device.objects.filter(revoked_at__isnull=True).count() == 1
    assert Device.objects.count() == 2


def test_who_sent_it_is_told_on_the_timeline(client: Client, cast: Cast, link: str) -> None:
    press(link, act="stopped")
    client.force_login(cast.dispatcher)

    page = client.get(reverse("convoy", args=["M1"])).content.decode()

    assert "Vehicle B1 has stopped." in page
    assert "sent by a driver’s link" in page
