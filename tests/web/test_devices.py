"""Pages of devices: what sets one up is shown once, what reports is seen, a lost one is shut."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road, log, new_event
from tests.web.sending import filled_in, queries_of
from tracker.convoys.models import Convoy, Vehicle
from tracker.devices.models import Channel, Device, DeviceAssignment, RawMessage
from tracker.devices.operations import add_channel, add_device, assign_device
from tracker.devices.secrets import number_in, secret_in
from tracker.exercises.clock import field_now
from tracker.organisations.models import User
from tracker.positions.models import PositionFix

TOKEN = re.compile(r"/in/[a-z]+/([0-9a-f]{40})")


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    """Return the dispatcher's browser."""
    client.force_login(cast.dispatcher)
    return client


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Convoy:
    """Let a convoy of one bus be on the road."""
    convoy, at = uuid4(), field_now() - timedelta(hours=1)
    log(
        new_event(
            "convoy.planned", at=at, data={"code": "M1"}, convoy=convoy, corridor=road.corridor.pk
        ),
        new_event("vehicle.added", at=at, data={"code": "B1"}, convoy=convoy, vehicle=uuid4()),
        organisation=cast.organisation,
        by=cast.coordinator,
        now=at,
    )
    return Convoy.objects.get(pk=convoy)


def _device(by: User, *, kind: Device.Kind = Device.Kind.TRACKER, **more: Any) -> Device:
    assert by.organisation is not None
    more.setdefault("label", "Bus 7")
    return add_device(kind=kind, organisation=by.organisation, by=by, at=timezone.now(), **more)[0]


def _text(answer: HttpResponse) -> str:
    page = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize(
    ("app", "holds"),
    [
        ("traccar_client", "/in/osmand/"),
        ("osmand", "lat={0}&amp;lon={1}&amp;timestamp={2}&amp;accuracy={3}"),
        ("gpslogger", "id=%AID&amp;lat=%LAT&amp;lon=%LON&amp;timestamp=%TIMESTAMP"),
        ("owntracks", "/in/owntracks/"),
    ],
)
def test_what_sets_an_app_up_is_shown_once_and_works(desk: Client, app: str, holds: str) -> None:
    answer = desk.post(reverse("tracker_new"), {"app": app, "label": "Bus 7"})

    page = answer.content.decode()
    device, token = Device.objects.get(), TOKEN.findall(page)[0]
    assert answer.status_code == 200
    assert holds in page
    assert "data:image/svg+xml" in page
    assert token not in desk.get(reverse("device", args=[device.pk])).content.decode()
    now = int(field_now().timestamp())
    sent = Client().get(f"/in/osmand/{token}?lat=46.7&lon=36.7&timestamp={now}")
    assert sent.status_code == 200
    assert PositionFix.objects.get().device == device


def test_owntracks_gets_a_secret_that_fits_its_key(desk: Client) -> None:
    answer = desk.post(reverse("tracker_new"), {"app": "owntracks", "label": "Bus 7"})

    sealed = Device.objects.get().secret_sealed
    assert sealed is not None
    assert len(secret_in(sealed)) == 32
    assert secret_in(sealed) in answer.content.decode()


def test_a_form_that_is_sent_twice_makes_one_device(desk: Client) -> None:
    first, again = [
        desk.post(reverse("tracker_new"), {"app": "osmand", "label": "Bus 7"}) for _turn in "12"
    ]

    assert (first.status_code, again.status_code) == (200, 422)
    assert "That name is in use" in _text(again)
    assert Device.objects.count() == 1


@pytest.mark.parametrize(
    "sent", [{}, {"app": "none", "label": ""}, {"app": "osmand", "label": "\u200b"}]
)
def test_a_tracker_without_app_or_name_is_refused_in_words(
    desk: Client, sent: dict[str, str]
) -> None:
    answer = desk.post(reverse("tracker_new"), sent)

    assert answer.status_code == 422
    assert Device.objects.count() == 0


def test_a_telephone_is_kept_sealed_and_belongs_to_a_person(desk: Client, cast: Cast) -> None:
    answer = desk.post(
        reverse("telephone_new"),
        {"label": "Olena", "number": "+380 (50) 123-45-67", "user": str(cast.monitor.pk)},
    )

    device = Device.objects.get()
    assert answer.status_code == 302
    assert (device.kind, device.user) == (Device.Kind.SMS, cast.monitor)
    assert device.contact_sealed is not None
    assert number_in(device.contact_sealed) == "+380501234567"
    assert "380501234567" not in desk.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("number", ["", "0501234567", "+380", "call me", "+38050123456x", "+" * 20])
