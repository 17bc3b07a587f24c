"""What OsmAnd, Traccar Client and GPSLogger send: a query, a form, or JSON.

Units differ by app: `speed` of a query is in knots, `speed_ms` and JSON in m/s; the battery of a
query in percent, of JSON from 0 to 1. Source: traccar protocol/OsmAndProtocolDecoder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import re_path
from django.utils.translation import gettext as _

from tracker.devices.models import Device
from tracker.devices.operations import Sender
from tracker.devices.queries import device_by_token
from tracker.gateways.calls import Call, by_the_minute
from tracker.gateways.parsing import (
    KNOT_M_S,
    Unreadable,
    coordinate,
    form_fields,
    json_object,
    moment,
    number,
    part,
    says_no,
    says_yes,
    within,
    words,
)
from tracker.gateways.receiving import Post, Reading, door, empty, take_in
from tracker.positions.fixes import NewFix

GATEWAY = "osmand"
_SOS = "sos"
_PLACE = frozenset({"lat", "lon", "location"})
# Read as a fix, or no business of ours: the address for push messages is a secret of the app.
_NOT_NOTED = _PLACE | {
    *("timestamp", "speed", "speed_ms", "bearing", "heading", "altitude", "accuracy"),
    *("batt", "mock", "valid", "notificationToken"),
}
# A message that has none of these is none of these apps'.
_KNOWN = _NOT_NOTED | {"id", "deviceid", "cell", "wifi", "driverUniqueId", "alarm", "hdop"}
_MAX_NOTED = 20


@door("GET", "HEAD", "POST")
def osmand(post: Post, token: str) -> HttpResponse:
    """Take in one location; always an empty body, for text would be a command to the app.

    Only an unknown token is refused (400, in JSON 404): whatever else is wrong is kept and
    answered 200, or the app would send it for ever and hold back what comes after it.
    """
    device = device_by_token(token, kind=Device.Kind.TRACKER, at=post.now)
    is_json = _is_json(post)
    if device is None:
        return empty(404 if is_json else 400)
    if not post.is_empty_look:
        take_in(
            post,
            sender=Sender(organisation=device.organisation, device=device),
            gateway=GATEWAY,
            body=_sent(post),
            read=lambda: [_of_json(post, device) if is_json else _of_fields(post, device)],
        )
    return empty()


def _is_json(post: Post) -> bool:
    return "json" in post.content_type.lower() or post.body.lstrip()[:1] == b"{"


def _sent(post: Post) -> bytes:
    """Return the bytes that say something: query, body, or both with a line feed between."""
    return b"\n".join(filter(None, (post.query.encode("utf-8", "surrogateescape"), post.body)))


def _of_fields(post: Post, device: Device) -> Reading:
    fields = form_fields(post.query) | form_fields(post.body.decode("utf-8", "replace"))
    if not fields.keys() & _KNOWN:
        raise Unreadable("not_understood")
    understood = {
        words(name, limit=40): words(value, limit=100)
        for name, value in list(fields.items())[:_MAX_NOTED]
        if name not in _NOT_NOTED
    }
    call = _call_of(fields.get("alarm"), fields.get("timestamp"), at=post.at)
    found = Reading(device=device, calls=call, understood=understood)
    if not fields.keys() & _PLACE:
        return replace(found, set_aside="no_position")
    if "valid" in fields and says_no(fields["valid"]):
        return replace(found, set_aside="called_invalid")
    return _with_fix(found, lambda: _fix_of_fields(fields))


def _fix_of_fields(fields: Mapping[str, str]) -> NewFix:
    lat, _comma, lon = fields.get("location", "").partition(",")
    if "timestamp" not in fields:
        raise Unreadable("time_missing")
    speed = within(fields.get("speed"), 0, 2000, factor=KNOT_M_S)
    return NewFix(
        fixed_at=moment(fields["timestamp"]),
        lat=coordinate(fields.get("lat", lat)),
        lon=coordinate(fields.get("lon", lon)),
        accuracy_m=within(fields.get("accuracy"), 0, 1e6),
        altitude_m=within(fields.get("altitude"), -1000, 1e5),
        speed_m_s=within(fields["speed_ms"], 0, 1000) if "speed_ms" in fields else speed,
        course_deg=within(fields.get("bearing", fields.get("heading")), 0, 360),
        battery_pct=within(fields.get("batt"), 0, 100),
        is_mock=says_yes(fields.get("mock")),
        gateway=GATEWAY,
    )


def _of_json(post: Post, device: Device) -> Reading:
    location = part(json_object(post.body), "location")
    if not location:
        raise Unreadable("not_understood")
    noted = {
        "event": location.get("event"),
        "activity": part(location, "activity").get("type"),
        "odometer_m": number(location.get("odometer")),
    }
    understood = {name: words(value, limit=100) for name, value in noted.items() if value}
    call = _call_of(location.get("alarm"), location.get("timestamp"), at=post.at)
    found = Reading(device=device, calls=call, understood=understood)
    if "coords" not in location:
        return replace(found, set_aside="no_position")
    return _with_fix(found, lambda: _fix_of_json(location))


def _fix_of_json(location: Mapping[str, Any]) -> NewFix:
    coords = part(location, "coords")
    return NewFix(
        fixed_at=moment(location.get("timestamp")),
        lat=coordinate(coords.get("latitude")),
        lon=coordinate(coords.get("longitude")),
        accuracy_m=within(coords.get("accuracy"), 0, 1e6),
        altitude_m=within(coords.get("altitude"), -1000, 1e5),
        speed_m_s=within(coords.get("speed"), 0, 1000),
        course_deg=within(coords.get("heading"), 0, 360),
        battery_pct=within(part(location, "battery").get("level"), 0, 1, factor=100),
        is_mock=says_yes(location.get("mock")),
        gateway=GATEWAY,
    )


def _call_of(alarm: object, timestamp: object, *, at: datetime) -> tuple[Call, ...]:
    """Return the call for help that an alarm is; without a readable time it was made just now."""
    if str(alarm).lower() != _SOS:
        return ()
    try:
        called_at = moment(timestamp)
    except Unreadable:
        called_at = at
    return (Call("sos", called_at, by_the_minute(called_at), _("SOS from the tracker app.")),)


def _with_fix(found: Reading, make: Callable[[], NewFix]) -> Reading:
    """Return what was found with its fix; a fix that cannot be read takes no call down with it."""
    try:
        return replace(found, fixes=(make(),))
    except Unreadable as error:
        return replace(found, needs=error.code)


urlpatterns = [re_path(r"^osmand/(?P<token>[^/]+)/?$", osmand, name="in-osmand")]
