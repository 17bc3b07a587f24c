"""Pages of devices in a real browser: readable on a phone, from right to left, and silent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.browser.chromium import DESK, PHONE_DARK, OpenContext, TakePicture
from tests.browser.test_convoy_pages import judge
from tests.cast import Cast
from tests.factories import Road
from tests.gateways.senders import Tracker, make_channel, make_convoy, make_tracker, report_for
from tracker.devices.models import Channel, Device
from tracker.devices.operations import add_device, lose_device
from tracker.exercises.clock import field_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def trackers(cast: Cast, road: Road) -> Tracker:
    """Register devices of each kind; one reports, one is lost, one was never heard."""
    now = timezone.now()
    bus = make_tracker(cast, label="Phone in bus 7 (OsmAnd)")
    report_for(
        bus.device,
        make_convoy(cast, road, at=field_now()),
        since=field_now() - timedelta(hours=1),
    )
    at = int(field_now().timestamp())
    for query in (f"lat=46.7&lon=36.7&timestamp={at}", "lat=0&lon=0&timestamp=1", "id=1&batt=20"):
        Client().get(f"/in/osmand/{bus.token}?{query}")
    make_tracker(cast, label="Spare phone of the reception centre in Zaporizhzhia")
    lose_device(device=make_tracker(cast, label="Old phone").device, at=now)
    for kind, user in ((Device.Kind.PHONE, cast.monitor), (Device.Kind.SMS, cast.monitor)):
        add_device(
            kind=kind,
            organisation=cast.organisation,
            by=cast.dispatcher,
            at=now,
            label=f"{kind.label} of a monitor",
            user=user,
        )
    channel, token = make_channel(cast, Channel.Kind.TRACCAR)
    told = {"position": {"latitude": 1}, "device": {"uniqueId": "123456789012345"}}
    Client().post(f"/in/traccar/{token}", told, content_type="application/json")
    make_tracker(cast, label="Bus 9", channel=channel, external_id="7")
    return bus


def _html(client: Client, cast: Cast, tracker: Tracker, name: str, *, language: str) -> str:
    """Return the HTML of a page; what is shown once is asked for by its form."""
    channel = Channel.objects.order_by("created_at")[0]
    addresses = {
        "list": reverse("device_list"),
        "device": reverse("device", args=[tracker.device.pk]),
        "assign": reverse("device_assign", args=[tracker.device.pk]),
        "lost": reverse("device_lost", args=[tracker.device.pk]),
        "channel": reverse("channel", args=[channel.pk]),
        "mine": reverse("my_devices"),
    }
    client.force_login(cast.monitor if name == "mine" else cast.dispatcher)
    headers = {"accept-language": language}
    if name in addresses:
        return client.get(addresses[name], headers=headers).content.decode()
    page = reverse("channel_new" if name == "TRACCAR" else "tracker_new")
    sent = {"label": f"New {name} {language}", "app": name, "kind": name}
    return client.post(page, sent, headers=headers).content.decode()


@pytest.mark.parametrize(
    "name",
    ["list", "device", "assign", "lost", "channel", "mine", "owntracks", "gpslogger", "TRACCAR"],
)
def test_each_page_reads_on_a_desk_and_a_phone_and_from_right_to_left(
    client: Client,
    cast: Cast,
    trackers: Tracker,
    open_context: OpenContext,
    take_picture: TakePicture,
    name: str,
) -> None:
    html = _html(client, cast, trackers, name, language="en")
    arabic = _html(client, cast, trackers, name, language="ar")

    found = {
        str(screen): judge(open_context, take_picture, screen, html, f"devices-{name}")
        for screen in (DESK, PHONE_DARK)
    }
    found["ar"] = judge(open_context, take_picture, PHONE_DARK, arabic, f"devices-{name}-ar")

    assert found == {str(DESK): [], str(PHONE_DARK): [], "ar": []}
