"""Post a promise beside a fact, and expand it later in one transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.db.transaction import get_connection
from psycopg.types.json import Jsonb

from tracker.lib.statements import run
from tracker.outbox import bell
from tracker.outbox.crashpoints import crash_point
from tracker.outbox.models import Heartbeat, JobSlot, OutboxRow

logger = logging.getLogger(__name__)

CHANNEL = "outbox"
BATCH = 200
RETRY_FIRST = timedelta(seconds=0.5)
RETRY_CAP = timedelta(minutes=5)
KEPT_DONE = timedelta(days=30)
KEPT_SLOTS = timedelta(days=1)

Expand = Callable[[Sequence[OutboxRow]], None]


class Promise(msgspec.Struct, frozen=True):
    """What every consumer will be told; with an `event_id`, once for that event."""

    kind: str
    payload: Mapping[str, Any]
    event_id: UUID | None = None


# By hand, so that a submission of many facts costs one statement however many it touches. The
# notice is sent by PostgreSQL at commit and only then; equal ones of a transaction become one.
_POST = (
    f"INSERT INTO {OutboxRow._meta.db_table} "  # noqa: S608  # the name of our own table
    "(consumer, kind, event_id, payload, attempts, error) "
    "SELECT consumer, kind, event_id, payload, 0, '' "
    "FROM unnest(%b::text[], %b::uuid[], %b::jsonb[]) AS promise (kind, event_id, payload), "
    "unnest(%b::text[]) AS consumer RETURNING pg_notify(%b, '')"
)


def post(*, kind: str, payload: Mapping[str, Any], event_id: UUID | None = None) -> None:
    """Write one row per consumer in the caller's transaction and ring once it commits."""
    post_all(promises=[Promise(kind, payload, event_id)])


def post_all(*, promises: Iterable[Promise]) -> None:
    """Write what `post` does for each promise, with one statement."""
    wanted = list(promises)
    if not wanted:
        return
    crash_point("before_outbox_insert")
    columns = (
        [promise.kind for promise in wanted],
        [promise.event_id for promise in wanted],
        [Jsonb(promise.payload, dumps=msgspec.json.encode) for promise in wanted],
        list(OutboxRow.Consumer.values),
        CHANNEL,
    )
    run(get_connection(), _POST, *columns)
    crash_point("after_outbox_insert")
    transaction.on_commit(_ring)


def wake() -> None:
    """Let whoever drains and sends look once the caller's transaction has committed."""
    with connection.cursor() as cursor:
        # Sent by PostgreSQL at commit and only then; the stand-alone process listens.
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    transaction.on_commit(_ring)


def _ring() -> None:
    crash_point("before_doorbell")
    bell.ring()


def drain(*, consumer: OutboxRow.Consumer, expand: Expand, now: datetime) -> int:
    """Expand every due row of `consumer` and return how many; one that fails is tried again.

    `expand` writes whatever follows from its rows in the same transaction that marks them done, so
    a row is either untouched or fully expanded.
    """
    done = 0
    while True:
        claimed, succeeded = _drain_batch(consumer=consumer, expand=expand, now=now, limit=BATCH)
        done += succeeded
        if claimed < BATCH:
            return done


def _due(consumer: OutboxRow.Consumer, now: datetime, limit: int) -> list[OutboxRow]:
    return list(
        OutboxRow.objects.select_for_update(skip_locked=True)
        .filter(consumer=consumer, done_at__isnull=True, next_at__lte=now)
        .order_by("next_at", "id")[:limit]
    )


def _drain_batch(
    *, consumer: OutboxRow.Consumer, expand: Expand, now: datetime, limit: int
) -> tuple[int, int]:
    """Expand one batch; when it fails, its rows one by one, so that a bad one holds up no other."""
    rows: list[OutboxRow] = []
    try:
        with transaction.atomic():
            rows = _due(consumer, now, limit)
            if not rows:
                return 0, 0
            _expand_and_mark(rows, expand, now)
    except Exception:
        logger.exception("outbox: a batch of %s for %s failed", len(rows), consumer)
    else:
        crash_point("after_expand_commit")
        return len(rows), len(rows)
    succeeded = sum(_drain_one(row_id=row.pk, expand=expand, now=now) for row in rows)
    return len(rows), succeeded


def _expand_and_mark(rows: Sequence[OutboxRow], expand: Expand, now: datetime) -> None:
    crash_point("after_claim")
    expand(rows)
    crash_point("after_expand")
    OutboxRow.objects.filter(pk__in=[row.pk for row in rows]).update(done_at=now, error="")
    crash_point("before_expand_commit")


def _drain_one(*, row_id: int, expand: Expand, now: datetime) -> int:
    try:
        with transaction.atomic():
            row = (
                OutboxRow.objects.select_for_update(skip_locked=True)
                .filter(pk=row_id, done_at__isnull=True)
                .first()
            )
            if row is None:
                return 0
            _expand_and_mark([row], expand, now)
    except Exception as error:
        logger.exception("outbox: row %s failed and is tried again", row_id)
        _postpone(row_id=row_id, error=error, now=now)
        return 0
    return 1


def _postpone(*, row_id: int, error: Exception, now: datetime) -> None:
    with transaction.atomic():
        row = OutboxRow.objects.select_for_update().get(pk=row_id)
        wait = min(RETRY_CAP, RETRY_FIRST * 2 ** min(row.attempts, 12))
        OutboxRow.objects.filter(pk=row_id).update(
            attempts=row.attempts + 1,
            next_at=now + wait,
            error=f"{type(error).__name__}: {error}"[:500],
        )


def beat(*, name: str, at: datetime) -> None:
    """Note that a process named `name` is alive (machine time)."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": at})


def try_to_write(*, name: str, at: datetime, every: timedelta) -> None:
    """Write a row for real, unless one was written within `every` before `at` (machine time).

    Reading goes on when the disk is full or the database has become a read-only copy: only a write
    tells. Raises DatabaseError when it cannot be done.
    """
    stale = Heartbeat.objects.filter(name=name, at__lte=at - every)
    if not stale.update(at=at) and not Heartbeat.objects.filter(name=name).exists():
        beat(name=name, at=at)


def forget_done(*, now: datetime) -> int:
    """Delete rows that were expanded, and turns that were taken, long ago; return how many."""
    rows, _ = OutboxRow.objects.filter(done_at__lt=now - KEPT_DONE).delete()
    slots, _ = JobSlot.objects.filter(slot_at__lt=now - KEPT_SLOTS).delete()
    return rows + slots


def take_slot(*, job: str, slot_at: datetime) -> bool:
    """Return whether this caller is the one to do the job in this slot."""
    _, taken = JobSlot.objects.get_or_create(job=job, slot_at=slot_at)
    return taken
