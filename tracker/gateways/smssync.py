"""What SMSSync sends, an app that makes an Android phone a gateway; it fetches the answers itself.

Source: ushahidi/SMSSync, developer documentation. The exact JSON is all that the app understands.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.urls import re_path

from tracker.devices.incoming import answers_to_fetch, note_answered
from tracker.devices.models import Channel
from tracker.devices.queries import channel_by_token
from tracker.devices.secrets import number_in
from tracker.gateways.parsing import (
    Unreadable,
    fields_or_none,
    form_fields,
    json_object,
    moment_or_none,
)
from tracker.gateways.receiving import KB, Post, door, empty
from tracker.gateways.signing import same, secret_of
from tracker.gateways.sms import receive_sms
from tracker.gateways.sms_case import Incoming
from tracker.lib.sealing import CannotOpen

MAX_BODY_BYTES = 64 * KB
_AT_ONCE = 20


@door("GET", "HEAD", "POST", limit=MAX_BODY_BYTES)
def smssync(post: Post, token: str) -> HttpResponse:
    """Take in one message, or give out the answers that wait (`?task=send`)."""
    channel = channel_by_token(token, kind=Channel.Kind.SMSSYNC)
    if channel is None:
        return empty(404)
    task = fields_or_none(post.query).get("task", "")
    if post.request.method == "HEAD":
        return _told()
    if task == "send":
        return _answers(post, channel)
    if task:
        return _task(post)
    if post.is_empty_look:
        return _told()
    return _message(post, channel)


def _told(error: str | None = None, *, status: int = 200) -> HttpResponse:
    return _json({"payload": {"success": error is None, "error": error}}, status=status)


def _json(told: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return JsonResponse(told, status=status, json_dumps_params={"separators": (",", ":")})


def _message(post: Post, channel: Channel) -> HttpResponse:
    fields = fields_or_none(post.body.decode("utf-8", "replace"))
    if not same(fields.get("secret", ""), secret_of(channel)):
        return _told("The secret is wrong", status=401)
    answer = receive_sms(
        post,
        channel=channel,
        body=post.body,
        message_id=fields.get("message_id", ""),
        read=lambda: _incoming(post),
    )
    if answer.is_conflict:
        return _told("Another message came under this id", status=409)
    return _told()


def _incoming(post: Post) -> Incoming:
    fields = form_fields(post.body.decode("utf-8", "replace"))
    if not fields.get("from") or "message" not in fields:
        raise Unreadable("not_understood")
    return Incoming(
        number=fields["from"],
        text=fields["message"],
        sent_at=moment_or_none(fields.get("sent_timestamp")),
    )


@transaction.atomic
def _answers(post: Post, channel: Channel) -> HttpResponse:
    """Give out each answer once; the app proves us by the secret in it."""
    found: list[dict[str, str]] = []
    for raw in answers_to_fetch(channel, at=post.now, limit=_AT_ONCE):
        try:
            number = number_in(raw.contact_sealed or b"")
        except CannotOpen:
            # Sealed with a key that this installation has no more: nobody can be answered.
            continue
        found.append({"to": number, "message": raw.reply, "uuid": str(raw.pk)})
        note_answered(raw=raw, at=post.now)
    payload: dict[str, Any] = {"task": "send", "secret": secret_of(channel), "messages": found}
    return _json({"payload": payload})


def _task(post: Post) -> HttpResponse:
    """Say yes to what the app tells of its queue: what it fetched counts as sent."""
    try:
        queued = json_object(post.body).get("queued_messages")
    except Unreadable:
        # A question without a list is answered with an empty one.
        queued = None
    names = [str(each)[:64] for each in queued[:100]] if isinstance(queued, list) else []
    return _json({"message_uuids": names})


urlpatterns = [re_path(r"^smssync/(?P<token>[^/]+)/?$", smssync, name="in-smssync")]
