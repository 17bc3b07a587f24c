"""Publish what the public may see: on the tick, or because a fact asked for it."""

from __future__ import annotations

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


def publish_if_wanted(*, clock: FieldClock, machine_now: datetime) -> int | None:
    """Publish if a fact asked for it and public content differs; return the new revision.

    A fact that comes while somebody else publishes is not lost: whoever publishes looks again.
    """
    revision = None
    folder = folder_of(PUBLIC)
    while _is_wanted():
        with files.only_publisher(folder) as mine:
            if not mine:
                return revision
            found = _publish(folder, clock=clock, generated_at=machine_now, is_forced=False)
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
        return _publish(folder, clock=clock, generated_at=tick_at, is_forced=True)


def publish_now(*, clock: FieldClock, machine_now: datetime) -> int | None:
    """Publish whatever the clock says; `None` if somebody else is at it, else the revision."""
    folder = folder_of(PUBLIC)
    with files.only_publisher(folder) as mine:
        if not mine:
            return None
        return _publish(folder, clock=clock, generated_at=machine_now, is_forced=True)


def _is_wanted() -> bool:
    return Publication.objects.filter(audience=PUBLIC, wanted__gt=F("met")).exists()


def _is_due(folder: Path, tick_at: datetime) -> bool:
    head = files.head(folder)
    return head is None or head.stamp.generated_at < tick_at


def _publish(
    folder: Path, *, clock: FieldClock, generated_at: datetime, is_forced: bool
) -> int | None:
    """Publish; the caller holds the right to. What is on disk decides, the database numbers."""
    known, snapshot = _read(clock)
    head = files.head(folder)
    content = content_hash(snapshot)
    if head is not None and head.content_hash == content and not is_forced:
        Publication.objects.filter(audience=PUBLIC).update(met=Greatest("met", known.wanted))
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
        met=Greatest("met", known.wanted),
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
