"""Read what stands now, as plain facts for the rules; only names and words that mails may need."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from tracker.alerts import rules
from tracker.alerts.models import Alert
from tracker.checkpoints.models import Checkpoint
from tracker.convoys.ladder import steps_of
from tracker.convoys.models import Convoy
from tracker.convoys.queries import is_dark, silences_of
from tracker.corridors.models import Corridor, PassageWindow, Statement
from tracker.corridors.queries import corridor_verdict, public_verdict, validity_of
from tracker.corridors.status import Validity
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.queries import balance_of
from tracker.headcounts.spans import Span
from tracker.incidents.models import Incident
from tracker.lib.text import tidy
from tracker.positions.queries import PROBLEMS, since_of, tracks_of
from tracker.provenance.models import Party, Source
from tracker.sentences.corridors import road_phrase

SOURCE_KINDS: dict[str, str] = {
    Party.PARTY_A: "party",
    Party.PARTY_B: "party",
    Party.HUMANITARIAN: "humanitarian",
    Party.FIELD: "field",
    Party.LOCAL: "authority",
    Party.MEDIA: "media",
}


def validity() -> Validity:
    """Return how long an act of an operator holds in this installation."""
    return validity_of(passable_h=settings.OPEN_STATUS_HOURS, barred_h=settings.CLOSED_STATUS_HOURS)


def told_last(subject: str, *, exercise: str) -> dict[str, Any] | None:
    """Return the facts of the newest alert about `subject`, in an exercise or outside ("")."""
    return (
        Alert.objects.filter(subject=subject, facts__exercise=exercise)
        .order_by("-revision")
        .values_list("facts", flat=True)
        .first()
    )


def told_last_of(subjects: Iterable[str], *, exercise: str) -> dict[str, dict[str, Any]]:
    """Return the facts of the newest alert about each of `subjects`, with one query for all."""
    told = Alert.objects.filter(subject__in=list(subjects), facts__exercise=exercise)
    newest = told.order_by("subject", "-revision")
    return dict(newest.distinct("subject").values_list("subject", "facts"))


def iso(at: datetime | None) -> str:
    """Return a moment as ISO text, "" for none."""
    return at.isoformat() if at else ""


def _source_words(source: Source | None) -> dict[str, Any]:
    if source is None:
        return {"source": "", "source_kind": "other", "attribution": {}}
    return {
        "source": tidy(str(source)),
        "source_kind": SOURCE_KINDS.get(source.party, "other"),
        "attribution": source.attribution,
    }


def _road(corridor: Corridor) -> dict[str, Any]:
    origin, destination = corridor.origin, corridor.destination
    road = road_phrase(
        origin={"en": origin.name, **origin.names},
        destination={"en": destination.name, **destination.names},
    )
    return {
        "corridor": tidy(str(corridor)),
        "road": road,
        "slug": corridor.slug,
        "zone": corridor.time_zone,
    }


def _statement_words(event_id: UUID | None) -> dict[str, Any]:
    """Return who made the statement behind an event, and whether its maker may be named outside."""
    statement = Statement.objects.filter(event_id=event_id).select_related("source").first()
    if statement is None:
        return {**_source_words(None), "source_public": False, "claims": ""}
    return {
        **_source_words(statement.source),
        "source_public": statement.is_public,
        "claims": statement.claims,
        "opens_on": statement.opens_on.isoformat() if statement.opens_on else "",
        "opens_part": statement.opens_part,
    }


def _next_opening(corridor: Corridor, event: LogEvent | None, at: datetime) -> str:
    """Return when it is to open according to the statement's own source, "" if it named no time."""
    if event is None or event.source_id is None:
        return ""
    window = (
        PassageWindow.objects.filter(corridor=corridor, closes_at__gt=at, source_id=event.source_id)
        .exclude(state=PassageWindow.State.CANCELLED)
        .order_by("opens_at", "id")
        .first()
    )
    return iso(window.opens_at) if window else ""


