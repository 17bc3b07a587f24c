"""Build the snapshot that the public may see, from a list of what is allowed and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from tracker.attempts.models import Attempt
from tracker.attempts.queries import Agreement
from tracker.checkpoints.models import Checkpoint
from tracker.corridors.models import Corridor, CorridorStatus, PassageWindow, Route, Statement
from tracker.corridors.queries import (
    corridors_in_order,
    public_verdict,
    route_in_use,
    statements_newest_first,
    windows_in_order,
)
from tracker.corridors.status import PASSABLE, Verdict
from tracker.exercises.clock import FieldClock
from tracker.feeds.snapshot import (
    CorridorView,
    ExerciseLabel,
    PointView,
    Snapshot,
    StatementView,
    WindowView,
)
from tracker.provenance.models import Party
from tracker.sentences import corridors as sentences
from tracker.sentences.corridors import CorridorStateWords
from tracker.sentences.wording import say, status_word
from tracker.situation import builder_past as past
from tracker.situation.builder_words import (
    act_line,
    line_of,
    place_names,
    state_words,
    window_words,
)
from tracker.situation.terms import Terms

PUBLIC = "public"
STATEMENTS_SHOWN = 40
WINDOWS_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read of one corridor, each list already cut down to what is public."""

    corridor: Corridor
    verdict: Verdict
    statements: tuple[Statement, ...]
    windows: tuple[PassageWindow, ...]
    agreement: Agreement
    attempts: tuple[Attempt, ...]
    route: Route | None


def build_public(*, clock: FieldClock, terms: Terms) -> Snapshot:
    """Return what the public may see at field time.

    What people typed stands as they typed it; labels of the house are English, and pages in other
    languages word them anew from the codes.
    """
    with translation.override("en"):
        corridors = corridors_in_order().filter(is_public=True)
        known = [_read(corridor, terms=terms, at=clock.now) for corridor in corridors]
        words = [_words(each, terms=terms, at=clock.now) for each in known]
        return Snapshot(
            audience=PUBLIC,
            base_url=terms.base_url,
            headline=dict(sentences.headline(words)),
            corridors=tuple(
                _view(each, its_words, terms=terms, at=clock.now)
                for each, its_words in zip(known, words, strict=True)
            ),
            incidents=past.incident_views(terms=terms, at=clock.now),
            journeys=past.journey_views(terms=terms, at=clock.now),
            exercise=_exercise(clock),
            credits=(say("disclaimer.map_names")["en"],),
        )


def _exercise(clock: FieldClock) -> ExerciseLabel | None:
    return ExerciseLabel(clock.name, clock.now, clock.speed) if clock.is_exercise else None


def _read(corridor: Corridor, *, terms: Terms, at: datetime) -> _Known:
    statements = (
        statements_newest_first(corridor, at=at)
        .filter(is_public=True)
        .annotate(corrected_at=Max("event__corrections__ordered_at"))[:STATEMENTS_SHOWN]
    )
    windows = windows_in_order(corridor).filter(
        event__ordered_at__lte=at, closes_at__gt=at - WINDOWS_KEPT
    )
    return _Known(
        corridor=corridor,
        verdict=public_verdict(corridor, validity=terms.validity, at=at),
        statements=tuple(statements),
        windows=tuple(windows.select_related("event")),
        agreement=past.public_agreement(corridor, at=at),
        attempts=tuple(past.public_attempts(corridor, at=at)),
        route=route_in_use(corridor),
    )


def _words(known: _Known, *, terms: Terms, at: datetime) -> CorridorStateWords:
    return state_words(
        known.corridor,
        verdict=known.verdict,
        statements=known.statements,
        windows=known.windows,
        agreement=past.agreement_word(known.agreement),
        was_used=any(attempt.status in past.USED for attempt in known.attempts),
        terms=terms,
        at=at,
    )


def _view(known: _Known, words: CorridorStateWords, *, terms: Terms, at: datetime) -> CorridorView:
    corridor, route = known.corridor, known.route
    last_word_at = _last_public_word(known)
    today = at.astimezone(ZoneInfo(corridor.time_zone)).date()
    return CorridorView(
        slug=corridor.slug,
        name=place_names(corridor)["en"],
        origin=corridor.origin.name,
        destination=corridor.destination.name,
        length_km=route.length_km if route else None,
        length_note=route.length_note if route else "",
        time_zone=corridor.time_zone,
        status=str(known.verdict.status),
        status_since=_since(known),
        last_word_at=last_word_at,
        stale=last_word_at is None or at - last_word_at >= terms.validity.barred,
        basis=_basis(known, words),
        sentence=dict(sentences.corridor_sentence(words)),
        line=dict(line_of(words, statements=known.statements, at=at)),
        statements=_statement_views(known, words),
        windows=_window_views(known, at=at),
        attempts=past.attempt_views(known.attempts),
        days=past.day_views(known.attempts, today=today),
        agreement=past.agreement_views(known.agreement),
        agreed_count=known.agreement.agreed,
        base_rate=past.rate_of(known.attempts),
        points=_points(corridor, route),
        status_words=dict(status_word(str(known.verdict.status))),
    )


