"""Find what a submission is about and lock it, before any of it is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Model

from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import LogEvent
from tracker.intake.judging import SUBJECT_MODELS


def targets_of(events: Iterable[NewEvent]) -> dict[UUID, LogEvent]:
    """Return the entries that corrections among `events` name, by their ids."""
    wanted = {event.corrects_id for event in events if event.corrects_id}
    return LogEvent.objects.in_bulk(list(wanted)) if wanted else {}


def subjects_of(target: LogEvent) -> dict[str, UUID]:
    """Return the ids of the subjects of an entry, by name."""
    named = {name: getattr(target, f"{name}_id") for name in SUBJECT_MODELS}
    return {name: subject_id for name, subject_id in named.items() if subject_id}


def known_subjects(
    events: Iterable[NewEvent], *, targets: Mapping[UUID, LogEvent]
) -> dict[tuple[str, UUID], Model | None]:
    """Lock the subjects that these events name and return the rows of those that stand.

    Locked in one order over all writers, so that two submissions cannot wait for each other.
    """
    wanted: dict[str, set[UUID]] = {}
    named = [event.subjects for event in events]
    for subjects in (*named, *(subjects_of(target) for target in targets.values())):
        for name, subject_id in subjects.items():
            wanted.setdefault(name.removeprefix("other_"), set()).add(subject_id)
    known: dict[tuple[str, UUID], Model | None] = {}
    for name in sorted(wanted):
        rows = SUBJECT_MODELS[name]._default_manager.filter(pk__in=wanted[name])
        locked = rows.order_by("pk").select_for_update(no_key=True, of=("self",))
        known |= {(name, row.pk): row for row in locked}
    return known
