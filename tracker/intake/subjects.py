"""Find what a submission is about and lock it, before any of it is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Model
from django.db.transaction import get_connection

from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import LogEvent
from tracker.intake.judging import SUBJECT_MODELS
from tracker.intake.registry import KINDS
from tracker.lib.statements import columns_of, instances_of, run

_READ = {
    name: f"SELECT {columns_of(model)} FROM {model._meta.db_table} "  # noqa: S608  # our own names
    f"WHERE {model._meta.pk.column} = ANY(%b) ORDER BY {model._meta.pk.column}"
    for name, model in SUBJECT_MODELS.items()
}
_LOCK = {name: f"{statement} FOR NO KEY UPDATE" for name, statement in _READ.items()}


def targets_of(events: Iterable[NewEvent]) -> dict[UUID, LogEvent]:
    """Return the entries that corrections among `events` name, by their ids."""
    wanted = {event.corrects_id for event in events if event.corrects_id}
    return LogEvent.objects.in_bulk(list(wanted)) if wanted else {}


def subjects_of(target: LogEvent) -> dict[str, UUID]:
    """Return the ids of the subjects of an entry, by name."""
    named = {name: getattr(target, f"{name}_id") for name in SUBJECT_MODELS}
    return {name: subject_id for name, subject_id in named.items() if subject_id}


def _changes(event: NewEvent) -> Iterable[str]:
    """Return the names of the subjects that an event may change.

    Of a convoy that reaches a checkpoint that is the convoy alone, so that two convoys need not
    wait for each other there. What creates a subject, or corrects an entry, waits for all.
    """
    kind = KINDS.get(event.kind)
    if kind is None or kind.creates:
        return SUBJECT_MODELS
    return (kind.unit,) if kind.unit else ()


def known_subjects(
    events: Iterable[NewEvent], *, targets: Mapping[UUID, LogEvent]
) -> dict[tuple[str, UUID], Model | None]:
    """Return the rows of those subjects of these events that stand; lock what may be changed.

    Locked in one order over all writers, so that two submissions cannot wait for each other.
    """
    wanted: dict[str, set[UUID]] = {}
    changed: set[str] = set()
    for event in events:
        changed.update(_changes(event))
        for name, subject_id in event.subjects.items():
            wanted.setdefault(name.removeprefix("other_"), set()).add(subject_id)
    for target in targets.values():
        for name, subject_id in subjects_of(target).items():
            wanted.setdefault(name.removeprefix("other_"), set()).add(subject_id)
    known: dict[tuple[str, UUID], Model | None] = {}
    for name in sorted(wanted):
        statement = _LOCK[name] if name in changed else _READ[name]
        for row in run(get_connection(), statement, list(wanted[name])):
            (subject,) = instances_of(row, get_connection(), SUBJECT_MODELS[name])
            known[name, subject.pk] = subject
    return known
