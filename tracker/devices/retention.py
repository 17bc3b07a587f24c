"""Forget what people wrote in messages that were taken long ago; never what a court may ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from tracker.devices.models import Device, RawMessage
from tracker.devices.sorting import CALL
from tracker.fieldlog.models import LogEvent

State = RawMessage.State

# What goes, goes in pieces, so that no lock is held for long.
_BATCH = 1_000
# By hand: of what was read stay the number by which it can be taken back, which must not come
# round again, and the ids of its entries; the words, the place in the text and the sender go.
_FORGET = """
    UPDATE tracker_rawmessage SET body_sealed = ''::bytea, contact_sealed = NULL, reply = '',
        understood = CASE WHEN jsonb_typeof(understood) = 'object' THEN (
            SELECT coalesce(jsonb_object_agg(key, value), '{}'::jsonb)
            FROM jsonb_each(understood) WHERE key IN ('ref', 'events')
        ) ELSE '{}'::jsonb END
    WHERE id = ANY(%s)
"""


def forget_words(*, before: datetime, gateways: Collection[str], spared: Collection[UUID]) -> int:
    """Empty what came by `gateways` before then and is settled; return how many messages.

    `before` is machine time. Stay whole: what waits for a person, what a device sent that has
    called for help, and what told of the convoys in `spared`. The SHA-256 of each body stays.
    """
    done = 0
    last = UUID(int=0)
    while batch := list(_settled(before, gateways).filter(pk__gt=last).order_by("pk")[:_BATCH]):
        last = batch[-1].pk
        keys = _forgettable(batch, spared)
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [keys])
        done += len(keys)
    return done


def _settled(before: datetime, gateways: Collection[str]) -> QuerySet[RawMessage]:
    called = LogEvent.objects.filter(kind="sos").exclude(device_id="").values("device_id")
    callers = Device.objects.filter(code__in=called).values("pk")
    # A call by a telephone that nobody knows is in no log; why it waited says that it was one.
    calls = Q(reason__startswith=CALL) | Q(understood__waited_for__startswith=CALL)
    old = RawMessage.objects.filter(gateway__in=gateways, received_at__lt=before)
    return (
        old.exclude(state__in=(State.NEW, State.QUARANTINED))
        .exclude(pk__in=RawMessage.objects.filter(calls).values("pk"))
        .exclude(device__in=callers)
        .exclude(body_sealed=b"")
        .only("pk", "understood")
    )


def _forgettable(batch: Iterable[RawMessage], spared: Collection[UUID]) -> list[UUID]:
    """Return the keys of the messages of which no entry tells of a convoy that is spared."""
    entries = {raw.pk: _entries_of(raw) for raw in batch}
    named = {key for keys in entries.values() for key in keys}
    telling = LogEvent.objects.filter(pk__in=named, convoy__in=list(spared))
    kept = {str(key) for key in telling.values_list("pk", flat=True)}
    return [key for key, of_it in entries.items() if kept.isdisjoint(of_it)]


def _entries_of(raw: RawMessage) -> set[str]:
    events = raw.understood.get("events", []) if isinstance(raw.understood, dict) else []
    return {str(key) for key in events}
