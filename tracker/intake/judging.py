"""Judge a new event before it enters the log: kind, shape, subjects, time, and its room's word."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import msgspec
from django.db.models import Model
from msgspec.structs import replace

from tracker.fieldlog.kinds import SUBJECTS, Data, Finding, Kind, NewEvent
from tracker.fieldlog.models import LogEvent
from tracker.intake.registry import CORRECTION_DATA, CORRECTION_KIND, KINDS, Correction
from tracker.intake.times import time_findings
from tracker.lib.text import tidy_lines

# A device that has told us its own clock may still be wrong; beyond this its time is disputed.
FUTURE_LIMIT = timedelta(minutes=10)
PAST_LIMIT = timedelta(days=7)
# A person typing at a desk may be a little ahead of the server, not more.
TYPED_LIMIT = timedelta(minutes=2)

SUBJECT_MODELS: dict[str, type[Model]] = {
    name: cast("type[Model]", LogEvent._meta.get_field(name).related_model) for name in SUBJECTS
}


@dataclass(frozen=True, slots=True)
class Clock:
    """How the times of a submission are to be read.

    `now` is field time at receipt; `offset` is what must be added to the sender's times;
    `is_typed` says that a person typed the time, so that a future one is refused and not kept as
    disputed; `is_record` says that history is imported, whose times are as old as they are.
    """

    now: datetime
    offset: timedelta = timedelta(0)
    is_typed: bool = False
    is_record: bool = False


# Subjects by name and id with their rows; `None` for one that the same submission creates.
Known = Mapping[tuple[str, UUID], Model | None]

_REQUIRED = {
    kind.name: frozenset(name for name in (kind.unit, kind.creates, *kind.needs) if name)
    for kind in KINDS.values()
}


class Judged(msgspec.Struct, frozen=True):
    """An event with its cleaned data, corrected time, and what was found wrong or odd."""

    event: NewEvent
    kind: Kind | None
    data: dict[str, Any] = {}
    ordered_at: datetime | None = None
    time_disputed: bool = False
    target: LogEvent | None = None
    findings: tuple[Finding, ...] = ()


def _clean(value: Any) -> Any:
    """Tidy every text within `value`, so that no control or bidi character enters the log."""
    if isinstance(value, str):
        return tidy_lines(value)
    if isinstance(value, Mapping):
        return {str(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def _shape(raw: Mapping[str, Any], data_type: type[Data]) -> tuple[Data | None, list[Finding]]:
    try:
        shaped = msgspec.convert(_clean(raw), data_type)
    except (msgspec.ValidationError, RecursionError) as error:
        problem = str(error).rstrip(".") + "."
        where = problem.partition("`$.")[2].rstrip("`.")
        return None, [Finding("bad_data", where or "data", {"problem": problem})]
    findings = time_findings(shaped)
    return (None, findings) if findings else (shaped, [])


def _with_rows(event: NewEvent, known: Known) -> NewEvent:
    """Return the event with the rows of its subjects."""
    rows = {
        name: known.get((name.removeprefix("other_"), subject_id))
        for name, subject_id in event.subjects.items()
    }
    return replace(event, standing=rows)


def _subject_findings(event: NewEvent, kind: Kind, known: Known) -> list[Finding]:
    required = _REQUIRED[kind.name]
    findings = [
        Finding("subject_missing", name, {"subject": name})
        for name in sorted(required.difference(event.subjects))
    ]
    for name, subject_id in event.subjects.items():
        stands = (name.removeprefix("other_"), subject_id) in known
        if name not in required and name not in kind.allows:
            findings.append(Finding("subject_unexpected", name, {"subject": name}))
        elif name == kind.creates and stands:
            findings.append(Finding("subject_exists", name, {"subject": name}))
        elif name != kind.creates and not stands:
            findings.append(Finding("subject_unknown", name, {"subject": name}))
    return findings


def _future_findings(at: datetime, clock: Clock, *, limit: timedelta) -> list[Finding]:
    if at <= clock.now + limit:
        return []
    times = {"time": f"{at:%d %b %H:%M}", "now": f"{clock.now:%d %b %H:%M}"}
    return [Finding("time_in_future", "occurred_at", times)]


def _time(event: NewEvent, clock: Clock) -> tuple[datetime | None, bool, list[Finding]]:
    findings = time_findings(event.occurred_at, where="occurred_at")
    if event.recorded_at is not None:
        findings += time_findings(event.recorded_at, where="recorded_at")
    if findings:
        return None, False, findings
    ordered_at = event.occurred_at + clock.offset
    if event.age is not None:
        # The clock may have been set in between; what counts the seconds since was not.
        ordered_at = clock.now - event.age
    if clock.is_record:
        return ordered_at, False, []
    if clock.is_typed:
        return ordered_at, False, _future_findings(ordered_at, clock, limit=TYPED_LIMIT)
    disputed = ordered_at > clock.now + FUTURE_LIMIT or ordered_at < clock.now - PAST_LIMIT
    return ordered_at, disputed, []


def _way_findings(event: NewEvent, kind: Kind) -> list[Finding]:
    return kind.check_way(event) if kind.check_way else []


def _judge_corrected(
    event: NewEvent, target: LogEvent, changed: Mapping[str, Any], known: Known
) -> list[Finding]:
    """Judge the entry as corrected: it must still be a valid entry of its kind."""
    kind = KINDS[target.kind]
    shaped, findings = _shape({**target.data, **changed}, kind.data)
    if shaped is None or kind.check is None or not changed:
        return findings
    subjects = {name: getattr(target, f"{name}_id") for name in SUBJECTS}
    corrected = replace(
        event,
        kind=target.kind,
        subjects={name: key for name, key in subjects.items() if key},
        source_id=target.source_id,
    )
    return [
        found
        for found in kind.check(_with_rows(corrected, known), shaped)
        if not (found.is_question and event.is_confirmed)
    ]


def _judge_change(
    event: NewEvent, target: LogEvent, change: Correction, *, clock: Clock, known: Known
) -> list[Finding]:
    """Judge what a correction does to its entry: its time, its data, or all of it."""
    findings = _way_findings(event, KINDS[target.kind])
    if change.occurred_at is not None:
        # A word from the future would outrank every later one until that day has come.
        findings += _future_findings(change.occurred_at, clock, limit=FUTURE_LIMIT)
    if change.withdraw or change.occurred_at is not None:
        undo = KINDS[target.kind].check_undo
        findings += undo(target) if undo else []
    if not change.withdraw:
        changed = msgspec.to_builtins(change)["data"]
        findings += _judge_corrected(event, target, changed, known)
    return findings


def _judge_correction(
    event: NewEvent, target: LogEvent | None, *, clock: Clock, known: Known
) -> Judged:
    ordered_at, disputed, findings = _time(event, clock)
    shaped, problems = _shape(event.data, CORRECTION_DATA)
    findings += problems
    if not event.reason.strip():
        findings.append(Finding("correction_reason_missing", "reason"))
    if event.corrects_id is None:
        findings.append(Finding("correction_target_missing", "corrects"))
    elif target is None:
        findings.append(Finding("correction_target_unknown", "corrects"))
    elif target.kind == CORRECTION_KIND:
        findings.append(Finding("correction_of_correction", "corrects"))
    elif isinstance(shaped, CORRECTION_DATA):
        findings += _judge_change(event, target, shaped, clock=clock, known=known)
    data = msgspec.to_builtins(shaped) if shaped is not None else {}
    return Judged(event, None, data, ordered_at, disputed, target, tuple(findings))


def judge_repeat(event: NewEvent, *, clock: Clock) -> Judged:
    """Shape an event that stands already, so that its body can be compared; judge no more."""
    kind = KINDS.get(event.kind)
    data_type = kind.data if kind else CORRECTION_DATA
    shaped, problems = _shape(event.data, data_type)
    data = msgspec.to_builtins(shaped) if shaped is not None else {}
    ordered_at = event.occurred_at + clock.offset if event.occurred_at.tzinfo else None
    return Judged(event, kind, data, ordered_at, findings=tuple(problems))


def judge(
    event: NewEvent,
    *,
    clock: Clock,
    known: Known,
    sources: Collection[UUID],
    targets: Mapping[UUID, LogEvent],
) -> Judged:
    """Judge one event, knowing the subjects and sources that stand or that come with it.

    `targets` are the entries that corrections of the submission name.
    """
    if event.kind == CORRECTION_KIND:
        target = targets.get(event.corrects_id) if event.corrects_id else None
        return _judge_correction(event, target, clock=clock, known=known)
    kind = KINDS.get(event.kind)
    if kind is None:
        return Judged(
            event, None, findings=(Finding("unknown_kind", "kind", {"kind": event.kind}),)
        )
    ordered_at, disputed, findings = _time(event, clock)
    shaped, problems = _shape(event.data, kind.data)
    findings += problems + _subject_findings(event, kind, known) + _way_findings(event, kind)
    if disputed and kind.creates:
        # What exists from an unknown time on has no state; every later entry would hang in the air.
        findings.append(Finding("time_disputed", "occurred_at", {"subject": kind.creates}))
    if event.source_id and event.source_id not in sources:
        findings.append(Finding("source_unknown", "source"))
    if not findings and kind.check is not None:
        findings += [
            found
            for found in kind.check(_with_rows(event, known), shaped)
            if not (found.is_question and event.is_confirmed)
        ]
    data = msgspec.to_builtins(shaped) if shaped is not None else {}
    return Judged(event, kind, data, ordered_at, disputed, findings=tuple(findings))
