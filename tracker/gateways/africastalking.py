"""What Africa's Talking sends: a form without any signature, so the address is the secret.

Source: docs.africastalking.com/sms/callback, nyaruka/courier handlers/africastalking.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import re_path

from tracker.devices.models import Channel
from tracker.devices.queries import channel_by_token
from tracker.gateways.parsing import (
    Unreadable,
    fields_or_none,
    form_fields,
    moment_or_none,
)
from tracker.gateways.receiving import KB, Post, door, empty
from tracker.gateways.sms import Ignored, receive_sms
from tracker.gateways.sms_case import Incoming

MAX_BODY_BYTES = 64 * KB


@door("POST", limit=MAX_BODY_BYTES)
def africastalking(post: Post, token: str) -> HttpResponse:
    """Take in one message or receipt; always an empty body, for the service says no answer."""
    channel = channel_by_token(token, kind=Channel.Kind.AFRICASTALKING)
    if channel is None:
        return empty(404)
    if post.is_empty_look:
        return empty()
    answer = receive_sms(
        post,
        channel=channel,
        body=post.body,
        message_id=_message_id(post),
        read=lambda: _incoming(post),
    )
    return empty(409 if answer.is_conflict else 200)


def _message_id(post: Post) -> str:
    """Return the service's id; each receipt of one message, sent later, has an id of its own."""
    fields = fields_or_none(post.body.decode("utf-8", "replace"))
    return f"{fields.get('id', '')} {fields.get('status', '')}".strip()


def _incoming(post: Post) -> Incoming:
    fields = form_fields(post.body.decode("utf-8", "replace"))
    if "status" in fields and "text" not in fields:
        raise Ignored("delivery_report")
    if not fields.get("from") or "text" not in fields:
        raise Unreadable("not_understood")
    return Incoming(
        # A sender may be a name such as "MTN".
        number=fields["from"],
        text=fields["text"],
        sent_at=moment_or_none(fields.get("date")),
    )


urlpatterns = [
    re_path(r"^africastalking/(?P<token>[^/]+)/?$", africastalking, name="in-africastalking"),
]
