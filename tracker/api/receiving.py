"""Take events from a device: read, permit, address and record each, and answer for each."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from django.db import DataError, IntegrityError
from msgspec.structs import replace

from tracker.api.addressing import Directory, subjects_of
from tracker.api.bodies import EventItem, Sender, Unreadable, shaped
from tracker.fieldlog.kinds import Finding, NewEvent
from tracker.fieldlog.models import LogEvent, Via
from tracker.fieldlog.operations import event_id
from tracker.intake.judging import Clock
from tracker.intake.operations import (
    CREATED,
    DUPLICATE,
    REJECTED,
    Result,
    clock_of_sender,
    record_each,
)
from tracker.intake.registry import CORRECTION_KIND, KINDS
from tracker.lib.text import tidy_lines
from tracker.organisations.models import Organisation, User
from tracker.organisations.permissions import May, may_correct, may_of, right_for_kind

logger = logging.getLogger(__name__)


class Answer(msgspec.Struct, frozen=True):
    """What became of one item, in the order in which they were sent.

    `event_id` is the entry in the log, `created` the subject that it brought into being.
    """

    id: str
    outcome: str
    event_id: UUID | None = None
    created: tuple[str, UUID] | None = None
    time_disputed: bool = False
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Post:
    """One submission: who sends it, from which device, and when it came (field time)."""

    user: User
    organisation: Organisation
    sender: Sender
    at: datetime

    @cached_property
    def may(self) -> May:
        """Return what the sender may do; asked once for all events."""
        return may_of(self.user)


def _rejected(raw: Any, findings: Sequence[Finding]) -> Answer:
    sent_id = raw.get("id") if isinstance(raw, dict) else None
    return Answer(sent_id if isinstance(sent_id, str) else "", REJECTED, findings=tuple(findings))


def _target(item: EventItem, post: Post) -> LogEvent | None:
    """Return the entry that a correction names, by its id in the log or by its sender's."""
    if item.corrects is None:
        return None
    named = [item.corrects, event_id(organisation=post.organisation, client_id=item.corrects)]
    return LogEvent.objects.filter(pk__in=named, organisation=post.organisation).first()


def _correction(item: EventItem, post: Post) -> NewEvent | list[Finding]:
    target = _target(item, post)
    if item.corrects is not None and target is None:
        return [Finding("correction_target_unknown", "corrects")]
    claims = target.data.get("claims") if target is not None else None
    if target is not None and not may_correct(post.user, target.kind, claims=claims):
        return [Finding("not_permitted", "kind", {"kind": f"correction of {target.kind}"})]
    return _event(item, post, subjects={}, corrects_id=target.pk if target else None)


def _event(
    item: EventItem,
    post: Post,
    *,
    subjects: dict[str, UUID],
    source_id: UUID | None = None,
    corrects_id: UUID | None = None,
) -> NewEvent:
    return NewEvent(
        kind=item.kind,
        client_id=item.id,
        occurred_at=item.occurred_at,
        subjects=subjects,
        data=item.data,
        recorded_at=item.recorded_at,
        device_id=post.sender.device_id,
        device_seq=item.seq,
        age=None if item.age_ms is None else timedelta(milliseconds=item.age_ms),
        via=Via.API,
        source_id=source_id,
        corrects_id=corrects_id,
        reason=tidy_lines(item.reason),
        is_confirmed=item.confirmed,
        may_open=post.may.open_corridor,
    )


def _addressed(item: EventItem, post: Post, directory: Directory) -> NewEvent | list[Finding]:
    """Return the event with its subjects' ids, or why it may not or cannot be one."""
    if item.kind == CORRECTION_KIND:
        return _correction(item, post)
    kind = KINDS.get(item.kind)
    if kind is None:
        return [Finding("unknown_kind", "kind", {"kind": tidy_lines(item.kind)})]
    right = right_for_kind(item.kind)
    if not right or not getattr(post.may, right):
        return [Finding("not_permitted", "kind", {"kind": item.kind})]
    subjects, findings = subjects_of(item, kind, directory=directory)
    source = directory.source(item.source) if item.source else None
    if isinstance(source, Finding):
        return [*findings, source]
    return findings or _event(item, post, subjects=subjects, source_id=source)


def _record(events: Sequence[NewEvent], post: Post) -> list[Result]:
    """Record the events in one transaction; where the database refuses, each in its own.

    So that a value which no check foresaw costs its own event and not its neighbours.
    """
    clock: Clock = clock_of_sender(now=post.at, sender_now=post.sender.now)
    try:
        return record_each(events=events, organisation=post.organisation, by=post.user, clock=clock)
    except (DataError, IntegrityError):
        logger.exception("The database refused a submission of %s events", len(events))
        if len(events) == 1:
            finding = Finding("cannot_be_stored", "data")
            return [Result(events[0].client_id, REJECTED, findings=(finding,))]
    return [result for event in events for result in _record([event], post)]


def _answer(result: Result, event: NewEvent) -> Answer:
    kind = KINDS.get(event.kind)
    created = None
    if kind and kind.creates and result.outcome in (CREATED, DUPLICATE):
        created = (kind.creates, event.subjects[kind.creates])
    findings = result.findings
    if result.time_disputed:
        findings = (*findings, Finding("kept_as_disputed", "occurred_at"))
    return Answer(
        id=str(result.client_id),
        outcome=result.outcome,
        event_id=result.event_id,
        created=created,
        time_disputed=result.time_disputed,
        findings=findings,
    )


def _receive_some(items: dict[int, EventItem], post: Post) -> dict[int, Answer]:
    directory = Directory(
        user=post.user, organisation=post.organisation, items=list(items.values()), at=post.at
    )
    answers: dict[int, Answer] = {}
    events: dict[int, NewEvent] = {}
    for index, item in items.items():
        addressed = _addressed(item, post, directory)
        if isinstance(addressed, NewEvent):
            events[index] = addressed
        else:
            answers[index] = Answer(str(item.id), REJECTED, findings=tuple(addressed))
    results = _record(list(events.values()), post) if events else []
    for (index, event), result in zip(events.items(), results, strict=True):
        answers[index] = _answer(result, event)
    return answers


def receive(raw_items: Sequence[Any], *, post: Post) -> list[Answer]:
    """Record each item on its own merits and return an answer for each, in order.

    Corrections come last, so that an entry and its correction may travel together. An item that
    stands in the submission twice, word for word, is recorded once and answered twice.
    """
    answers: dict[int, Answer] = {}
    items: dict[int, EventItem] = {}
    repeats: dict[int, int] = {}
    first_of: dict[UUID, int] = {}
    for index, raw in enumerate(raw_items):
        try:
            item = shaped(raw, EventItem)
        except Unreadable as unreadable:
            answers[index] = _rejected(raw, unreadable.findings)
            continue
        first = first_of.setdefault(item.id, index)
        if first != index and items[first] == item:
            repeats[index] = first
        else:
            items[index] = item
    facts = {n: item for n, item in items.items() if item.kind != CORRECTION_KIND}
    corrections = {n: item for n, item in items.items() if item.kind == CORRECTION_KIND}
    for some in (facts, corrections):
        if some:
            answers |= _receive_some(some, post)
    for index, first in repeats.items():
        answer = answers[first]
        outcome = DUPLICATE if answer.outcome == CREATED else answer.outcome
        answers[index] = replace(answer, outcome=outcome)
    return [answers[index] for index in range(len(raw_items))]
