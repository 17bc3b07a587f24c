"""Take in what devices send: bounded, kept as it came, then read, answered once it is stored."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from tracker.devices.models import Device, RawMessage
from tracker.devices.operations import Sender, keep_raw, name_sender, settle
from tracker.devices.sorting import CALL
from tracker.exercises.clock import field_now
from tracker.gateways.calls import Call, record_call
from tracker.gateways.parsing import Unreadable
from tracker.lib.text import tidy
from tracker.positions.fixes import NewFix, Outcome
from tracker.positions.operations import add_fixes

logger = logging.getLogger(__name__)

KB = 1024
MAX_BODY_BYTES = 256 * KB
MAX_QUERY_BYTES = 16 * KB
MAX_NOTED = 50

State = RawMessage.State


@dataclass(frozen=True, slots=True)
class Post:
    """One request at a door; `now` is machine time, `at` field time."""

    request: HttpRequest
    body: bytes
    now: datetime
    at: datetime

    @property
    def query(self) -> str:
        """Return the query string as it was sent."""
        return str(self.request.META.get("QUERY_STRING", ""))

    @property
    def content_type(self) -> str:
        """Return the content type as it was sent."""
        return str(self.request.META.get("CONTENT_TYPE", ""))

    @property
    def is_empty_look(self) -> bool:
        """Tell whether somebody only looked at the address and sent nothing."""
        return self.request.method == "HEAD" or not (self.body or self.query)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of a message, or of the part of it that one device sent.

    `needs` says why a person must see it, `set_aside` why nothing was done with it; `understood`
    holds what may be shown of it: no contact, no secret.
    """

    device: Device | None = None
    fixes: tuple[NewFix, ...] = ()
    calls: tuple[Call, ...] = ()
    needs: str = ""
    set_aside: str = ""
    understood: dict[str, Any] = field(default_factory=dict)


Door = Callable[[Post, str], HttpResponse]
View = Callable[[HttpRequest, str], HttpResponse]
Read = Callable[[], Sequence[Reading]]


def empty(status: int = 200) -> HttpResponse:
    """Return an answer without a body: text in a body is a command to some apps."""
    return HttpResponse(b"", status=status, content_type="text/plain")


def door(*methods: str, limit: int = MAX_BODY_BYTES) -> Callable[[Door], View]:
    """Make a door out of a function: these methods, at most `limit` bytes, and never a 500.

    What fails for a reason of ours is answered 503, so that the sender keeps it and sends again.
    """

    def dress(view: Door) -> View:
        @csrf_exempt
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, token: str) -> HttpResponse:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            body, status = _bounded(request, limit=limit)
            if status:
                return empty(status)
            try:
                post = Post(request=request, body=body, now=timezone.now(), at=field_now())
                # What enters the log is written in one language, not in that of each phone.
                with translation.override(settings.LANGUAGE_CODE):
                    return view(post, token)
            except Exception:
                logger.exception("A door could not take in what was sent")
                return empty(503)

        return guarded

    return dress


def _bounded(request: HttpRequest, *, limit: int) -> tuple[bytes, int]:
    """Return the body, or the status with which it is refused."""
    length = str(request.META.get("CONTENT_LENGTH") or "")
    if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
        # Django reads no body of unknown length; without this it would pass for an empty one.
        return b"", 411
    too_long = len(str(request.META.get("QUERY_STRING", ""))) > MAX_QUERY_BYTES
    if too_long or (length.isdecimal() and int(length) > limit):
        return b"", 413
    try:
        return request.body, 0
    except RequestDataTooBig:
        return b"", 413
    except UnreadablePostError:
        return b"", 400


def take_in(
    post: Post,
    *,
    sender: Sender,
    gateway: str,
    body: bytes,
    read: Read,
    message_id: str = "",
) -> None:
    """Keep what came, then read it, then store what it says; whatever it says, it is kept.

    A message that a channel sends again is read again only where the first time was cut short.
    Raises only what is wrong with the database itself: then the sender must send again.
    """
    raw, is_new = keep_raw(
        sender=sender,
        gateway=gateway,
        body=body,
        received_at=post.now,
        field_at=post.at,
        content_type=tidy(post.content_type),
        message_id=message_id,
    )
    if not is_new and raw.state != State.NEW:
        return
    try:
        _store(read(), raw=raw, at=post.at)
    except Unreadable as error:
        settle(raw=raw, state=State.QUARANTINED, reason=error.code)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # It is kept; refused, it would come again for ever and hold up what comes after it.
        logger.exception("A message at %s was kept and could not be read", gateway)
        settle(raw=raw, state=State.QUARANTINED, reason="not_processed")


def _store(readings: Sequence[Reading], *, raw: RawMessage, at: datetime) -> None:
    # Each call is committed by itself: no fix that fails may take it down.
    called = [
        record_call(device=reading.device, call=call, at=at)
        for reading in readings
        for call in reading.calls
    ]
    if raw.device_id is None:
        for device in {reading.device for reading in readings if reading.device}:
            name_sender(raw=raw, device=device)
    with transaction.atomic():
        results = [
            result
            for reading in readings
            if reading.device and reading.fixes
            for result in add_fixes(device=reading.device, fixes=reading.fixes, raw=raw, at=at)
        ]
        unfit = [result.reason for result in results if result.outcome == Outcome.QUARANTINED]
        needs = _gravest([*called, *(reading.needs for reading in readings), *unfit])
        outcomes = {result.outcome for result in results}
        is_taken = Outcome.STORED in outcomes or "" in called
        settle(
            raw=raw,
            state=_state(needs=needs, is_taken=is_taken, outcomes=outcomes),
            reason=needs or ("" if is_taken else _gravest(each.set_aside for each in readings)),
            understood=_noted(readings),
        )


def _gravest(reasons: Iterable[str]) -> str:
    """Return the reason that a person must hear first: a call for help before all else."""
    told = [reason for reason in reasons if reason]
    return next((reason for reason in told if reason.startswith(CALL)), next(iter(told), ""))


def _state(*, needs: str, is_taken: bool, outcomes: set[Outcome]) -> RawMessage.State:
    if needs:
        return State.QUARANTINED
    if is_taken:
        return State.TAKEN
    return State.REPEAT if Outcome.DUPLICATE in outcomes else State.IGNORED


def _noted(readings: Sequence[Reading]) -> dict[str, object]:
    if len(readings) == 1:
        return readings[0].understood
    return {"parts": [reading.understood for reading in readings[:MAX_NOTED]]}