def corridor_facts(corridor: Corridor, *, at: datetime) -> dict[str, Any]:
    """Return the derived status of a corridor with the word that it rests on.

    Of a public corridor it is what the public may be told: a private announcement is no news for
    subscribers, and the page and the mail must say the same.
    """
    verdict_of = public_verdict if corridor.is_public else corridor_verdict
    verdict = verdict_of(corridor, validity=validity(), at=at)
    event = LogEvent.objects.filter(pk=verdict.event_id).first() if verdict.event_id else None
    words: dict[str, Any] = _statement_words(verdict.event_id)
    if verdict.basis in {"operator", "old"}:
        words = {"source": str(corridor.operator), "source_kind": "field", "source_public": True}
    return {
        **_road(corridor),
        **words,
        "status": verdict.status,
        "basis": verdict.basis,
        "was": verdict.was,
        "since": iso(verdict.since),
        "operator": str(corridor.operator),
        "reason": event.reason if event else "",
        "event": str(verdict.event_id or ""),
        "opens_at": _next_opening(corridor, event, at),
    }


def corridor_about(corridor: Corridor) -> rules.About:
    """Return the keys of an alert about a corridor."""
    return rules.About(corridor_id=corridor.pk, organisation_id=corridor.operator_id)


def _window_facts(window: PassageWindow) -> dict[str, Any]:
    return {
        **_road(window.corridor),
        **_source_words(window.source),
        "window": str(window.pk),
        "state": window.state,
        "opens_at": iso(window.opens_at),
        "closes_at": iso(window.closes_at),
        "since": iso(window.event.ordered_at),
        "event": str(window.event_id),
    }


def windows_facts(corridor: Corridor) -> list[dict[str, Any]]:
    """Return every window of a corridor; one that was told and has left the log is cancelled."""
    standing = PassageWindow.objects.filter(corridor=corridor).select_related(
        "corridor__origin", "corridor__destination", "source", "event"
    )
    found = {
        str(window.pk): _window_facts(window) for window in standing.order_by("opens_at", "id")
    }
    told = (
        Alert.objects.filter(corridor=corridor, kind=rules.WINDOW)
        .order_by("subject", "-revision")
        .distinct("subject")
        .values_list("facts", flat=True)
    )
    for facts in told:
        if facts["window"] not in found:
            found[facts["window"]] = {**facts, "state": str(PassageWindow.State.CANCELLED)}
    return list(found.values())


def convoy_facts(convoy: Convoy) -> dict[str, Any]:
    """Return where a convoy stands in its journey."""
    return {
        **_road(convoy.corridor),
        "code": convoy.code,
        "state": convoy.state,
        "place": str(convoy.at_checkpoint) if convoy.at_checkpoint else "",
        "since": iso(convoy.state_since),
        "people": convoy.people_planned,
        "reason": convoy.held_reason,
        "contact_at": iso(convoy.last_contact_at),
        "event": str(convoy.state_event_id or ""),
    }


def convoy_about(convoy: Convoy, *, event_id: UUID | None = None) -> rules.About:
    """Return the keys of an alert about a convoy."""
    return rules.About(
        convoy_id=convoy.pk,
        corridor_id=convoy.corridor_id,
        organisation_id=convoy.organisation_id,
        event_id=event_id,
    )


