"""What OwnTracks sends over HTTP, plain or encrypted with the secret of the device.

Speed is in km/h, times in seconds, the battery in percent. Source: owntracks/booklet, tech/json
and features/encrypt.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import re_path
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from tracker.devices.models import Device
from tracker.devices.operations import Sender
from tracker.devices.queries import device_by_token
from tracker.devices.secrets import secret_in
from tracker.gateways.parsing import (
    KMH_M_S,
    Unreadable,
    coordinate,
    json_object,
    says_yes,
    unix_moment,
    within,
    words,
)
from tracker.gateways.receiving import Post, Reading, door, empty, take_in
from tracker.positions.fixes import NewFix

GATEWAY = "owntracks"
# Kinds that carry no location of the device, as the booklet names them.
_OTHER_KINDS = frozenset(
    {"transition", "waypoint", "waypoints", "status", "lwt", "card", "cmd", "steps", "dump"}
)
_NOTED = ("tid", "t", "bs", "conn", "m", "event", "created_at", "topic")


@door("POST")
def owntracks(post: Post, token: str) -> HttpResponse:
    """Take in one message and answer `[]`, which tells the app that it was delivered.

    The token alone says who sends; a name and password that the app sends besides are not read.
    """
    device = device_by_token(token, kind=Device.Kind.TRACKER, at=post.now)
    if device is None:
        return empty(404)
    if post.body:
        take_in(
            post,
            sender=Sender(organisation=device.organisation, device=device),
            gateway=GATEWAY,
            body=post.body,
            read=lambda: [_reading(_opened(json_object(post.body), device), device)],
        )
    return JsonResponse([], safe=False)


def _opened(message: dict[str, Any], device: Device) -> dict[str, Any]:
    """Return the message within an encrypted one; raises Unreadable where it cannot be opened."""
    if message.get("_type") != "encrypted":
        return message
    if device.secret_sealed is None:
        raise Unreadable("no_secret")
    passphrase = secret_in(device.secret_sealed).encode()[: SecretBox.KEY_SIZE]
    box = SecretBox(passphrase.ljust(SecretBox.KEY_SIZE, b"\0"))
    try:
        sealed = base64.b64decode(str(message.get("data")), validate=True)
        return json_object(box.decrypt(sealed))
    except (binascii.Error, CryptoError, ValueError) as error:
        raise Unreadable("cannot_decrypt") from error


def _reading(message: dict[str, Any], device: Device) -> Reading:
    kind = words(message.get("_type"), limit=40)
    noted = {name: words(message.get(name), limit=100) for name in _NOTED}
    understood = {"kind": kind} | {name: said for name, said in noted.items() if said}
    if kind == "location":
        return Reading(device=device, fixes=(_fix(message),), understood=understood)
    set_aside = "no_position" if kind in _OTHER_KINDS else "kind_unknown"
    return Reading(device=device, set_aside=set_aside, understood=understood)


def _fix(message: dict[str, Any]) -> NewFix:
    return NewFix(
        fixed_at=unix_moment(message.get("tst")),
        lat=coordinate(message.get("lat")),
        lon=coordinate(message.get("lon")),
        accuracy_m=within(message.get("acc"), 0, 1e6),
        altitude_m=within(message.get("alt"), -1000, 1e5),
        speed_m_s=within(message.get("vel"), 0, 3600, factor=KMH_M_S),
        course_deg=within(message.get("cog"), 0, 360),
        battery_pct=within(message.get("batt"), 0, 100),
        is_mock=says_yes(message.get("mock")),
        gateway=GATEWAY,
    )


urlpatterns = [re_path(r"^owntracks/(?P<token>[^/]+)/?$", owntracks, name="in-owntracks")]
