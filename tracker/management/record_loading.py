"""Load a record whole or not at all: read every file, collect every problem, then record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from tracker.attempts.models import Attempt
from tracker.fieldlog.operations import event_id
from tracker.incidents.models import Incident
from tracker.intake.findings import text_of
from tracker.intake.judging import Clock
from tracker.intake.operations import CREATED, record_each
from tracker.management.record_attempts import (
    FromRow,
    Told,
    attempts_elsewhere,
    attempts_of_the_record,
)
from tracker.management.record_files import BadRecordError, BadRowError, Problem, Row
from tracker.management.record_incidents import incidents_of_the_record
from tracker.management.record_setup import Setting, set_up
from tracker.management.record_waits import waits_of_the_record
from tracker.organisations.models import Organisation

Say = Callable[[str], None]

# In this order: waits find corridors that attempts made.
PARTS: tuple[tuple[str, Callable[[Path, Setting], list[Told]]], ...] = (
    ("attempts in Ukraine", attempts_of_the_record),
    ("attempts elsewhere", attempts_elsewhere),
    ("incidents and statements", incidents_of_the_record),
    ("waits and trips", waits_of_the_record),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The facts of a record by kind, how many of them are new, rows somebody else had entered."""

    facts: Counter[str]
    new: int
    left_alone: tuple[str, ...]
    corridors: int


class _OnlyTried(Exception):
    """Take a dry run back: not an error."""


def load(
    *, folder: Path, organisation: Organisation, until: date | None, now: datetime, say: Say
) -> Loaded:
    """Load the record in `folder` for an organisation up to a day (inclusive), at field time `now`.

    What stands already stays as it is. Raises BadRecordError with every problem found; then nothing
    was written.
    """
    with transaction.atomic():
        setting = set_up(folder, organisation=organisation)
        say(f"places: {len(setting.places)}")
        facts = _read(folder, setting, until=until, say=say)
        facts, left_alone = _without_foreign(facts, organisation)
        new = _record(facts, organisation=organisation, now=now)
    kinds = Counter(fact.event.kind for fact in facts)
    return Loaded(kinds, new, left_alone, len(setting.corridors))


def try_to_load(
    *, folder: Path, organisation: Organisation, until: date | None, now: datetime, say: Say
) -> Loaded:
    """Do all that `load` does and take it back."""
    try:
        with transaction.atomic():
            loaded = load(folder=folder, organisation=organisation, until=until, now=now, say=say)
            raise _OnlyTried
    except _OnlyTried:
        return loaded


def _read(folder: Path, setting: Setting, *, until: date | None, say: Say) -> list[FromRow]:
    """Return the events of every row; raises BadRecordError with the problems of all files."""
    facts: list[FromRow] = []
    problems: list[Problem] = []
    for title, read in PARTS:
        before = len(facts)
        try:
            told = read(folder, setting)
        except BadRecordError as error:
            problems += error.problems
            continue
        for row, make in told:
            try:
                if not _is_later(row, until):
                    facts += make()
            except BadRowError as error:
                problems.append(error.problem)
        say(f"{title}: {len(told)} rows, {len(facts) - before} facts")
    if problems:
        raise BadRecordError(list(dict.fromkeys(problems)))
    # Times of the record are in the zone of the place, so this is the day that the row names.
    return [fact for fact in facts if until is None or fact.event.occurred_at.date() <= until]


def _is_later(row: Row, until: date | None) -> bool:
    day = row.day("at_date" if "at_date" in row.cells else "date")
    return until is not None and day is not None and day > until


def _without_foreign(
    facts: Iterable[FromRow], organisation: Organisation
) -> tuple[list[FromRow], tuple[str, ...]]:
    """Leave out rows about attempts and incidents that stand but were not made by a load."""
    every = list(facts)
    made_by = {
        subject_id: event_id(organisation=organisation, client_id=fact.event.client_id)
        for fact in every
        if fact.event.kind in {"attempt.planned", "incident.reported"}
        if (subject_id := _subject(fact))
    }
    standing = dict(Attempt.objects.filter(pk__in=made_by).values_list("pk", "event_id"))
    standing |= dict(Incident.objects.filter(pk__in=made_by).values_list("pk", "event_id"))
    foreign = {key for key, made in standing.items() if made != made_by[key]}
    kept = [fact for fact in every if _subject(fact) not in foreign]
    left = {f"{fact.row.file} row {fact.row.number}" for fact in every if _subject(fact) in foreign}
    return kept, tuple(sorted(left))


def _subject(fact: FromRow) -> UUID | None:
    subjects = fact.event.subjects
    return subjects.get("attempt") or subjects.get("incident")


def _record(facts: list[FromRow], *, organisation: Organisation, now: datetime) -> int:
    """Record the facts and return how many were new; raises BadRecordError for all or none."""
    results = record_each(
        events=[fact.event for fact in facts],
        organisation=organisation,
        by=None,
        clock=Clock(now=now, is_record=True),
    )
    problems = [
        Problem(fact.row.file, fact.row.number, text_of(finding))
        for fact, result in zip(facts, results, strict=True)
        for finding in result.findings
    ]
    if problems:
        raise BadRecordError(problems)
    return sum(result.outcome == CREATED for result in results)