def test_a_number_without_its_country_is_refused(desk: Client, cast: Cast, number: str) -> None:
    answer = desk.post(
        reverse("telephone_new"), {"label": "O", "number": number, "user": str(cast.monitor.pk)}
    )

    assert answer.status_code == 422
    assert Device.objects.count() == 0


def test_a_number_in_use_and_a_person_of_others_are_refused(desk: Client, cast: Cast) -> None:
    _device(cast.dispatcher, kind=Device.Kind.SMS, number="+380501234567")
    sent = {"label": "O", "number": "00380 50 1234567", "user": str(cast.monitor.pk)}

    taken = desk.post(reverse("telephone_new"), sent)
    foreign = desk.post(
        reverse("telephone_new"),
        {**sent, "number": "+380509999999", "user": str(cast.outsider.pk)},
    )

    assert (taken.status_code, foreign.status_code) == (422, 422)
    assert Device.objects.count() == 1


@pytest.mark.parametrize("kind", Channel.Kind.values)
def test_a_channel_shows_its_address_and_secret_once(desk: Client, kind: str) -> None:
    secret = "the token of the account" if kind == "TWILIO" else ""

    answer = desk.post(
        reverse("channel_new"), {"kind": kind, "label": "Fleet", "secret": secret.replace(" ", "-")}
    )

    channel, page = Channel.objects.get(), answer.content.decode()
    assert answer.status_code == 200
    assert f"/in/{kind.lower()}/{TOKEN.findall(page)[0]}" in page
    if channel.secret_sealed is not None:
        assert secret_in(channel.secret_sealed) in page
    later = desk.get(reverse("channel", args=[channel.pk])).content.decode()
    assert TOKEN.search(later) is None


def test_twilio_needs_its_own_secret(desk: Client) -> None:
    answer = desk.post(reverse("channel_new"), {"kind": "TWILIO", "label": "Fleet"})

    assert answer.status_code == 422
    assert "auth token" in _text(answer)


def test_a_device_that_a_service_told_of_is_registered_by_its_name(
    desk: Client, cast: Cast
) -> None:
    channel, token = add_channel(
        kind=Channel.Kind.TRACCAR,
        organisation=cast.organisation,
        label="Fleet",
        by=cast.dispatcher,
        at=timezone.now(),
    )
    position = {"fixTime": field_now().isoformat(), "latitude": 46.7, "longitude": 36.7}
    told = {"position": position, "device": {"uniqueId": "IMEI 17"}}
    send = {"path": f"/in/traccar/{token}", "data": told, "content_type": "application/json"}
    Client().post(**send)
    page = reverse("channel", args=[channel.pk])

    before = _text(desk.get(page))
    answer = desk.post(page, {"external_id": "IMEI 17", "label": "Bus 7"})
    again = desk.post(page, {"external_id": "IMEI 17", "label": "Bus 8"})

    assert "Heard of, but not registered IMEI 17" in before
    assert (answer.status_code, again.status_code) == (302, 422)
    assert "Heard of, but not registered" not in _text(desk.get(page))
    position["latitude"] = 46.8
    Client().post(**send)
    assert PositionFix.objects.get().device == Device.objects.get()


def test_a_device_is_given_to_a_vehicle_and_taken_back(
    desk: Client, cast: Cast, convoy: Convoy
) -> None:
    device, bus = _device(cast.dispatcher), Vehicle.objects.get()
    page = reverse("device_assign", args=[device.pk])

    given = desk.post(page, {"target": f"v-{bus.pk}", "priority": "2"})

    standing = DeviceAssignment.objects.get()
    assert given.status_code == 302
    assert (standing.convoy, standing.vehicle, standing.priority) == (convoy, bus, 2)
    assert standing.by == cast.dispatcher
    assert "M1 B1 source 2" in _text(desk.get(reverse("device_list")))
    desk.post(reverse("device_release", args=[device.pk]))
    standing.refresh_from_db()
    assert standing.until is not None


