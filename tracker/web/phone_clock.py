"""The clock of a phone whose file is taken in: what it said then, and what a right one said.

A file travels for an hour or for days, so the time at which it gets here says nothing of the
phone's clock but this: nothing in it happened after now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from tracker.exercises.clock import FieldClock
from tracker.intake.strict_json import flaw_in, read_json
from tracker.intake.times import time_findings
from tracker.lib.field_sealing import from_base64url
from tracker.lib.sealing import CannotOpen
from tracker.web.phone_shell import field_key

# Below this a clock is right enough to leave it alone.
WORTH_A_WORD = timedelta(minutes=1)
_MOST_SHIFT_MS = 10 * 365 * 24 * 3600 * 1000
_AGE = Annotated[int, Meta(ge=0)]


class _Told(msgspec.Struct, frozen=True):
    """What the line says: the phone's `now`, and ages of entries older than its clock was set.

    `shift` is what had to be added to the clock when the phone last heard the server, in ms.
    """

    v: Literal[1]
    now: datetime
    shift: Annotated[int, Meta(ge=-_MOST_SHIFT_MS, le=_MOST_SHIFT_MS)] = 0
    ages: Annotated[dict[str, _AGE], Meta(max_length=2_000)] = {}


@dataclass(frozen=True, slots=True)
class Made:
    """The moment at which a file was made, as the phone's clock had it (machine time)."""

    said_at: datetime
    shift: timedelta = timedelta(0)
    ages: Mapping[str, int] = field(default_factory=dict)

    def guess(self, *, now: datetime) -> datetime | None:
        """Return what a right clock said then, by what the phone knew of its own; else `None`."""
        right_at = min(self.said_at + self.shift, now)
        return right_at if abs(right_at - self.said_at) >= WORTH_A_WORD else None

    def at_latest(self, *, now: datetime) -> datetime:
        """Return the phone's time, or now where it lies ahead: no file comes from the future."""
        return min(self.said_at, now)


def made_in(line_id: str, sealed: str) -> Made | None:
    """Return what the line about the clock says; `None` where it cannot be opened or is none."""
    try:
        opened = field_key().open(from_base64url(sealed), entry_id=UUID(line_id))
        raw = read_json(opened)
        if not isinstance(raw, dict) or flaw_in(raw):
            return None
        told = msgspec.convert(raw, _Told)
    except (CannotOpen, ValueError, RecursionError):
        return None
    if time_findings(told.now, where="now"):
        return None
    return Made(told.now, timedelta(milliseconds=told.shift), told.ages)


def in_field(moment: datetime, *, clock: FieldClock, now: datetime) -> datetime:
    """Return a moment of machine time as field time."""
    return clock.now + (moment - now) * clock.speed


def in_machine(moment: datetime, *, clock: FieldClock, now: datetime) -> datetime:
    """Return a moment of field time as machine time."""
    return now + (moment - clock.now) / clock.speed


def happened_by(told_at: datetime, made: Made, age_ms: Any) -> bool:
    """Tell whether all that is known of an entry's time is that it came before the file."""
    return age_ms is None and told_at > made.said_at
