"""Take what phones send, and let their owners give up what was refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.middleware.csrf import get_token
from django.urls import path
from django.utils.translation import gettext as _

from tracker.devices.phones import drop_refused
from tracker.intake.times import time_findings
from tracker.web.phone_access import Caller, Refusal, data_address
from tracker.web.phone_entries import Batch
from tracker.web.phone_start import uuid_in
from tracker.web.phone_taking import take_in, told_of

MOST_ENTRIES = 100


def _phone_now(body: Any) -> datetime:
    """Return what the phone's clock said as it sent; raises Refusal."""
    try:
        now = msgspec.convert(body.get("now"), datetime)
    except msgspec.ValidationError as error:
        raise Refusal(400, "bad_request", _("The phone did not say its time.")) from error
    if time_findings(now):
        raise Refusal(400, "bad_request", _("The phone did not say its time."))
    return now


def _entries(body: Any) -> list[Any]:
    entries = body.get("entries")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MOST_ENTRIES:
        text = _("Send between 1 and %(n)s entries at once.") % {"n": MOST_ENTRIES}
        raise Refusal(400, "bad_request", text)
    return entries


@data_address("POST")
def send(caller: Caller) -> dict[str, Any]:
    """Take up to a hundred sealed entries and answer for each, once they are stored."""
    entries = _entries(caller.body)
    batch = Batch(
        user=caller.user,
        organisation=caller.organisation,
        phone=caller.phone,
        now=caller.now,
        clock=caller.clock,
        phone_now=_phone_now(caller.body),
    )
    answers = take_in(entries, batch)
    return {
        "results": [told_of(answer, batch) for answer in answers],
        "csrf": get_token(caller.request),
    }


@data_address("POST")
def drop(caller: Caller) -> dict[str, Any]:
    """Let somebody give up an entry that was refused; the desk keeps it as set aside."""
    entry_id = uuid_in(caller.body, "id")
    drop_refused(phone=caller.phone, entry_id=str(entry_id), by=caller.user, at=caller.now)
    return {"id": entry_id, "outcome": "dropped"}


urlpatterns = [
    path("f/send", send, name="phone_send"),
    path("f/drop", drop, name="phone_drop"),
]
