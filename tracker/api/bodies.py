"""The shape of what senders of events post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta

from tracker.fieldlog.kinds import Finding
from tracker.intake.strict_json import Repeated, flaw_in
from tracker.intake.times import time_findings

MAX_EVENTS = 500

Ref = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=80,
        description="A code or slug, an id, or the id of the event that created it.",
    ),
]
DeviceId = Annotated[str, Meta(max_length=64, pattern=r"^[\w.:-]*$")]
Kind = Annotated[str, Meta(min_length=1, max_length=40)]
Age = Annotated[
    int,
    Meta(
        ge=0,
        le=366 * 86_400_000,
        description="Milliseconds since it happened, by a clock of the device that nobody can set.",
    ),
]
Sequence64 = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class EventItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fact: `id` is made by the sender, and the same id with the same body is a repeat."""

    id: UUID
    kind: Kind
    occurred_at: datetime
    recorded_at: datetime | None = None
    seq: Sequence64 | None = None
    age_ms: Age | None = None
    corridor: Ref | None = None
    window: Ref | None = None
    checkpoint: Ref | None = None
    attempt: Ref | None = None
    convoy: Ref | None = None
    other_convoy: Ref | None = None
    vehicle: Ref | None = None
    incident: Ref | None = None
    data: dict[str, Any] = {}
    source: Annotated[str, Meta(max_length=420)] | None = None
    reason: Annotated[str, Meta(max_length=4000)] = ""
    corrects: UUID | None = None
    confirmed: bool = False


class SingleEvent(EventItem, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One event with its sender: `now` is what the sender's clock says as it sends."""

    now: datetime | None = None
    device_id: DeviceId = ""


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Which device sends, and what its clock says as it does."""

    now: datetime | None = None
    device_id: DeviceId = ""


class EventBatch(Sender, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up to 500 events of one device."""

    events: Annotated[list[Any], Meta(min_length=1, max_length=MAX_EVENTS)]


Shape = TypeVar("Shape", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Unreadable(Exception):
    """What was sent has another shape; `findings` say where."""

    findings: tuple[Finding, ...]


def shaped(raw: Any, shape: type[Shape]) -> Shape:
    """Return what was sent in its shape, with times that can be; raises Unreadable."""
    if not isinstance(raw, dict):
        raise Unreadable((Finding("not_an_object"),))
    if flaw := flaw_in(raw):
        raise Unreadable((flaw,))
    try:
        read = msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        text = str(error).rstrip(".") + "."
        where = text.partition("`$.")[2].rstrip("`.")
        raise Unreadable((Finding("bad_data", where, {"problem": text}),)) from error
    if findings := time_findings(read):
        raise Unreadable(tuple(findings))
    return read


def _refuse_oddities(raw: Any) -> None:
    """Refuse what is no object, or an object of which nobody can know what it means."""
    if not isinstance(raw, dict):
        raise Unreadable((Finding("not_an_object"),))
    if isinstance(raw, Repeated):
        raise Unreadable((Finding("key_repeated", "", {"key": raw.key}),))


def batch_of(raw: Any) -> tuple[Sender, Sequence[Any]]:
    """Return the sender and the events of a batch, each still unread; raises Unreadable."""
    _refuse_oddities(raw)
    events = raw.get("events")
    if not isinstance(events, list):
        return shaped(raw, EventBatch), ()
    if len(events) > MAX_EVENTS:
        raise Unreadable((Finding("too_many_events", "events", {"limit": MAX_EVENTS}),))
    # What is odd within one event is that event's own affair: it stops no other.
    return shaped({**raw, "events": [None] * len(events)}, EventBatch), events


def single_of(raw: Any) -> tuple[Sender, Any]:
    """Return the sender of a single event, and the event still unread; raises Unreadable."""
    _refuse_oddities(raw)
    sender = {name: raw[name] for name in Sender.__struct_fields__ if name in raw}
    return shaped(sender, Sender), {name: raw[name] for name in raw if name not in sender}
