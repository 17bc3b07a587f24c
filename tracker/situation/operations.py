"""Publish what the public may see: on the tick, or because a fact asked for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from tracker.exercises.clock import FieldClock
from tracker.feeds.content import content_hash
from tracker.feeds.snapshot import Snapshot, Stamp
from tracker.situation import files
from tracker.situation.builder import PUBLIC, build_public
from tracker.situation.documents import render_documents
from tracker.situation.models import Publication
from tracker.situation.queries import folder_of
from tracker.situation.terms import public_terms, tick_of

ReadClock = Callable[[], FieldClock]


def publish_if_wanted(*, read_clock: ReadClock, machine_now: datetime) -> int | None:
    """Publish if a fact asked for it and public content differs; return the new revision.

    A fact that comes while somebody else publishes is not lost: whoever publishes looks again.
    What is asked for is read before the clock: as of an older moment than its own a fact is not in
    the snapshot, and must not count as told.
    """
    revision = None
    folder = folder_of(PUBLIC)
    while wanted := _wanted():
        with files.only_publisher(folder) as mine:
            if not mine:
                return revision
            found = _publish(folder, clock=read_clock(), generated_at=machine_now, wanted=wanted)
        revision = found or revision
    return revision


def publish_on_tick(*, clock: FieldClock, machine_now: datetime) -> int | None:
    """Publish if the newest tick has not been published yet; return the new revision."""
    tick_at = tick_of(clock=clock, machine_now=machine_now)
    folder = folder_of(PUBLIC)
    if not _is_due(folder, tick_at):
        return None
    with files.only_publisher(folder) as mine:
        # Looked at again: somebody may have published between the look and the lock.
        if not mine or not _is_due(folder, tick_at):
            return None
        return _publish(folder, clock=clock, generated_at=tick_at, wanted=None)


def publish_now(*, clock: FieldClock, machine_now: datetime) -> int | None:
    """Publish whatever the clock says; `None` if somebody else is at it, else the revision."""
    folder = folder_of(PUBLIC)
    with files.only_publisher(folder) as mine:
        if not mine:
            return None
        return _publish(folder, clock=clock, generated_at=machine_now, wanted=None)


def _wanted() -> int:
    """Return up to which fact a publication is asked for, 0 when every one was met."""
    asked = Publication.objects.filter(audience=PUBLIC, wanted__gt=F("met"))
    return asked.values_list("wanted", flat=True).first() or 0


def _is_due(folder: Path, tick_at: datetime) -> bool:
    head = files.head(folder)
    return head is None or head.stamp.generated_at < tick_at


def _publish(
    folder: Path, *, clock: FieldClock, generated_at: datetime, wanted: int | None
) -> int | None:
    """Publish; the caller holds the right to. What is on disk decides, the database numbers.

    `wanted`: up to which fact it was asked for, `None` to publish whatever the content.
    """
    known, snapshot = _read(clock)
    head = files.head(folder)
    content = content_hash(snapshot)
    met = Greatest("met", wanted or 0)
    if head is not None and head.content_hash == content and wanted is not None:
        Publication.objects.filter(audience=PUBLIC).update(met=met)
        return None
    stamp = Stamp(
        revision=max(known.revision, head.stamp.revision if head else 0) + 1,
        generated_at=generated_at,
        valid_until=generated_at + timedelta(minutes=settings.PUBLISHED_VALID_MINUTES),
    )
    documents = render_documents(snapshot, stamp, at=clock.now)
    files.write(folder, stamp=stamp, content_hash=content, documents=documents)
    Publication.objects.filter(audience=PUBLIC).update(
        revision=Greatest("revision", stamp.revision),
        content_hash=content,
        generated_at=stamp.generated_at,
        valid_until=stamp.valid_until,
        met=met,
    )
    return stamp.revision


def _read(clock: FieldClock) -> tuple[Publication, Snapshot]:
    """Read everything as of one moment: a fact is in the snapshot whole or not at all."""
    is_outermost = not connection.in_atomic_block
    Publication.objects.get_or_create(audience=PUBLIC)
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        known = Publication.objects.get(audience=PUBLIC)
        return known, build_public(clock=clock, terms=public_terms())
