"""What Twilio sends: a signed form, answered in TwiML.

The signature covers the public address of this installation, never what a proxy says of it.
"""

from __future__ import annotations

from html import escape

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.urls import re_path
from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from tracker.devices.models import Channel
from tracker.devices.queries import channel_by_token
from tracker.gateways.parsing import MAX_FIELDS, Unreadable
from tracker.gateways.receiving import KB, Post, door, empty
from tracker.gateways.signing import secret_of
from tracker.gateways.sms import receive_sms
from tracker.gateways.sms_case import Incoming

MAX_BODY_BYTES = 64 * KB
_START, _NOTHING = '<?xml version="1.0" encoding="UTF-8"?>', "<Response/>"


@door("POST", limit=MAX_BODY_BYTES)
def twilio(post: Post, token: str) -> HttpResponse:
    """Take in one message; what is not signed with the secret of the channel is refused (401)."""
    channel = channel_by_token(token, kind=Channel.Kind.TWILIO)
    if channel is None:
        return empty(404)
    if not _is_signed(post, channel):
        return empty(401)
    fields = _fields(post)
    answer = receive_sms(
        post,
        channel=channel,
        body=post.body,
        message_id=fields.get("MessageSid") or fields.get("SmsSid") or "",
        read=lambda: _incoming(fields),
    )
    if answer.is_conflict:
        return empty(409)
    return twiml(answer.reply)


def _fields(post: Post) -> QueryDict:
    """Return the form; one with more fields than Twilio sends is read as an empty one."""
    if post.body.count(b"&") >= MAX_FIELDS:
        return QueryDict()
    return QueryDict(post.body)


def _is_signed(post: Post, channel: Channel) -> bool:
    shown = post.request.headers.get(SIGNATURE_HEADER, "")
    secret = secret_of(channel)
    if not shown or not secret:
        return False
    query = f"?{post.query}" if post.query else ""
    is_json = post.body.lstrip()[:1] == b"{"
    verdict: bool = RequestValidator(secret).validate(
        f"{settings.PUBLIC_BASE_URL}{post.request.path}{query}",
        post.body.decode("utf-8", "replace") if is_json else _fields(post),
        shown,
        get_signature_algorithm(post.request.headers.get(SIGNATURE_SETTINGS_HEADER, "")),
    )
    return verdict


def _incoming(fields: QueryDict) -> Incoming:
    number, text = fields.get("From"), fields.get("Body")
    if not number or text is None:
        raise Unreadable("not_understood")
    # "whatsapp:+380501234567" is the telephone, too.
    return Incoming(number=number.removeprefix("whatsapp:"), text=text)


def twiml(reply: str) -> HttpResponse:
    """Return the answer in TwiML, byte for byte as short as courier's where there is none."""
    said = f"<Response><Message>{escape(reply)}</Message></Response>" if reply else _NOTHING
    return HttpResponse(f"{_START}{said}", content_type="text/xml; charset=utf-8")


urlpatterns = [re_path(r"^twilio/(?P<token>[^/]+)/?$", twilio, name="in-twilio")]
