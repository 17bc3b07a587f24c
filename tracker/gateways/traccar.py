"""What a Traccar server forwards: positions and events of all its devices.

Speed is in knots, times are ISO or (5.3) milliseconds. Source: traccar forward/*, model/*.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from django.urls import re_path
from django.utils.translation import gettext as _

from tracker.devices.models import Channel
from tracker.devices.operations import Sender
from tracker.devices.queries import channel_by_token, device_on_channel
from tracker.gateways.calls import Call, by_the_minute
from tracker.gateways.parsing import (
    KNOT_M_S,
    Unreadable,
    coordinate,
    json_object,
    moment,
    part,
    says_no,
    says_yes,
    within,
    words,
)
from tracker.gateways.receiving import Post, Reading, door, empty, take_in
from tracker.positions.fixes import NewFix

GATEWAY = "traccar"
_SOS = "sos"


@door("POST")
def traccar(post: Post, token: str) -> HttpResponse:
    """Take in one position or event; any 2xx tells the server that it need not send it again."""
    channel = channel_by_token(token, kind=Channel.Kind.TRACCAR)
    if channel is None:
        return empty(404)
    if post.body:
        take_in(
            post,
            sender=Sender(organisation=channel.organisation, channel=channel),
            gateway=GATEWAY,
            body=post.body,
            # The server numbers nothing that it sends; what it repeats is the same to the byte.
            message_id=sha256(post.body).hexdigest(),
            read=lambda: [_reading(json_object(post.body), channel, at=post.at)],
        )
    return empty()


def _reading(message: dict[str, Any], channel: Channel, *, at: datetime) -> Reading:
    position, event = part(message, "position"), part(message, "event")
    name = words(part(message, "device").get("uniqueId"), limit=128)
    if not name or not (position or event):
        raise Unreadable("not_understood")
    alarms = _alarms(position) | _alarms(event)
    noted = {
        "device": name,
        "event": words(event.get("type"), limit=40),
        "alarm": ",".join(sorted(alarms)),
        "status": words(part(message, "device").get("status"), limit=20),
    }
    understood = {key: said for key, said in noted.items() if said}
    calls = (_call(position, event, at=at),) if _SOS in alarms else ()
    device = device_on_channel(channel, external_id=name)
    if device is None:
        return Reading(calls=calls, set_aside="device_unknown", understood=understood)
    fixes, needs, set_aside = _fixes(position)
    return Reading(
        device=device,
        fixes=fixes,
        calls=calls,
        needs=needs,
        set_aside=set_aside,
        understood=understood,
    )


def _alarms(whole: dict[str, Any]) -> set[str]:
    """Return the alarms that a position or event names; newer servers join several by commas."""
    named = words(part(whole, "attributes").get("alarm"), limit=200)
    return {alarm.strip() for alarm in named.split(",") if alarm.strip()}


def _call(position: dict[str, Any], event: dict[str, Any], *, at: datetime) -> Call:
    """Return one call for the position and the event that both report it."""
    called_at = at
    for written in (event.get("eventTime"), position.get("fixTime")):
        try:
            called_at = moment(written)
        except Unreadable:
            continue  # what has no time was called at the other's, or just now
    return Call("sos", called_at, by_the_minute(called_at), _("SOS from the tracker."))


def _fixes(position: dict[str, Any]) -> tuple[tuple[NewFix, ...], str, str]:
    """Return the fix, or why a person must see it, or why it is set aside."""
    if not position:
        return (), "", "no_position"
    if says_no(position.get("valid")) or says_yes(position.get("outdated")):
        return (), "", "called_invalid"
    attributes = part(position, "attributes")
    try:
        fix = NewFix(
            fixed_at=moment(position.get("fixTime")),
            lat=coordinate(position.get("latitude")),
            lon=coordinate(position.get("longitude")),
            # 0 is what the server writes where the protocol of the device has none.
            accuracy_m=within(position.get("accuracy"), 0, 1e6) or None,
            altitude_m=within(position.get("altitude"), -1000, 1e5),
            speed_m_s=within(position.get("speed"), 0, 2000, factor=KNOT_M_S),
            course_deg=within(position.get("course"), 0, 360),
            battery_pct=within(attributes.get("batteryLevel"), 0, 100),
            is_mock=says_yes(attributes.get("mock")),
            gateway=GATEWAY,
        )
    except Unreadable as error:
        return (), error.code, ""
    return (fix,), "", ""


urlpatterns = [re_path(r"^traccar/(?P<token>[^/]+)/?$", traccar, name="in-traccar")]
