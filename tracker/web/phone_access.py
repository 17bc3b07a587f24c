"""Who speaks at a data address of the phone page: bounded, in JSON, from a phone that is known."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    JsonResponse,
    RawPostDataException,
    UnreadablePostError,
)
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from psycopg.errors import DiskFull

from tracker.devices.models import Device
from tracker.devices.operations import heard_from
from tracker.devices.phones import note_session, phone_with, register_phone
from tracker.exercises.clock import FieldClock, field_clock
from tracker.intake.strict_json import Repeated, flaw_in, read_json
from tracker.organisations.models import Organisation, User
from tracker.organisations.permissions import may_of

logger = logging.getLogger(__name__)

COOKIE, COOKIE_PATH = "phone", "/f/"
# As long as browsers keep any cookie.
COOKIE_AGE_S = 400 * 24 * 3600
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody signed in, on a phone, with what was sent; `now` is machine time."""

    request: HttpRequest
    user: User
    organisation: Organisation
    phone: Device
    now: datetime
    clock: FieldClock
    body: Any = None


class Refusal(Exception):
    """The request is answered with a status and a problem, and nothing of it is done."""

    def __init__(self, status: int, problem: str, text: str = "", **more: str) -> None:
        super().__init__(problem)
        self.status, self.problem, self.text, self.more = status, problem, text, more

    def answer(self) -> JsonResponse:
        """Return the answer that says so."""
        said = {"problem": self.problem, "text": self.text, **self.more}
        return JsonResponse(said, status=self.status)


View = Callable[[Caller], dict[str, Any]]


class _TokenCheck(CsrfViewMiddleware):
    """Django's own check, answered as the phone page reads it."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        text = _("This page was not up to date. It sends again by itself.")
        return Refusal(403, "csrf", text, csrf=get_token(request)).answer()


def _plain_view(request: HttpRequest) -> HttpResponse:
    """Stand for the view in the check, which asks only whether a view is exempt."""
    raise NotImplementedError


_token_check = _TokenCheck(_plain_view)


def _lost(request: HttpRequest) -> HttpResponse:
    """Tell a lost phone to forget everything, and sign out whoever holds it."""
    request.session.flush()
    answer = Refusal(410, "lost", _("This phone was marked as lost.")).answer()
    answer["Clear-Site-Data"] = '"*"'
    return answer


def _signed_in(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        sign_in = f"{reverse('account_login')}?next={reverse('phone')}"
        raise Refusal(401, "sign_in", _("Sign in to send."), sign_in=sign_in)
    if not may_of(user).log_field:
        raise Refusal(403, "not_permitted", _("Your role may not log what happens to convoys."))
    return user


def _too_large() -> Refusal:
    return Refusal(413, "too_large", _("This is too large to send at once."))


def _declared(request: HttpRequest, limit: int) -> None:
    """Refuse by what the headers say, before anything of the body is read."""
    length = str(request.META.get("CONTENT_LENGTH") or "")
    if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
        raise Refusal(411, "length_missing", _("Send the body whole, with its length."))
    if length.isdecimal() and int(length) > limit:
        raise _too_large()


def _token_missing(request: HttpRequest) -> HttpResponse | None:
    try:
        return _token_check.process_view(request, _plain_view, (), {})
    except (MultiPartParserError, RequestDataTooBig, TooManyFieldsSent, UnreadablePostError) as bad:
        raise Refusal(400, "bad_request") from bad


def _is_odd(read: dict[str, Any]) -> bool:
    """Tell whether the frame of a body is not to be trusted; entries are judged one by one."""
    frame = {name: each for name, each in read.items() if name != "entries"}
    return isinstance(read, Repeated) or flaw_in(frame) is not None


def _json_body(request: HttpRequest, limit: int) -> Any:
    if request.content_type != "application/json":
        raise Refusal(415, "not_json", _("Send JSON."))
    try:
        body = request.read(limit + 1)
        if len(body) > limit:
            raise _too_large()
        read = read_json(body)
    except (ValueError, RecursionError, UnreadablePostError, RawPostDataException) as error:
        raise Refusal(400, "bad_request", _("What came is not JSON, or not all of it.")) from error
    if not isinstance(read, dict) or _is_odd(read):
        raise Refusal(400, "bad_request", _("What came is not what the field log sends."))
    return read


def _phone(request: HttpRequest, user: User, now: datetime) -> tuple[Device, str]:
    """Return the phone that asks, with its new token where it was not known before."""
    assert user.organisation is not None, "nobody without an organisation may log"
    phone, token = phone_with(request.COOKIES.get(COOKIE, "")), ""
    if phone is None or phone.organisation_id != user.organisation_id:
        phone, token = register_phone(user=user, organisation=user.organisation, at=now)
    elif phone.revoked_at is not None:
        raise Refusal(403, "phone_out_of_use", _("This phone was taken out of use. Ask your desk."))
    note_session(phone=phone, user=user, session_key=request.session.session_key or "")
    return phone, token


def _answered(request: HttpRequest, view: View, limit: int) -> HttpResponse:
    held = phone_with(request.COOKIES.get(COOKIE, ""))
    if held is not None and held.is_lost:
        return _lost(request)
    user = _signed_in(request)
    body = None
    if request.method == "POST":
        _declared(request, limit)
        if refused := _token_missing(request):
            return refused
        body = _json_body(request, limit)
    now = timezone.now()
    phone, token = _phone(request, user, now)
    heard_from(device=phone, at=now)
    caller = Caller(request, user, phone.organisation, phone, now, field_clock(), body)
    answer = JsonResponse(view(caller))
    if token:
        answer.set_cookie(
            COOKIE,
            token,
            max_age=COOKIE_AGE_S,
            path=COOKIE_PATH,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Strict",
        )
    return answer


def _is_full(error: Exception) -> bool:
    return isinstance(error.__cause__, DiskFull)


def data_address(
    method: str, *, limit: int = MB
) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """Make a data address out of a function; every answer is JSON that no cache keeps.

    A phone that was lost is told to forget before anything else is asked of it.
    """

    def dress(view: View) -> Callable[[HttpRequest], HttpResponse]:
        # The token is checked below, so that a phone gets an answer that it can read.
        @csrf_exempt
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            if request.method != method and (request.method, method) != ("HEAD", "GET"):
                return HttpResponseNotAllowed([method])
            try:
                return _answered(request, view, limit)
            except Refusal as refusal:
                return refusal.answer()
            except (OperationalError, InterfaceError) as error:
                logger.exception("The field log could not store what a phone sent")
                if _is_full(error):
                    text = _("The server is full. Keep everything on the phone and tell the desk.")
                    return Refusal(507, "full", text).answer()
                return Refusal(503, "later", _("The server is busy. It sends again.")).answer()

        return guarded

    return dress
