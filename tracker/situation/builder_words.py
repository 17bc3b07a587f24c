"""Turn what is known of a corridor into what its sentence needs, and never into more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

from tracker.corridors.models import Corridor, CorridorStatus, PassageWindow, Statement
from tracker.corridors.status import Verdict
from tracker.feeds.snapshot import Words
from tracker.lib.periods import Limits, freshness
from tracker.provenance.models import Party, Verification
from tracker.sentences.catalogue import LANGUAGES
from tracker.sentences.corridors import (
    Contradiction,
    CorridorStateWords,
    WindowWords,
    corridor_line,
    road_phrase,
    window_sentence,
)
from tracker.sentences.voices import source_kind
from tracker.sentences.wording import Phrase, joined, say
from tracker.situation.terms import Terms


def place_names(corridor: Corridor) -> Words:
    """Return "from – to" in every language; a place without a name there keeps its own."""
    origin, destination = corridor.origin, corridor.destination
    return {
        code: f"{origin.names.get(code, origin.name)} – "
        f"{destination.names.get(code, destination.name)}"
        for code in LANGUAGES
    }


def _road(corridor: Corridor) -> Phrase:
    origin, destination = corridor.origin, corridor.destination
    return road_phrase(
        origin={"en": origin.name, **origin.names},
        destination={"en": destination.name, **destination.names},
    )


def state_words(
    corridor: Corridor,
    *,
    verdict: Verdict,
    statements: Sequence[Statement],
    windows: Sequence[PassageWindow],
    agreement: str,
    was_used: bool,
    terms: Terms,
    at: datetime,
) -> CorridorStateWords:
    """Return what the sentence needs; `statements` and `windows` are those the audience sees.

    `was_used` says that the audience knows of an attempt that brought people out.
    """
    by_event = {statement.event_id: statement for statement in statements}
    basis = by_event.get(verdict.event_id) if verdict.event_id else None
    ours = verdict.basis in {"operator", "old"}
    said_at = verdict.since if ours or basis else None
    return CorridorStateWords(
        corridor=_road(corridor),
        # An act that became old is named with its age, and its status is no longer the corridor's.
        status=verdict.was if verdict.basis == "old" else verdict.status,
        verification=_verification(verdict),
        source_kind="field" if ours or basis is None else source_kind(basis.source.party),
        freshness="stale" if verdict.basis == "old" else _freshness(said_at, terms, at),
        operator_confirmed=verdict.basis == "operator",
        agreement=agreement,
        source=corridor.operator.name if ours or basis is None else basis.source.name,
        said_at=said_at,
        time_zone=corridor.time_zone,
        attribution=basis.source.attribution if basis and not ours else {},
        again=was_used,
        contradiction=_contradiction(corridor, verdict, basis),
        **_opening(basis, windows, zone=ZoneInfo(corridor.time_zone), at=at),
    )


def _verification(verdict: Verdict) -> str:
    if verdict.basis == "operator":
        return str(Verification.CORROBORATED)
    is_disputed = verdict.basis == "contradicted"
    return str(Verification.DISPUTED if is_disputed else Verification.UNVERIFIED)


def _freshness(said_at: datetime | None, terms: Terms, at: datetime) -> str:
    limits = Limits(ageing=terms.validity.passable, stale=terms.validity.barred)
    return freshness(then=said_at, now=at, limits=limits)


class _Opening(TypedDict):
    opens_at: datetime | None
    opens_on: date | None
    opens_part: str


def _opening(
    basis: Statement | None, windows: Sequence[PassageWindow], *, zone: ZoneInfo, at: datetime
) -> _Opening:
    """Return when it is to open in the speaker's own words: nobody's hour is put in their mouth."""
    if basis is None:
        return {"opens_at": None, "opens_on": None, "opens_part": ""}
    opens_at = _next_opening(windows, source_id=basis.source_id, at=at)
    if basis.opens_on and opens_at and opens_at.astimezone(zone).date() != basis.opens_on:
        opens_at = None
    return {"opens_at": opens_at, "opens_on": basis.opens_on, "opens_part": basis.opens_part}


def _next_opening(
    windows: Sequence[PassageWindow], *, source_id: UUID, at: datetime
) -> datetime | None:
    coming = [
        window.opens_at
        for window in windows
        if window.source_id == source_id
        and window.closes_at > at
        and window.state != PassageWindow.State.CANCELLED
    ]
    return min(coming, default=None)


def _contradiction(
    corridor: Corridor, verdict: Verdict, basis: Statement | None
) -> Contradiction | None:
    """Return both sides, if the audience may know the one that contradicts the operator."""
    if verdict.basis != "contradicted" or basis is None:
        return None
    return Contradiction(
        source_a=corridor.operator.name,
        status_a=verdict.was,
        source_b=basis.source.name,
        status_b=basis.claims,
    )


def line_of(words: CorridorStateWords, *, statements: Sequence[Statement], at: datetime) -> Phrase:
    """Return the line with what a humanitarian voice adds: whether anything is clear at all."""
    line = corridor_line(words)
    zone = ZoneInfo(words.time_zone)
    today = at.astimezone(zone).date()
    is_unclear = any(
        statement.claims == CorridorStatus.UNKNOWN
        and statement.source.party == Party.HUMANITARIAN
        and statement.said_at.astimezone(zone).date() == today
        for statement in statements
    )
    if words.status == CorridorStatus.ANNOUNCED and is_unclear:
        return joined(line, say("corridor.today_unclear"))
    return line


def act_line(words: CorridorStateWords, *, status: str, at: datetime) -> Phrase:
    """Return what the operator's own act says, without the reason that was typed with it."""
    own = replace(
        words,
        status=status,
        verification=str(Verification.CORROBORATED),
        source_kind="field",
        freshness="recent",
        operator_confirmed=True,
        said_at=at,
    )
    return corridor_line(own)


def window_words(
    window: PassageWindow, *, corridor: Corridor, is_passable: bool, at: datetime
) -> Phrase:
    """Return who says when passage is planned, moved or cancelled."""
    source = window.source
    return window_sentence(
        WindowWords(
            state=window.state,
            opens_at=window.opens_at,
            closes_at=window.closes_at,
            time_zone=corridor.time_zone,
            source=source.name if source else corridor.operator.name,
            source_kind=source_kind(source.party) if source else "field",
            said_at=window.event.ordered_at,
            attribution=source.attribution if source else {},
            moved_from=window.moved_from,
            has_passed=window.opens_at <= at and not is_passable,
        )
    )
