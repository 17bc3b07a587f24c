"""Questions to the log."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.db.transaction import get_connection

from tracker.fieldlog.kinds import Unit
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.ordering import Entry, effective
from tracker.lib.statements import run
from tracker.organisations.models import Organisation

_HASHES = f"SELECT id, body_hash FROM {LogEvent._meta.db_table} WHERE id = ANY(%b)"  # noqa: S608  # the name of our own table


def events_of_unit(*, unit: Unit, subject_id: UUID) -> list[LogEvent]:
    """Return every event that may touch the state of one subject, in no particular order."""
    if unit == "convoy":
        of_subject = Q(convoy_id=subject_id) | Q(other_convoy_id=subject_id)
    else:
        of_subject = Q(**{f"{unit}_id": subject_id})
    return list(LogEvent.objects.filter(of_subject))


def entries_of_unit(*, unit: Unit, subject_id: UUID, kinds: Iterable[str]) -> tuple[Entry, ...]:
    """Return the effective entries of one subject that are of these kinds, in order."""
    wanted = set(kinds)
    entries = effective(events_of_unit(unit=unit, subject_id=subject_id))
    return tuple(entry for entry in entries if entry.kind in wanted)


def subjects_with_events(*, unit: Unit) -> set[UUID]:
    """Return every subject of this unit that the log names."""
    ids = set(LogEvent.objects.exclude(**{f"{unit}_id": None}).values_list(f"{unit}_id", flat=True))
    if unit == "convoy":
        ids |= set(
            LogEvent.objects.exclude(other_convoy_id=None).values_list("other_convoy_id", flat=True)
        )
    return ids


def hashes_of(ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the hash of the body of each of these events that stands."""
    if not ids:
        return {}
    return dict(run(get_connection(), _HASHES, list(ids)))


def time_of_entry(*, organisation: Organisation, client_id: UUID) -> datetime | None:
    """Return the time that the entry of this client id was given, if it stands."""
    return (
        LogEvent.objects.filter(organisation=organisation, client_id=client_id)
        .values_list("occurred_at", flat=True)
        .first()
    )


def events_by_id(ids: Iterable[UUID]) -> dict[UUID, LogEvent]:
    """Return these events by their id, each with who entered it and who said it."""
    return LogEvent.objects.select_related("by", "source").in_bulk(list(ids))
