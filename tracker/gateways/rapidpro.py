"""What RapidPro, TextIt and gateways of their shape send: an External channel, or a flow's webhook.

Source: nyaruka/courier handlers/external, goflow's default body of "Call Webhook".
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import re_path

from tracker.devices.models import Channel
from tracker.devices.queries import channel_by_token
from tracker.gateways.parsing import Unreadable, form_fields, json_object, moment_or_none, part
from tracker.gateways.receiving import KB, Post, door, empty
from tracker.gateways.signing import is_signed, secret_of, shows_secret
from tracker.gateways.sms import Answer, receive_sms
from tracker.gateways.sms_case import Incoming

MAX_BODY_BYTES = 64 * KB
# Where a flow keeps what its contact wrote; else its last result is taken.
_RESULTS = ("message", "text", "report", "sms")


@door("GET", "HEAD", "POST", limit=MAX_BODY_BYTES)
def rapidpro(post: Post, token: str) -> HttpResponse:
    """Take in one message and answer in JSON what a flow can say to its contact."""
    channel = channel_by_token(token, kind=Channel.Kind.RAPIDPRO)
    if channel is None:
        return empty(404)
    if not _is_authentic(post, channel):
        return empty(401)
    if post.is_empty_look:
        return empty()
    sent = b"\n".join(filter(None, (post.query.encode("utf-8", "surrogateescape"), post.body)))
    answer = receive_sms(
        post,
        channel=channel,
        body=sent,
        message_id=_message_id(post, sent),
        read=lambda: _incoming(post),
    )
    return _said(answer)


def _is_authentic(post: Post, channel: Channel) -> bool:
    secret = secret_of(channel)
    if "webhook-signature" in post.request.headers:
        return is_signed(post.request, post.body, secret, now=post.now)
    return not secret or shows_secret(post.request, secret)


def _said(answer: Answer) -> HttpResponse:
    if answer.is_conflict:
        return JsonResponse({"outcome": "conflict", "reply": ""}, status=409)
    told = {"outcome": answer.state.lower(), "reply": answer.reply, "ref": answer.ref}
    return JsonResponse({**told, "is_repeat": answer.is_repeat})


def _fields(post: Post) -> Mapping[str, Any]:
    if post.body.lstrip()[:1] == b"{":
        return json_object(post.body)
    return form_fields(post.query) | form_fields(post.body.decode("utf-8", "replace"))


def _message_id(post: Post, sent: bytes) -> str:
    """Return the service's own id; of one that names none, the same body is the same message."""
    try:
        fields = _fields(post)
    except Unreadable:
        fields = {}
    named = post.request.headers.get("webhook-id") or fields.get("id") or fields.get("message_id")
    return str(named) if named else sha256(sent).hexdigest()


def _incoming(post: Post) -> Incoming:
    fields = _fields(post)
    if "contact" in fields:
        return _of_flow(fields)
    number = fields.get("from") or fields.get("sender")
    if not isinstance(number, str) or not isinstance(fields.get("text"), str):
        raise Unreadable("not_understood")
    return Incoming(
        number=number,
        text=fields["text"],
        sent_at=moment_or_none(fields.get("date", fields.get("time"))),
    )


def _of_flow(fields: Mapping[str, Any]) -> Incoming:
    urn = part(fields, "contact").get("urn")
    results = part(fields, "results")
    named = [name for name in _RESULTS if name in results] or list(results)[-1:]
    text = part(results, named[0]).get("value") if named else None
    if not isinstance(urn, str) or not isinstance(text, str):
        raise Unreadable("not_understood")
    scheme, _colon, address = urn.partition(":")
    return Incoming(number=address if scheme in ("tel", "whatsapp") else urn, text=text)


urlpatterns = [
    re_path(r"^rapidpro/(?P<token>[^/]+)(?:/receive)?/?$", rapidpro, name="in-rapidpro"),
]
