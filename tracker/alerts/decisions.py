"""Ask the rules about one subject: what stands now against what was told last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tracker.alerts import readings, rules
from tracker.alerts.readings import told_last
from tracker.checkpoints.models import Checkpoint
from tracker.convoys import ladder
from tracker.convoys.models import Convoy
from tracker.corridors.models import Corridor
from tracker.corridors.queries import corridors_in_order
from tracker.incidents.models import Incident


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of the log: its unit, such as "corridor", and its id."""

    unit: str
    id: UUID


def drafts_about(
    subject: Subject, *, event_ids: Sequence[str], at: datetime, exercise: str = ""
) -> Iterable[rules.Draft]:
    """Return every alert that is due about a subject at `at` (field time).

    `exercise` is the name of the one that runs: what an exercise told is no news and no history
    outside it.
    """
    decide = _DECIDERS.get(subject.unit)
    drafts = decide(subject.id, event_ids, at, exercise) if decide else []
    return [draft for draft in drafts if draft is not None]


_Drafts = list[rules.Draft | None]


def _about_corridor(
    subject_id: UUID, _events: Sequence[str], at: datetime, exercise: str
) -> _Drafts:
    corridor: Corridor | None = corridors_in_order().filter(pk=subject_id).first()
    if corridor is None:
        return []
    about = readings.corridor_about(corridor)
    status = rules.status_draft(
        readings.corridor_facts(corridor, at=at),
        last=told_last(f"corridor:{corridor.pk}:status", exercise=exercise),
        about=about,
        is_public=corridor.is_public,
    )
    standing = {f"window:{facts['window']}": facts for facts in readings.windows_facts(corridor)}
    told = readings.told_last_of(standing, exercise=exercise)
    windows = [
        rules.window_draft(
            facts,
            last=told.get(subject),
            about=about,
            is_public=corridor.is_public,
            at=at,
        )
        for subject, facts in standing.items()
    ]
    return [status, *windows]


def _about_checkpoint(
    subject_id: UUID, _events: Sequence[str], at: datetime, exercise: str
) -> _Drafts:
    checkpoint = (
        Checkpoint.objects.select_related(
            "corridor__origin", "corridor__destination", "corridor__operator", "state"
        )
        .filter(pk=subject_id)
        .first()
    )
    if checkpoint is None:
        return []
    facts = readings.checkpoint_facts(checkpoint)
    last = told_last(f"checkpoint:{checkpoint.pk}:status", exercise=exercise)
    about = readings.checkpoint_about(checkpoint)
    return [rules.checkpoint_draft(facts, last=last, about=about, at=at)]


def _about_convoy(subject_id: UUID, events: Sequence[str], at: datetime, exercise: str) -> _Drafts:
    convoy = (
        Convoy.objects.select_related("corridor__origin", "corridor__destination", "at_checkpoint")
        .filter(pk=subject_id)
        .first()
    )
    if convoy is None:
        return []
    facts, about = readings.convoy_facts(convoy), readings.convoy_about(convoy)
    state = rules.convoy_draft(
        facts, last=told_last(f"convoy:{convoy.pk}:state", exercise=exercise), about=about, at=at
    )
    headcount = rules.headcount_draft(
        {**facts, **readings.headcount_facts(convoy, at=at)},
        last=told_last(f"convoy:{convoy.pk}:headcount", exercise=exercise),
        about=about,
    )
    calls = [
        rules.emergency_draft(
            readings.emergency_facts(event, convoy),
            last=told_last(f"event:{event.pk}", exercise=exercise),
            about=readings.convoy_about(convoy, event_id=event.pk),
            at=at,
        )
        for event in readings.emergencies(events)
        if event.convoy_id == convoy.pk
    ]
    silence = _about_silence(convoy, facts, at, exercise)
    return [state, *silence, headcount, *calls, *_about_positions(convoy, facts, at, exercise)]


def _about_silence(convoy: Convoy, facts: dict[str, Any], at: datetime, exercise: str) -> _Drafts:
    about = readings.convoy_about(convoy)
    whole, *of_steps = subjects = rules.silence_subjects(convoy.pk, ladder.CODES)
    told = readings.told_last_of(subjects, exercise=exercise)
    began_at, overdue = readings.silence_of(convoy, at=at)
    found = {each["step"]: each for each in overdue}
    silence = rules.silence_draft(facts, began_at=began_at, last=told.get(whole), about=about)
    steps = [
        rules.step_draft(
            {**facts, **found.get(code, {"step": code})},
            began_at=began_at if code in found else None,
            last=told.get(subject),
            about=about,
        )
        for code, subject in zip(ladder.CODES, of_steps, strict=True)
    ]
    return [silence, *steps]


def _about_positions(convoy: Convoy, facts: dict[str, Any], at: datetime, exercise: str) -> _Drafts:
    about = readings.convoy_about(convoy)
    found = readings.positions_facts(convoy, at=at)
    subjects = [rules.positions_subject(convoy.pk, each["problem"]) for each in found]
    told = readings.told_last_of(subjects, exercise=exercise)
    return [
        rules.positions_draft({**facts, **each}, last=told.get(subject), about=about)
        for subject, each in zip(subjects, found, strict=True)
    ]


def _about_incident(
    subject_id: UUID, _events: Sequence[str], at: datetime, exercise: str
) -> _Drafts:
    incident = (
        Incident.objects.select_related(
            "corridor__origin", "corridor__destination", "place", "event"
        )
        .filter(pk=subject_id)
        .first()
    )
    if incident is None:
        return []
    facts, about = readings.incident_facts(incident), readings.incident_about(incident)
    return [
        rules.incident_draft(
            facts, last=told_last(f"incident:{incident.pk}", exercise=exercise), about=about, at=at
        )
    ]


_DECIDERS: dict[str, Callable[[UUID, Sequence[str], datetime, str], _Drafts]] = {
    "corridor": _about_corridor,
    "checkpoint": _about_checkpoint,
    "convoy": _about_convoy,
    "incident": _about_incident,
}