def test_no_device_is_given_to_a_convoy_of_others(desk: Client, cast: Cast, convoy: Convoy) -> None:
    theirs = _device(cast.outsider, label="Theirs")
    bus = Vehicle.objects.get()
    desk.force_login(cast.outsider)

    answers = [
        desk.post(reverse("device_assign", args=[theirs.pk]), {"target": target, "priority": "1"})
        for target in (f"v-{bus.pk}", f"c-{convoy.pk}", "v-", "x")
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert DeviceAssignment.objects.count() == 0


def test_a_lost_device_is_refused_from_then_on(desk: Client, cast: Cast) -> None:
    page = desk.post(reverse("tracker_new"), {"app": "osmand", "label": "Bus 7"})
    token, device = TOKEN.findall(page.content.decode())[0], Device.objects.get()

    asked = desk.get(reverse("device_lost", args=[device.pk]))
    told = desk.post(reverse("device_lost", args=[device.pk]))

    device.refresh_from_db()
    assert (asked.status_code, told.status_code) == (200, 302)
    assert device.is_lost
    assert device.revoked_at is not None
    assert Client().get(f"/in/osmand/{token}?lat=1&lon=1&timestamp=1").status_code == 400
    assert "Bus 7 Lost" in _text(desk.get(reverse("device_list")))


def test_asking_for_a_page_of_confirmation_changes_nothing(desk: Client, cast: Cast) -> None:
    device = _device(cast.dispatcher)

    for name in ("device_lost", "device_revoke"):
        desk.get(reverse(name, args=[device.pk]))

    assert Device.objects.get().revoked_at is None


def test_a_monitor_marks_only_their_own_phone_as_lost(client: Client, cast: Cast) -> None:
    own = _device(cast.monitor, kind=Device.Kind.PHONE, user=cast.monitor, label="Old phone")
    other = _device(cast.viewer, kind=Device.Kind.PHONE, user=cast.viewer, label="Another phone")
    client.force_login(cast.monitor)

    listed = _text(client.get(reverse("my_devices")))
    answers = [
        client.post(reverse("my_device_lost", args=[each.pk])).status_code for each in (own, other)
    ]

    assert "Old phone" in listed
    assert "Another phone" not in listed
    assert answers == [302, 404]
    assert list(Device.objects.filter(is_lost=True)) == [own]


def test_the_page_of_a_device_says_what_became_of_what_it_sent(desk: Client) -> None:
    page = desk.post(reverse("tracker_new"), {"app": "osmand", "label": "Bus 7"})
    token = TOKEN.findall(page.content.decode())[0]
    now = int(field_now().timestamp())

    for query in (f"lat=46.7&lon=36.7&timestamp={now}", f"lat=0&lon=0&timestamp={now}"):
        Client().get(f"/in/osmand/{token}?{query}")

    shown = _text(desk.get(reverse("device", args=[Device.objects.get().pk])))
    assert "In use" in shown
    assert "Taken" in shown
    assert "Waits for a person The position is zero, zero" in shown


def test_the_list_takes_the_same_queries_for_many_devices(
    desk: Client, cast: Cast, convoy: Convoy
) -> None:
    page = reverse("device_list")
    _device(cast.dispatcher)
    few = queries_of(desk, page)

    for number in range(8):
        device = _device(cast.dispatcher, label=f"Bus 1{number}", user=cast.monitor)
        assign_device(device=device, convoy=convoy, vehicle=None, at=field_now(), by=None)

    assert queries_of(desk, page) <= few + 1


def test_devices_of_others_are_not_found(desk: Client, cast: Cast) -> None:
    theirs = _device(cast.outsider)

    pages = ("device", "device_assign", "device_release", "device_revoke", "device_lost")
    answers = {desk.post(reverse(page, args=[theirs.pk])).status_code for page in pages[1:]}

    assert answers == {404}
    assert desk.get(reverse("device", args=[theirs.pk])).status_code == 404
    assert "Bus 7" not in _text(desk.get(reverse("device_list")))


def test_the_form_keeps_what_was_typed(desk: Client) -> None:
    kept = filled_in(desk, reverse("telephone_new"))

    answer = desk.post(reverse("telephone_new"), {**kept, "label": "Olena", "number": "123"})

    assert answer.status_code == 422
    assert "Olena" in answer.content.decode()
    assert RawMessage.objects.count() == 0
