"""Devices and channels as tests set them up, and requests as the real apps send them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road, log, new_event
from tracker.convoys.models import Convoy, Vehicle
from tracker.devices.models import Channel, Device, RawMessage
from tracker.devices.operations import add_channel, add_device, assign_device
from tracker.devices.secrets import body_in

# Half past noon in Kyiv on 1 April 2022, as the sample lines of the protocols have it.
SENT_AT = datetime(2022, 4, 1, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Tracker:
    """A device with the token of its address."""

    device: Device
    token: str

    def raws(self) -> list[RawMessage]:
        """Return what this device sent, oldest first."""
        return list(RawMessage.objects.filter(device=self.device).order_by("received_at", "id"))

    def raw(self) -> RawMessage:
        """Return the one message that this device sent."""
        (only,) = self.raws()
        return only


def make_tracker(cast: Cast, **more: Any) -> Tracker:
    """Register a tracker of the operator."""
    made = add_device(
        kind=Device.Kind.TRACKER,
        organisation=cast.organisation,
        by=cast.dispatcher,
        at=timezone.now(),
        **more,
    )
    return Tracker(*made)


def make_channel(cast: Cast, kind: Channel.Kind, *, secret: str = "") -> tuple[Channel, str]:
    """Register a channel of the operator and return it with its token."""
    return add_channel(
        kind=kind,
        organisation=cast.organisation,
        label="A channel",
        by=cast.dispatcher,
        at=timezone.now(),
        secret=secret,
    )


def make_convoy(cast: Cast, road: Road, *, at: datetime, code: str = "C7") -> Convoy:
    """Plan a convoy with one bus and let it leave, all before `at`."""
    plan = new_event(
        "convoy.planned",
        at=at - timedelta(hours=3),
        data={"code": code},
        convoy=(convoy := _new_id()),
        corridor=road.corridor.pk,
    )
    bus = new_event(
        "vehicle.added",
        at=at - timedelta(hours=3),
        data={"code": f"{code}-B1", "seats": 50},
        convoy=convoy,
        vehicle=_new_id(),
    )
    leave = new_event("convoy.departed", at=at - timedelta(hours=2), convoy=convoy)
    log(plan, bus, leave, organisation=cast.organisation, by=cast.dispatcher, now=at)
    return Convoy.objects.get(pk=convoy)


def _new_id() -> Any:
    return new_event("note").client_id


def report_for(device: Device, convoy: Convoy, *, since: datetime) -> None:
    """Let a device report for the first vehicle of a convoy."""
    vehicle = Vehicle.objects.filter(convoy=convoy).first()
    assign_device(device=device, convoy=convoy, vehicle=vehicle, at=since, by=None)


def body_of(raw: RawMessage) -> bytes:
    """Return what was kept of a message, byte for byte."""
    return body_in(raw.body_sealed)


def post(address: str, body: bytes | str | dict[str, Any], **more: Any) -> HttpResponse:
    """Post a body as an app does, without cookies; JSON unless `content_type` says otherwise."""
    sent = json.dumps(body) if isinstance(body, dict) else body
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    more.setdefault("content_type", "application/json")
    return client.generic("POST", address, sent, **more)


def get(address: str) -> HttpResponse:
    """Ask for an address as an app does that sends everything in the query."""
    return Client(raise_request_exception=False).get(address)
