"""The one door for facts: judge, append, fold and post, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from tracker.fieldlog.kinds import Finding, NewEvent, Unit
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.operations import append, event_id
from tracker.intake.folding import fold_subjects
from tracker.intake.judging import SUBJECT_MODELS, Clock, Judged, judge, judge_repeat
from tracker.intake.registry import KINDS
from tracker.lib.text import tidy_lines
from tracker.organisations.models import Organisation, User
from tracker.outbox import operations as outbox
from tracker.outbox.crashpoints import crash_point
from tracker.provenance.models import Source

CREATED, DUPLICATE, CONFLICT, REJECTED = "created", "duplicate", "conflict", "rejected"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one event: created, duplicate, conflict or rejected, and why."""

    client_id: UUID
    outcome: str
    event_id: UUID | None = None
    time_disputed: bool = False
    findings: tuple[Finding, ...] = ()


class Refused(Exception):
    """The submission was refused whole; nothing was written. `results` say why, event by event."""

    def __init__(self, results: Sequence[Result]) -> None:
        super().__init__("refused")
        self.results = tuple(results)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return every finding of every event."""
        return tuple(found for result in self.results for found in result.findings)


def _known_subjects(events: Iterable[NewEvent]) -> dict[tuple[str, UUID], Model | None]:
    """Lock the subjects that these events name and return the rows of those that stand.

    Locked in one order over all writers, so that two submissions cannot wait for each other.
    """
    wanted: dict[str, set[UUID]] = {}
    for event in events:
        for name, subject_id in event.subjects.items():
            wanted.setdefault(name.removeprefix("other_"), set()).add(subject_id)
        if event.corrects_id:
            target = LogEvent.objects.filter(pk=event.corrects_id).first()
            for name in SUBJECT_MODELS if target else ():
                if subject_id := getattr(target, f"{name}_id"):
                    wanted.setdefault(name.removeprefix("other_"), set()).add(subject_id)
    known: dict[tuple[str, UUID], Model | None] = {}
    for name in sorted(wanted):
        rows = SUBJECT_MODELS[name]._default_manager.filter(pk__in=wanted[name])
        locked = rows.order_by("pk").select_for_update(no_key=True, of=("self",))
        known |= {(name, row.pk): row for row in locked}
    return known


def _body_hash(event: NewEvent) -> str:
    """Return the hash of what the sender said, as sent.

    Not of the shape that its kind gives it: a field that a later version adds must not turn the
    repeat of an old entry into a conflict.
    """
    body: dict[str, Any] = {
        "kind": event.kind,
        "occurred_at": event.occurred_at.isoformat(),
        "subjects": {name: str(value) for name, value in event.subjects.items()},
        "data": event.data,
        "source": str(event.source_id or ""),
        "corrects": str(event.corrects_id or ""),
        "reason": event.reason,
    }
    text = json.dumps(body, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _row(judged: Judged, *, organisation: Organisation, by: User | None, clock: Clock) -> LogEvent:
    event = judged.event
    assert judged.ordered_at is not None, "an event without a zone is refused before this"
    subjects: dict[str, UUID | None] = {name: event.subjects.get(name) for name in SUBJECT_MODELS}
    if judged.target is not None:
        # A correction belongs to the subjects of what it corrects, so that their folds find it.
        subjects = {name: getattr(judged.target, f"{name}_id") for name in SUBJECT_MODELS}
    return LogEvent(
        id=event_id(organisation=organisation, client_id=event.client_id),
        organisation=organisation,
        client_id=event.client_id,
        body_hash=_body_hash(event),
        kind=event.kind,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        received_at=clock.now,
        ordered_at=judged.ordered_at,
        time_disputed=judged.time_disputed,
        device_id=event.device_id,
        device_seq=event.device_seq,
        via=event.via,
        by=by,
        source_id=event.source_id,
        corrects_id=event.corrects_id,
        reason=event.reason,
        data=judged.data,
        constructed=event.constructed,
        **{f"{name}_id": subject_id for name, subject_id in subjects.items()},
    )


def _units(row: LogEvent) -> set[tuple[Unit, UUID]]:
    """Return the subjects whose state this event changes."""
    kind = KINDS.get(row.kind)
    if kind is None and row.corrects is not None:
        return _units(row.corrects)
    if kind is None or kind.unit is None:
        return set()
    units: set[tuple[Unit, UUID]] = {(kind.unit, getattr(row, f"{kind.unit}_id"))}
    if kind.unit == "convoy" and row.other_convoy_id:
        units.add(("convoy", row.other_convoy_id))
    return units


def _post(rows: Sequence[LogEvent]) -> set[tuple[Unit, UUID]]:
    """Post one outbox row per touched subject and return the touched subjects."""
    by_unit: dict[tuple[Unit, UUID], list[LogEvent]] = {}
    for row in rows:
        for touched in _units(row):
            by_unit.setdefault(touched, []).append(row)
    for (unit, subject_id), events in by_unit.items():
        outbox.post(
            kind=f"{unit}.changed",
            payload={
                "unit": unit,
                "id": str(subject_id),
                "events": [str(event.pk) for event in events],
            },
        )
    return set(by_unit)


def _results(
    judged: Sequence[Judged], rows: dict[UUID, LogEvent], new: set[UUID], organisation: Organisation
) -> list[Result]:
    standing = {
        row.pk: row.body_hash
        for row in LogEvent.objects.filter(pk__in=[pk for pk in rows if pk not in new])
    }
    results = []
    seen: set[UUID] = set()
    for item in judged:
        client_id = item.event.client_id
        pk = event_id(organisation=organisation, client_id=client_id)
        if item.findings:
            results.append(Result(client_id, REJECTED, findings=item.findings))
        elif _body_hash(item.event) != standing.get(pk, rows[pk].body_hash):
            conflict = Finding("same_id_other_body", "id")
            results.append(Result(client_id, CONFLICT, pk, findings=(conflict,)))
        else:
            outcome = CREATED if pk in new and pk not in seen else DUPLICATE
            results.append(Result(client_id, outcome, pk, item.time_disputed))
        seen.add(pk)
    return results


def _judge_all(
    events: Sequence[NewEvent], *, organisation: Organisation, clock: Clock
) -> list[Judged]:
    """Judge each event, knowing what earlier ones of the same submission create."""
    events = [replace(event, reason=tidy_lines(event.reason)) for event in events]
    known = _known_subjects(events)
    named = {event.source_id for event in events if event.source_id}
    sources = set(Source.objects.filter(pk__in=named).values_list("pk", flat=True))
    repeats = set(
        LogEvent.objects.filter(
            pk__in=[
                event_id(organisation=organisation, client_id=event.client_id) for event in events
            ]
        ).values_list("client_id", flat=True)
    )
    judged = []
    for event in events:
        if event.client_id in repeats:
            judged.append(judge_repeat(event, clock=clock))
            continue
        item = judge(event, clock=clock, known=known, sources=sources)
        judged.append(item)
        if item.kind and item.kind.creates and not item.findings:
            name = item.kind.creates
            known[name.removeprefix("other_"), event.subjects[name]] = None
    return judged


@transaction.atomic
def record_each(
    *,
    events: Sequence[NewEvent],
    organisation: Organisation,
    by: User | None,
    clock: Clock,
) -> list[Result]:
    """Record each event on its own merits and answer for each; a bad one stops no other.

    An event whose client id stands with the same body is a duplicate and changes nothing; with
    another body it is a conflict.
    """
    judged = _judge_all(events, organisation=organisation, clock=clock)
    rows: dict[UUID, LogEvent] = {}
    for item in judged:
        if not item.findings:
            row = _row(item, organisation=organisation, by=by, clock=clock)
            rows.setdefault(row.pk, row)
    crash_point("before_log_insert")
    # In one order over all writers: two batches that repeat each other must not wait in a ring.
    new = append(events=[rows[pk] for pk in sorted(rows)])
    crash_point("after_log_insert")
    touched = _post([rows[pk] for pk in rows if pk in new])
    fold_subjects(touched)
    crash_point("after_fold")
    results = _results(judged, rows, new, organisation)
    crash_point("before_commit")
    return results


@transaction.atomic
def record(
    *,
    events: Sequence[NewEvent],
    organisation: Organisation,
    by: User | None,
    clock: Clock,
) -> list[Result]:
    """Record all events or none: `Refused` says what is wrong with each, and nothing is written."""
    results = record_each(events=events, organisation=organisation, by=by, clock=clock)
    if any(result.outcome in (REJECTED, CONFLICT) for result in results):
        raise Refused(results)
    return results


def clock_of_sender(*, now: datetime, sender_now: datetime | None) -> Clock:
    """Return the clock of a device that said what it took the time to be (`sender_now`, aware)."""
    return Clock(now=now, offset=now - sender_now) if sender_now else Clock(now=now)
