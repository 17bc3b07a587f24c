"""Fold the log into the tables that pages read, for one subject or for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction

from tracker.fieldlog.kinds import Unit
from tracker.fieldlog.operations import NewRow
from tracker.fieldlog.ordering import CORRECTION, Entry, effective
from tracker.fieldlog.queries import entries_of_unit, subjects_with_events
from tracker.intake.judging import SUBJECT_MODELS
from tracker.intake.registry import EXTENDERS, PROJECTORS, kinds_of_unit

# Lower rooms first: a convoy's rows may point at rows of its corridor.
ORDER: tuple[Unit, ...] = ("corridor", "checkpoint", "attempt", "convoy", "incident")


def fold_subject(*, unit: Unit, subject_id: UUID) -> None:
    """Fold everything that the log says of one subject."""
    entries = entries_of_unit(unit=unit, subject_id=subject_id, kinds=kinds_of_unit(unit))
    for project in PROJECTORS[unit]:
        project(subject_id=subject_id, entries=entries)


def fold_new(touched: Mapping[tuple[Unit, UUID], Sequence[NewRow]]) -> None:
    """Fold what is new: on from what stands where that is enough, else each subject whole."""
    whole = set(touched)
    for unit in {unit for unit, _ in touched}:
        entries = {key: _entries(rows) for (each, key), rows in touched.items() if each == unit}
        whole -= {(unit, key) for key in _extended(unit, entries)}
    fold_subjects(whole)


def _entries(rows: Sequence[NewRow]) -> tuple[Entry, ...]:
    """Return what counts of new rows; nothing where a correction changes what stands."""
    if any(row.kind == CORRECTION for row in rows):
        return ()
    return effective(rows)


def _extended(unit: Unit, entries_of: dict[UUID, tuple[Entry, ...]]) -> set[UUID]:
    """Return the subjects that every room of this unit could bring into line by the new alone."""
    extenders = [EXTENDERS.get(project) for project in PROJECTORS[unit]]
    done = {key for key, entries in entries_of.items() if entries}
    for extend in extenders:
        done = (
            extend(entries_of={key: entries_of[key] for key in done}) if extend and done else set()
        )
    return done


def fold_subjects(touched: Iterable[tuple[Unit, UUID]]) -> None:
    """Fold each touched subject once."""
    for unit, subject_id in sorted(set(touched), key=lambda item: (ORDER.index(item[0]), item[1])):
        fold_subject(unit=unit, subject_id=subject_id)


def _stop_writers() -> None:
    """Lock every subject, in the order in which all writers do."""
    for name in sorted(set(SUBJECT_MODELS) - {"other_convoy"}):
        rows = SUBJECT_MODELS[name]._default_manager.order_by("pk")
        list(rows.select_for_update(no_key=True).values_list("pk"))


@transaction.atomic
def rebuild() -> int:
    """Fold every subject anew and return how many; rows that differ are replaced.

    Writers wait meanwhile: a fact that came between reading the log and writing the rows would be
    folded away.
    """
    _stop_writers()
    touched = [
        (unit, subject_id) for unit in ORDER for subject_id in subjects_with_events(unit=unit)
    ]
    fold_subjects(touched)
    return len(touched)
