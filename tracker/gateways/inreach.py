"""What Garmin's inReach service sends (IPC Outbound, versions 2 to 4).

Times are in milliseconds. Sources conflict on the unit of speed; it is read as km/h and said so
in what was understood. Source: pyinreach constants and the examples of Garmin's guide.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from django.urls import re_path
from django.utils.translation import gettext as _

from tracker.devices.models import Channel, Device
from tracker.devices.operations import Sender
from tracker.devices.queries import channel_by_token, device_on_channel
from tracker.devices.secrets import secret_in
from tracker.gateways.calls import Call
from tracker.gateways.parsing import (
    KMH_M_S,
    Unreadable,
    coordinate,
    json_object,
    number,
    part,
    unix_moment,
    within,
    words,
)
from tracker.gateways.receiving import KB, Post, Reading, door, empty, take_in
from tracker.positions.fixes import NewFix

GATEWAY = "inreach"
# Version 4 sends pictures and sound along, in base64.
MAX_BODY_BYTES = 4096 * KB
MAX_EVENTS = 500

DECLARE_SOS, CONFIRM_SOS, CANCEL_SOS = 4, 6, 7
# A point that somebody chose on the map: no place where the device was.
REFERENCE_POINT = 8
_NO_GPS = 0
_NAMES = {
    0: "position",
    2: "locate response",
    3: "free text",
    DECLARE_SOS: "declare SOS",
    CONFIRM_SOS: "confirm SOS",
    CANCEL_SOS: "cancel SOS",
    REFERENCE_POINT: "reference point",
    10: "start track",
    11: "track interval",
    12: "stop track",
    17: "map share",
    20: "mail check",
    21: "am I alive",
    64: "encrypted",
    65: "pingback",
    66: "binary",
    67: "binary",
    3099: "canned",
}


@door("POST", limit=MAX_BODY_BYTES)
def inreach(post: Post, token: str) -> HttpResponse:
    """Take in events; anything but an empty 200 makes the service send them again."""
    channel = channel_by_token(token, kind=Channel.Kind.INREACH)
    if channel is None:
        return empty(404)
    if not _is_authentic(post, channel):
        return empty(401)
    if post.body:
        take_in(
            post,
            sender=Sender(organisation=channel.organisation, channel=channel),
            gateway=GATEWAY,
            body=post.body,
            message_id=sha256(post.body).hexdigest(),
            read=lambda: _readings(json_object(post.body), channel, at=post.at),
        )
    return empty()


def _is_authentic(post: Post, channel: Channel) -> bool:
    if channel.secret_sealed is None:
        return True
    shown = post.request.headers.get("X-Outbound-Auth-Token", "")
    return hmac.compare_digest(shown.encode(), secret_in(channel.secret_sealed).encode())


def _readings(message: dict[str, Any], channel: Channel, *, at: datetime) -> list[Reading]:
    events = message.get("Events")
    if not isinstance(events, list) or not events:
        raise Unreadable("not_understood")
    if len(events) > MAX_EVENTS:
        raise Unreadable("too_many_events")
    version = words(message.get("Version"), limit=10)
    return [_reading(event, channel, version=version, at=at) for event in events]


def _device(event: dict[str, Any], channel: Channel) -> Device | None:
    """Return the device that sent the event; messages over the internet name several, by commas."""
    for name in words(event.get("imei"), limit=400).split(","):
        if name.strip() and (found := device_on_channel(channel, external_id=name.strip()[:128])):
            return found
    return None


def _reading(event: object, channel: Channel, *, version: str, at: datetime) -> Reading:
    if not isinstance(event, dict):
        return Reading(needs="not_understood")
    device = _device(event, channel)
    code = number(event.get("messageCode"))
    calls = _calls(event, code, at=at)
    text = words(event.get("freeText"), limit=1000)
    fixes, needs = _fixes(event, code)
    return Reading(
        device=device,
        fixes=fixes,
        calls=calls,
        # What somebody wrote is for a person to read; within a call it stands in the log itself.
        needs="free_text" if text and not calls else needs,
        set_aside="no_position" if device else "device_unknown",
        understood=_understood(event, code, text=text, version=version),
    )


def _understood(
    event: dict[str, Any], code: float | None, *, text: str, version: str
) -> dict[str, Any]:
    media = words(event.get("mediaBytes"), limit=20)
    noted: dict[str, Any] = {
        "device": words(event.get("imei"), limit=128),
        "version": version,
        "kind": _NAMES.get(int(code), "") if code is not None else "",
        "text": text,
        "low_battery": number(part(event, "status").get("lowBattery")) == 1,
        "transport": words(event.get("transportMode"), limit=20),
        "media": words(event.get("mediaType"), limit=40) or ("yes" if media else ""),
        "transcription": words(event.get("transcription"), limit=1000),
        "speed_read_as": "km/h" if "speed" in part(event, "point") else "",
    }
    return {"code": code} | {name: said for name, said in noted.items() if said}


def _calls(event: dict[str, Any], code: float | None, *, at: datetime) -> tuple[Call, ...]:
    says = {
        DECLARE_SOS: _("SOS declared on the satellite messenger."),
        CONFIRM_SOS: _("SOS confirmed on the satellite messenger."),
        CANCEL_SOS: _("SOS cancelled on the satellite messenger. Make sure of it."),
    }
    if code not in says:
        return ()
    text = words(event.get("freeText"), limit=1000)
    try:
        called_at = unix_moment(event.get("timeStamp"), per_second=1000)
        mark = f"{int(code)} {called_at.isoformat()}"
    except Unreadable:
        called_at, mark = at, f"{int(code)} {at:%Y-%m-%dT%H:%M}"
    said = f"{says[int(code)]} {text}".strip()
    return (Call("note" if code == CANCEL_SOS else "sos", called_at, mark, said),)


def _fixes(event: dict[str, Any], code: float | None) -> tuple[tuple[NewFix, ...], str]:
    """Return the fix of an event, if it has one, or why a person must see it."""
    point = part(event, "point")
    if not point or code == REFERENCE_POINT or number(point.get("gpsFix")) == _NO_GPS:
        return (), ""
    if event.get("timeStamp") is None:
        return (), "time_missing"
    try:
        fix = NewFix(
            fixed_at=unix_moment(event["timeStamp"], per_second=1000),
            lat=coordinate(point.get("latitude")),
            lon=coordinate(point.get("longitude")),
            altitude_m=within(point.get("altitude"), -1000, 1e5),
            speed_m_s=within(point.get("speed"), 0, 1854, factor=KMH_M_S),
            course_deg=within(point.get("course"), 0, 360),
            gateway=GATEWAY,
        )
    except Unreadable as error:
        return (), error.code
    return (fix,), ""


urlpatterns = [re_path(r"^inreach/(?P<token>[^/]+)/?$", inreach, name="in-inreach")]