def checkpoint_facts(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return what is known of a checkpoint and who said so."""
    state = getattr(checkpoint, "state", None)
    event = (
        LogEvent.objects.filter(pk=state.event_id).select_related("source").first()
        if state
        else None
    )
    return {
        **_road(checkpoint.corridor),
        **_source_words(event.source if event else None),
        "checkpoint": str(checkpoint.pk),
        "place": str(checkpoint),
        "status": state.status if state else "",
        "since": iso(state.since) if state else "",
        "event": str(event.pk) if event else "",
    }


def checkpoint_about(checkpoint: Checkpoint) -> rules.About:
    """Return the keys of an alert about a checkpoint."""
    return rules.About(
        corridor_id=checkpoint.corridor_id, organisation_id=checkpoint.corridor.operator_id
    )


def incident_facts(incident: Incident) -> dict[str, Any]:
    """Return what is alleged, where and when; the voices stand on its page."""
    zone = incident.corridor.time_zone if incident.corridor else settings.FIELD_TIME_ZONE
    road = _road(incident.corridor) if incident.corridor else {"corridor": "", "zone": zone}
    return {
        **road,
        "incident": str(incident.pk),
        "severity": incident.severity,
        "alleged": incident.alleged,
        "place": str(incident.place or incident.place_text),
        "at": iso(incident.at),
        "event": str(incident.event_id),
    }


def incident_about(incident: Incident) -> rules.About:
    """Return the keys of an alert about an incident."""
    return rules.About(
        corridor_id=incident.corridor_id,
        convoy_id=incident.convoy_id,
        organisation_id=incident.event.organisation_id,
    )


def emergencies(event_ids: Iterable[str]) -> list[LogEvent]:
    """Return which of these events call for help and have not been withdrawn."""
    events = LogEvent.objects.filter(
        pk__in=list(event_ids), kind__in=rules.EMERGENCY_KINDS, convoy__isnull=False
    )
    withdrawn = set(
        LogEvent.objects.filter(
            corrects__in=events, data__withdraw=True, time_disputed=False
        ).values_list("corrects_id", flat=True)
    )
    found = events.select_related("convoy__corridor__origin", "convoy__corridor__destination")
    return [event for event in found.order_by("ordered_at", "id") if event.pk not in withdrawn]


def emergency_facts(event: LogEvent, convoy: Convoy) -> dict[str, Any]:
    """Return who calls for help, when, and the words that came with it."""
    return {
        **_road(convoy.corridor),
        "code": convoy.code,
        "kind": event.kind,
        "at": iso(event.ordered_at),
        "disputed": event.time_disputed,
        "says": str(event.data.get("note") or event.data.get("says") or event.reason),
        "event": str(event.pk),
    }


def call_facts(call: rules.Call, convoy: Convoy | None, *, at: datetime) -> dict[str, Any]:
    """Return who calls by message, and the words; without a convoy it is on no road."""
    road = _road(convoy.corridor) if convoy else {"corridor": "", "slug": "", "zone": ""}
    return {
        **road,
        "code": f"{convoy.code} ({call.caller})" if convoy else call.caller,
        "kind": call.kind,
        "at": iso(at),
        "disputed": False,
        "says": call.says,
    }


def silence_of(convoy: Convoy, *, at: datetime) -> tuple[datetime | None, list[dict[str, Any]]]:
    """Return when a convoy went dark, `None` if it is not, and its steps that are overdue.

    Read from the same fold as the ladder on the page of the convoy.
    """
    if not is_dark(convoy, at=at):
        return None, []
    spell = silences_of([convoy])[convoy.pk].silence.open_at(at)
    if spell is None:
        return convoy.silent_from, []
    steps = steps_of(began_at=spell.began_at, taken=spell.steps, at=at)
    overdue = [
        {"step": step.code, "owner": step.rule.owner, "due_at": iso(step.due_at)}
        for step in steps
        if step.state == "overdue"
    ]
    return spell.began_at, overdue


def _span_words(span: Span) -> str:
    if span.exact is not None:
        return str(span.exact)
    return f"{span.low}+" if span.high is None else f"{span.low}-{span.high}"


def headcount_facts(convoy: Convoy, *, at: datetime) -> dict[str, Any]:
    """Return how many people are missing (above zero) or too many (below) at the newest count.

    Only what is certain counts: a range that may balance is no gap, nor is what an estimate lacks.
    """
    found = balance_of(convoy, at=at)
    if found.gap is None or not found.points or found.gap.is_estimate:
        return {"gap": None}
    point, gap = found.points[-1], found.gap
    certain = gap.low if gap.is_short else (gap.high or 0) if gap.is_over else 0
    return {
        "gap": certain,
        "is_exact": gap.low == gap.high,
        "counted": _span_words(point.counted),
        "expected": _span_words(point.expected),
        "counted_place": point.place,
        "since": iso(point.at),
        "event": str(point.event_ids[-1]),
    }


def positions_facts(convoy: Convoy, *, at: datetime) -> list[dict[str, Any]]:
    """Return, for each problem that trackers can show, which vehicles have it and since when.

    Where they are stays on the page: a mail may be read by others. `at` is field time.
    """
    is_on_the_road = convoy.departed_at is not None and convoy.ended_at is None
    tracks = tracks_of([convoy])[convoy.pk] if is_on_the_road else []
    newest = max((track.fix.fixed_at for track in tracks if track.fix), default=None)
    found = []
    for problem in PROBLEMS:
        since = {track.vehicle.code: since_of(track, problem) for track in tracks}
        standing = {code: iso(moment) for code, moment in since.items() if moment}
        found.append(
            {
                "problem": problem,
                "vehicles": standing,
                "since": min(standing.values(), default=""),
                "contact_at": iso(newest),
                "seen_at": iso(at),
            }
        )
    return found
