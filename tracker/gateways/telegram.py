"""What a Telegram bot sends to its webhook, proven by the secret that the webhook was set with.

The answer travels in the reply to the request. Source: core.telegram.org/bots/api.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import re_path

from tracker.devices.models import Channel
from tracker.devices.queries import channel_by_token
from tracker.gateways.parsing import Unreadable, json_object, moment_or_none, part
from tracker.gateways.receiving import KB, Post, door, empty
from tracker.gateways.signing import same, secret_of
from tracker.gateways.sms import Ignored, receive_sms
from tracker.gateways.sms_case import Incoming

MAX_BODY_BYTES = 256 * KB
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the name of a header
# So that no account is ever taken for a telephone whose digits it shares.
PREFIX = "telegram:"


@door("POST", limit=MAX_BODY_BYTES)
def telegram(post: Post, token: str) -> HttpResponse:
    """Take in one update; an answer is sent to the chat that it came from."""
    channel = channel_by_token(token, kind=Channel.Kind.TELEGRAM)
    if channel is None:
        return empty(404)
    if not same(post.request.headers.get(SECRET_HEADER, ""), secret_of(channel)):
        return empty(401)
    if _begins(post):
        return _say(post, _name(post))
    answer = receive_sms(
        post,
        channel=channel,
        body=post.body,
        message_id=_update_id(post),
        read=lambda: _incoming(json_object(post.body)),
    )
    if answer.is_conflict:
        return empty(409)
    return _say(post, answer.reply)


def _say(post: Post, text: str) -> HttpResponse:
    chat = _chat(post)
    if not text or chat is None:
        return empty()
    return JsonResponse({"method": "sendMessage", "chat_id": chat, "text": text})


def _begins(post: Post) -> bool:
    """Tell whether somebody only opened the chat: a bot is greeted by /start."""
    return part(_update(post), "message").get("text") == "/start"


def _name(post: Post) -> str:
    """Return the name by which the desk can register this account as a telephone."""
    sender = part(part(_update(post), "message"), "from").get("id")
    return f"{PREFIX}{sender}" if isinstance(sender, int) else ""


def _update(post: Post) -> dict[str, Any]:
    try:
        return json_object(post.body)
    except Unreadable:
        return {}


def _update_id(post: Post) -> str:
    update_id = _update(post).get("update_id")
    return str(update_id) if isinstance(update_id, int) else ""


def _chat(post: Post) -> int | None:
    chat = part(part(_update(post), "message"), "chat").get("id")
    return chat if isinstance(chat, int) else None


def _incoming(update: dict[str, Any]) -> Incoming:
    message = part(update, "message")
    if not message:
        raise Ignored("edited" if "edited_message" in update else "no_text")
    sender, text = part(message, "from").get("id"), message.get("text")
    if not isinstance(text, str):
        # A place, a picture, somebody who joined: nothing that a code could stand before.
        raise Ignored("no_text")
    if not isinstance(sender, int) or isinstance(sender, bool):
        raise Unreadable("not_understood")
    return Incoming(
        number=f"{PREFIX}{sender}", text=text, sent_at=moment_or_none(message.get("date"))
    )


urlpatterns = [re_path(r"^telegram/(?P<token>[^/]+)/?$", telegram, name="in-telegram")]
