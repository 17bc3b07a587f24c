"""Open the sealed entries of phones, read what they say, and work out when it happened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from tracker.convoys.kinds import Count, Part, Text
from tracker.devices.models import Device
from tracker.exercises.clock import FieldClock
from tracker.fieldlog.kinds import Finding
from tracker.intake.strict_json import flaw_in, read_json
from tracker.intake.times import FIRST_YEAR, LAST_YEAR, time_findings
from tracker.lib.field_sealing import from_base64url
from tracker.lib.sealing import CannotOpen
from tracker.organisations.models import Organisation, User
from tracker.web.phone_shell import field_key

UNREADABLE = Finding("sealed_unreadable")
# Two ways to the same time that differ by less are one: their entries go into one submission.
NEARLY = timedelta(seconds=1)
LONGEST_AGE_MS = 8 * 24 * 3600 * 1000
# An id that is none is told back as it came, where any table can hold it.
_SHOWN_ID = re.compile(r"[!-~]{1,64}")


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as the phone wrote it; `at` by its own clock, `n` its number in order.

    `next` says that the person named no place and meant the next checkpoint. What a newer phone
    says besides is not read.
    """

    v: Literal[1]
    kind: Annotated[str, Meta(min_length=1, max_length=40)]
    at: datetime
    n: Annotated[int, Meta(ge=0, le=2**53)]
    phone: Annotated[str, Meta(max_length=16)] | None = None
    context: Annotated[str, Meta(max_length=800)] | None = None
    convoy: UUID | None = None
    checkpoint: UUID | None = None
    next: bool = False
    vehicle: UUID | None = None
    part: Part = "whole"
    people: Count | None = None
    people_low: Count | None = None
    people_high: Count | None = None
    vehicles_seen: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    reason: Text = ""
    note: Text = ""
    confirmed: bool = False

    @property
    def has_number(self) -> bool:
        """Tell whether it names a number of people."""
        return any(each is not None for each in (self.people, self.people_low, self.people_high))

    def in_the_clear(self) -> dict[str, Any]:
        """Return what a person may read again to put it right."""
        said: dict[str, Any] = msgspec.to_builtins(self)
        return {name: value for name, value in said.items() if name not in ("v", "context")}


@dataclass(frozen=True, slots=True)
class Batch:
    """What was sent at once: by whom, from which phone, when, and what that phone's clock said.

    `now` is machine time. Of what was carried here by file `read_at` is when (machine time) the
    phone's clock said `phone_now`; without a line about its clock both are `None`.
    """

    user: User
    organisation: Organisation
    phone: Device | None
    now: datetime
    clock: FieldClock
    phone_now: datetime | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a batch, opened: what it says or what is wrong with it, and when it happened.

    `shown_id` is the id as it was sent. `occurred_at` is what the phone's clock said, in field
    time; `offset` is what must be added to it.
    """

    shown_id: str
    id: UUID | None = None
    body: bytes = b""
    told: Told | None = None
    occurred_at: datetime | None = None
    offset: timedelta = timedelta(0)
    findings: tuple[Finding, ...] = ()

    @property
    def at(self) -> datetime:
        """Return the corrected field time; only of an entry that could be read."""
        assert self.occurred_at is not None
        return self.occurred_at + self.offset


def told_in(opened: bytes) -> Told:
    """Return what opened bytes say; raises ValueError."""
    raw = read_json(opened)
    if not isinstance(raw, dict) or flaw_in(raw):
        raise ValueError("no entry")
    return msgspec.convert(raw, Told)


def _age(raw: Any) -> timedelta | None:
    is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
    return timedelta(milliseconds=raw) if is_number and 0 <= raw <= LONGEST_AGE_MS else None


def _times(told: Told, age: timedelta | None, batch: Batch) -> tuple[datetime, timedelta]:
    """Return the phone's time as field time, and what must be added to it.

    An age that the page itself measured is surer than any clock. In an exercise a machine's hour
    is as many hours of the field as it is fast. Raises OverflowError for a time of no century.
    """
    clock, now = batch.clock, batch.now
    occurred_at = clock.now + (told.at - now) * clock.speed
    read_at = batch.read_at or now
    read_in_field = clock.now + (read_at - now) * clock.speed
    by_clock = (read_at - batch.phone_now) * clock.speed if batch.phone_now else timedelta(0)
    if age is not None:
        by_age = read_in_field - age * clock.speed - occurred_at
        return occurred_at, by_clock if abs(by_age - by_clock) < NEARLY * clock.speed else by_age
    if batch.read_at is not None:
        # Nothing in a file is younger than the file: a clock that was set back says otherwise.
        return occurred_at, min(by_clock, read_in_field - occurred_at)
    return occurred_at, by_clock


def _is_of_this_world(moment: datetime) -> bool:
    return FIRST_YEAR <= moment.year <= LAST_YEAR


def opened(raw: Any, batch: Batch) -> Item:
    """Open one entry of a batch; what cannot be read keeps its bytes and says why."""
    raw = raw if isinstance(raw, dict) else {}
    sent_id, sealed = raw.get("id"), raw.get("sealed")
    shown_id = sent_id if isinstance(sent_id, str) and _SHOWN_ID.fullmatch(sent_id) else ""
    text = sealed if isinstance(sealed, str) else ""
    body = text.encode("utf-8", "replace")
    try:
        entry_id = UUID(shown_id)
        body = from_base64url(text)
        told = told_in(field_key().open(body, entry_id=entry_id))
    except (CannotOpen, ValueError, RecursionError):
        return Item(shown_id, body=body, findings=(UNREADABLE,))
    item = Item(shown_id, entry_id, body, told)
    if findings := time_findings(told.at, where="at"):
        return Item(shown_id, entry_id, body, told, findings=tuple(findings))
    try:
        occurred_at, offset = _times(told, _age(raw.get("age_ms")), batch)
        if not (_is_of_this_world(occurred_at) and _is_of_this_world(occurred_at + offset)):
            raise OverflowError
    except OverflowError:
        return Item(shown_id, entry_id, body, told, findings=(Finding("time_out_of_range", "at"),))
    return Item(item.shown_id, item.id, body, told, occurred_at, offset)


def in_order(items: Sequence[Item]) -> list[Item]:
    """Return entries in the order in which they happened, those of one moment as they were made."""
    return sorted(items, key=lambda item: (item.at, item.told.n if item.told else 0, item.shown_id))