def _is_basis_public(known: _Known) -> bool:
    if known.verdict.basis in {"operator", "old"}:
        return True
    return any(statement.event_id == known.verdict.event_id for statement in known.statements)


def _since(known: _Known) -> datetime | None:
    """Return since when, unless that is the moment of a word that was not said in public."""
    return known.verdict.since if _is_basis_public(known) else None


def _last_public_word(known: _Known) -> datetime | None:
    state = getattr(known.corridor, "state", None)
    said = [statement.said_at for statement in known.statements[:1]]
    said += [window.event.ordered_at for window in known.windows]
    if state is not None and state.operator_at is not None:
        said.append(state.operator_at)
    return max(said, default=None)


def _basis(known: _Known, words: CorridorStateWords) -> str:
    """Return who says so, in a few words."""
    if known.verdict.basis == "silent" or not _is_basis_public(known):
        return _("nobody has said")
    return str(words.source)


def _statement_views(known: _Known, words: CorridorStateWords) -> tuple[StatementView, ...]:
    views = [_statement_view(statement) for statement in known.statements]
    views += _own_act(known, words)
    return tuple(sorted(views, key=lambda view: (view.said_at, view.id), reverse=True))


def _statement_view(statement: Statement) -> StatementView:
    source = statement.source
    relayed = (
        _("relayed by %(who)s") % {"who": statement.relayed_by} if statement.relayed_by else ""
    )
    return StatementView(
        id=str(statement.event_id),
        who=source.name,
        who_detail="; ".join(part for part in (source.detail, relayed) if part),
        party=source.party,
        grade=f"{source.reliability}{statement.credibility}",
        first_hand=statement.first_hand,
        claims=statement.claims,
        says=statement.says,
        said_at=statement.said_at,
        source_title=statement.source_title,
        source_url=statement.source_url,
        corrected=statement.is_corrected,
        corrected_at=getattr(statement, "corrected_at", None) if statement.is_corrected else None,
    )


def _own_act(known: _Known, words: CorridorStateWords) -> list[StatementView]:
    """Return the operator's newest act as a line of its own; its typed reason stays inside."""
    state = getattr(known.corridor, "state", None)
    if state is None or state.operator_at is None:
        return []
    status = CorridorStatus(state.operator_status)
    return [
        StatementView(
            id=str(state.operator_event_id),
            who=known.corridor.operator.name,
            who_detail=_("operator of this corridor"),
            party=str(Party.FIELD),
            grade="",
            first_hand=True,
            claims=str(status),
            says=act_line(words, status=str(status), at=state.operator_at)["en"],
            said_at=state.operator_at,
            source_title=_("our own monitors"),
            source_url="",
        )
    ]


def _window_views(known: _Known, *, at: datetime) -> tuple[WindowView, ...]:
    is_passable = known.verdict.status in PASSABLE
    operator = known.corridor.operator.name
    return tuple(
        WindowView(
            id=str(window.pk),
            opens_at=window.opens_at,
            closes_at=window.closes_at,
            state=window.state,
            who=window.source.name if window.source else operator,
            moved_from=window.moved_from,
            said_at=window.event.ordered_at,
            sentence=dict(
                window_words(window, corridor=known.corridor, is_passable=is_passable, at=at)
            ),
        )
        for window in known.windows
    )


def _points(corridor: Corridor, route: Route | None) -> tuple[PointView, ...]:
    """Return the towns and checkpoints of the route in use by km; where a place is, once."""
    towns = list(route.points.all()) if route else []
    gates = list(Checkpoint.objects.filter(corridor=corridor).select_related("place"))
    controlled = {gate.place_id for gate in gates if gate.place_id}
    views = [
        PointView(town.place.name, town.km, town.place.lat, town.place.lon, "TOWN")
        for town in towns
        if town.place_id not in controlled
    ]
    for gate in gates:
        lat, lon = (gate.place.lat, gate.place.lon) if gate.place else (None, None)
        views.append(PointView(gate.name, gate.km, lat, lon, gate.kind))
    return tuple(sorted(views, key=lambda view: (view.km, view.name)))
