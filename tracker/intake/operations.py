"""The one door for facts: judge, append, fold and post, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction
from msgspec.structs import replace

from tracker.fieldlog.kinds import Finding, NewEvent, Unit
from tracker.fieldlog.operations import NewRow, append, event_id
from tracker.fieldlog.queries import hashes_of
from tracker.intake.folding import fold_new
from tracker.intake.judging import Clock, judge, judge_repeat
from tracker.intake.rows import Frame, Item, body_hash, row_of, units_of
from tracker.intake.subjects import known_subjects, targets_of
from tracker.lib.text import tidy_lines
from tracker.organisations.models import Organisation, User
from tracker.outbox import operations as outbox
from tracker.outbox.crashpoints import crash_point
from tracker.provenance.models import Source

CREATED, DUPLICATE, CONFLICT, REJECTED = "created", "duplicate", "conflict", "rejected"


class Result(msgspec.Struct, frozen=True):
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


def _tidied(event: NewEvent) -> NewEvent:
    reason = tidy_lines(event.reason)
    return event if reason == event.reason else replace(event, reason=reason)


def _named_sources(events: Iterable[NewEvent]) -> set[UUID]:
    named = {event.source_id for event in events if event.source_id}
    if not named:
        return set()
    return set(Source.objects.filter(pk__in=named).values_list("pk", flat=True))


def _judge_all(
    events: Sequence[NewEvent], *, organisation: Organisation, clock: Clock
) -> tuple[list[Item], dict[UUID, str]]:
    """Judge each event, knowing what earlier ones of the same submission create.

    With the items come the hashes of what stands in the log already under the ids of some.
    """
    targets = targets_of(events)
    known = known_subjects(events, targets=targets)
    sources = _named_sources(events)
    ids = [event_id(organisation=organisation, client_id=event.client_id) for event in events]
    items = []
    for key, event in zip(ids, events, strict=True):
        judged = judge(event, clock=clock, known=known, sources=sources, targets=targets)
        if judged.kind and judged.kind.creates and not judged.findings:
            name = judged.kind.creates
            known[name.removeprefix("other_"), event.subjects[name]] = None
        items.append(Item(key, judged, body_hash(event)))
    # What was fine when it came may be refused when it comes again: a repeat is judged no more.
    # Read under the locks: a sender that repeats itself at once waits for its first submission.
    standing = hashes_of([item.id for item in items if item.judged.findings])
    items = [
        replace(item, judged=judge_repeat(item.judged.event, clock=clock))
        if item.id in standing
        else item
        for item in items
    ]
    return items, standing


def _post(touched: Mapping[tuple[Unit, UUID], Sequence[NewRow]]) -> None:
    """Post what each touched subject owes its consumers, once for the whole submission."""
    outbox.post_all(
        promises=(
            outbox.Promise(
                kind=f"{unit}.changed",
                payload={
                    "unit": unit,
                    "id": str(subject_id),
                    "events": [str(row.id) for row in rows],
                },
            )
            for (unit, subject_id), rows in touched.items()
        )
    )


def _store(items: Iterable[Item], rows: Mapping[UUID, NewRow]) -> set[UUID]:
    """Append the rows, fold and post what is new among them, and return the ids that are."""
    crash_point("before_log_insert")
    # In one order over all writers: two batches that repeat each other must not wait in a ring.
    new = append(rows=[rows[key] for key in sorted(rows)])
    crash_point("after_log_insert")
    touched: dict[tuple[Unit, UUID], list[NewRow]] = {}
    for item in items:
        if item.id in new:
            for unit in units_of(rows[item.id], item.judged):
                touched.setdefault(unit, []).append(rows[item.id])
    _post(touched)
    fold_new(touched)
    crash_point("after_fold")
    return new


def _result(item: Item, stands: str, *, is_new: bool) -> Result:
    client_id = item.judged.event.client_id
    if item.judged.findings:
        return Result(client_id, REJECTED, findings=item.judged.findings)
    if item.hash != stands:
        conflict = Finding("same_id_other_body", "id")
        return Result(client_id, CONFLICT, item.id, findings=(conflict,))
    outcome = CREATED if is_new else DUPLICATE
    return Result(client_id, outcome, item.id, item.judged.time_disputed)


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
    items, standing = _judge_all(
        [_tidied(event) for event in events], organisation=organisation, clock=clock
    )
    first: dict[UUID, Item] = {}
    for item in items:
        if not item.judged.findings and item.id not in standing:
            first.setdefault(item.id, item)
    frame = Frame(organisation_id=organisation.pk, by_id=by.pk if by else None, clock=clock)
    rows = {key: row_of(item, frame) for key, item in first.items()}
    new = _store(first.values(), rows)
    # What is neither new nor stood before came from another sender in the same moment.
    standing |= {key: rows[key].body_hash for key in new} | hashes_of(rows.keys() - new)
    results = [
        _result(
            item, standing.get(item.id, ""), is_new=item is first.get(item.id) and item.id in new
        )
        for item in items
    ]
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
