"""Take in the entries of phones, each on its own merits, and say what became of each."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import DataError, IntegrityError

from tracker.devices.phones import keep_refused, settle_taken, taken_at_desk
from tracker.fieldlog.kinds import Finding, NewEvent
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.operations import event_id
from tracker.intake.judging import Clock
from tracker.intake.operations import (
    CONFLICT,
    CREATED,
    REJECTED,
    Result,
    record_each,
)
from tracker.web.phone_addressing import CALLS, Addressed, Directory
from tracker.web.phone_entries import UNREADABLE, Batch, Item, in_order, opened
from tracker.web.phone_words import readable, stored, texts

logger = logging.getLogger(__name__)

RECEIVED, REPEAT, NEEDS_YOU, UNREADABLE_OUTCOME = "received", "repeat", "needs_you", "unreadable"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one entry; of a received one the findings say only what is in doubt."""

    item: Item
    outcome: str
    findings: tuple[Finding, ...] = ()
    event_id: Any = None

    def understood(self) -> dict[str, Any]:
        """Return what is kept of an entry that was not taken, besides its bytes."""
        told = self.item.told
        said = told.in_the_clear() if told else None
        return {"entry": self.item.shown_id, "problems": stored(self.findings), "says": said}


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An entry with its events, on its way into the log."""

    item: Item
    addressed: Addressed

    @property
    def key(self) -> tuple[int, Any]:
        """Return what the entries of one submission have in common."""
        return self.addressed.author.user.pk, self.item.offset


def _standing(items: Sequence[Item], batch: Batch) -> dict[Any, LogEvent]:
    ids = [
        event_id(organisation=batch.organisation, client_id=item.id) for item in items if item.id
    ]
    return {row.client_id: row for row in LogEvent.objects.filter(pk__in=ids)}


def _record(events: Sequence[NewEvent], waiting: _Waiting, batch: Batch) -> list[Result]:
    """Record events of one clock; where the database refuses them, each by itself."""
    clock = Clock(now=batch.clock.now, offset=waiting.item.offset)
    author = waiting.addressed.author.user
    try:
        return record_each(events=events, organisation=batch.organisation, by=author, clock=clock)
    except (DataError, IntegrityError):
        logger.exception("The database refused %s entries of a phone", len(events))
        if len(events) == 1:
            finding = Finding("cannot_be_stored", "data")
            return [Result(events[0].client_id, REJECTED, findings=(finding,))]
    return [result for event in events for result in _record([event], waiting, batch)]


def _answer(waiting: _Waiting, results: Sequence[Result]) -> Answer:
    """Return what became of an entry from what became of its events."""
    outcomes = {result.outcome for result in results}
    findings = [found for result in results for found in result.findings]
    item, key = waiting.item, results[0].event_id
    if outcomes & {REJECTED, CONFLICT}:
        return Answer(item, NEEDS_YOU, tuple(findings), key)
    if any(result.time_disputed for result in results):
        findings.append(Finding("kept_as_disputed", "at"))
    outcome = RECEIVED if CREATED in outcomes else REPEAT
    return Answer(item, outcome, tuple(findings), key)


class _Log:
    """Brings the entries of a batch into the log, in order, with as few submissions as it takes."""

    def __init__(self, batch: Batch, standing: dict[Any, LogEvent]) -> None:
        self.batch, self.standing = batch, standing
        self.directory = Directory(batch)
        self.answers: dict[str, Answer] = {}
        self.waiting: list[_Waiting] = []

    def take(self, items: Sequence[Item]) -> None:
        """Record entries in the order in which they happened."""
        for item in in_order(items):
            if self.directory.looks_at_the_road(item):
                # Where it happened rests on what was logged before it.
                self.flush()
            addressed = self.directory.address(item, self.standing.get(item.id))
            if addressed.findings:
                self._put(Answer(item, NEEDS_YOU, addressed.findings))
                continue
            waiting = _Waiting(item, addressed)
            if self.waiting and self.waiting[0].key != waiting.key:
                self.flush()
            self.waiting.append(waiting)
        self.flush()

    def flush(self) -> None:
        """Record what waits and answer for it."""
        waiting, self.waiting = self.waiting, []
        if not waiting:
            return
        events = [event for each in waiting for event in each.addressed.events]
        results = iter(_record(events, waiting[0], self.batch))
        for each in waiting:
            own = [next(results) for _event in each.addressed.events]
            self._put(self._again(each, own) or _answer(each, own))

    def _again(self, waiting: _Waiting, results: Sequence[Result]) -> Answer | None:
        """Address an entry anew that another tab recorded in the same moment, elsewhere perhaps."""
        is_conflict = any(result.outcome == CONFLICT for result in results)
        if not is_conflict or waiting.item.id in self.standing:
            return None
        self.standing |= _standing([waiting.item], self.batch)
        addressed = self.directory.address(waiting.item, self.standing.get(waiting.item.id))
        if addressed.findings:
            return None
        again = _Waiting(waiting.item, addressed)
        return _answer(again, _record(addressed.events, again, self.batch))

    def _put(self, answer: Answer) -> None:
        self.answers[answer.item.shown_id] = answer


def _repeated(item: Item, first: Item, answer: Answer) -> Answer:
    """Answer for an entry that stands twice in one batch."""
    if item.told == first.told:
        outcome = REPEAT if answer.outcome == RECEIVED else answer.outcome
        return replace(answer, item=item, outcome=outcome)
    return Answer(item, NEEDS_YOU, (Finding("same_id_other_body", "id"),))


def take_in(raw_items: Sequence[Any], batch: Batch) -> list[Answer]:
    """Take in what was sent and answer for each entry, in the order of sending.

    What is not taken is kept as it came until a person has seen to it.
    """
    items = [opened(raw, batch) for raw in raw_items]
    first: dict[str, Item] = {}
    for item in items:
        if not item.findings:
            first.setdefault(item.shown_id, item)
    sound = list(first.values())
    at_desk = taken_at_desk(batch.organisation, entry_ids=[item.shown_id for item in sound])
    log = _Log(batch, _standing(sound, batch))
    log.answers = {
        item.shown_id: Answer(item, REPEAT) for item in sound if item.shown_id in at_desk
    }
    log.take([item for item in sound if item.shown_id not in at_desk])
    answers = list(_in_order(items, first, log.answers))
    _keep(answers, batch)
    return answers


def _in_order(
    items: Sequence[Item], first: dict[str, Item], found: dict[str, Answer]
) -> Iterator[Answer]:
    for item in items:
        if item.findings:
            is_lost = UNREADABLE in item.findings
            yield Answer(item, UNREADABLE_OUTCOME if is_lost else NEEDS_YOU, item.findings)
        elif first[item.shown_id] is item:
            yield found[item.shown_id]
        else:
            yield _repeated(item, first[item.shown_id], found[item.shown_id])


def _reason(answer: Answer) -> str:
    """Return the code by which the desk sorts; a call for help comes before all else."""
    code = answer.findings[0].code if answer.findings else "not_understood"
    told = answer.item.told
    if told is None or told.kind not in CALLS:
        return code[:40]
    return "sos_unassigned" if code == "convoy_uncertain" else "sos_refused"


def _keep(answers: Sequence[Answer], batch: Batch) -> None:
    taken = [each.item.shown_id for each in answers if each.outcome in (RECEIVED, REPEAT)]
    settle_taken(organisation=batch.organisation, entry_ids=taken)
    for answer in answers:
        if answer.outcome in (RECEIVED, REPEAT):
            continue
        keep_refused(
            organisation=batch.organisation,
            phone=batch.phone,
            entry_id=answer.item.shown_id,
            body=answer.item.body,
            reason=_reason(answer),
            understood=answer.understood(),
            received_at=batch.now,
            field_at=batch.clock.now,
        )


def told_of(answer: Answer, batch: Batch) -> dict[str, Any]:
    """Return an answer as the phone reads it."""
    understood = answer.understood()
    is_taken = answer.outcome in (RECEIVED, REPEAT)
    return {
        "id": answer.item.shown_id,
        "outcome": answer.outcome,
        "problems": texts(understood["problems"]),
        "readable": None if is_taken else readable(understood, organisation=batch.organisation),
    }
