"""Gather what the page of a corridor shows: voices, status and its history, points, attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from tracker.corridors.history import Change, changes
from tracker.corridors.kinds import STATUS_BY_ACT
from tracker.corridors.models import Corridor, CorridorStatus, Statement
from tracker.corridors.queries import (
    VOICES_UNFOLDED,
    corridor_verdict,
    statements_newest_first,
    validity_of,
)
from tracker.corridors.status import Validity, Verdict
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.ordering import Entry, standing
from tracker.fieldlog.queries import entries_of_unit, events_by_id
from tracker.web.corridor_words import basis_sentence, speaker_of, word_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One row of the table "who says so"."""

    who: str
    standing: str
    says: str
    status: str
    at: datetime
    short: str = ""
    url: str = ""
    event_url: str = ""
    constructed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One change of the status, as the list of the history shows it."""

    at: datetime
    glyph: str
    status: str
    text: str
    who: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a corridor now: status, its sentence, who says so, how it came."""

    verdict: Verdict
    sentence: str
    voices: tuple[Voice, ...]
    older_voices: tuple[Voice, ...]
    history: tuple[Turn, ...]


def validity() -> Validity:
    """Return how long an operator's act holds here."""
    return validity_of(passable_h=settings.OPEN_STATUS_HOURS, barred_h=settings.CLOSED_STATUS_HOURS)


def entry_url(event_id: UUID | None) -> str:
    """Return the address of a log entry, nothing where there is none."""
    return reverse("entry", args=[event_id]) if event_id else ""


def _hand(statement: Statement) -> str:
    if statement.first_hand:
        return _("first hand")
    if statement.relayed_by:
        return _("relayed by %(who)s") % {"who": statement.relayed_by}
    return _("not first hand")


# A claim that the road is open is never drawn as open: that takes an operator's word.
_CLAIMED = {
    CorridorStatus.ANNOUNCED: (CorridorStatus.ANNOUNCED, lazy("will open")),
    CorridorStatus.OPEN: (CorridorStatus.ANNOUNCED, lazy("says it is open")),
    CorridorStatus.UNKNOWN: (CorridorStatus.UNKNOWN, lazy("not clear")),
}


def _claimed(statement: Statement) -> tuple[str, str]:
    claims = CorridorStatus(statement.claims)
    status, short = _CLAIMED.get(claims, (claims, claims.label))
    return status, str(short)


def _statement_voice(statement: Statement) -> Voice:
    source = statement.source
    parts = [
        source.detail,
        _hand(statement),
        f"{source.reliability} {statement.credibility}",
        _("public") if statement.is_public else _("not public"),
        _("corrected") if statement.is_corrected else "",
    ]
    status, short = _claimed(statement)
    return Voice(
        who=source.name,
        standing="; ".join(part for part in parts if part),
        says=statement.says,
        status=status,
        short=short,
        at=statement.said_at,
        url=statement.source_url,
        event_url=entry_url(statement.event_id),
        constructed=statement.event.constructed,
    )


def _act_voice(entry: Entry, event: LogEvent, verdict: Verdict) -> Voice:
    status = STATUS_BY_ACT[entry.kind]
    # No green without fresh proof: what our operator said before stands as what it was.
    stands = verdict.event_id == entry.id and verdict.status == status
    was = _("was “%(status)s”") % {"status": word_of(status)}
    return Voice(
        who=speaker_of(event),
        standing=_("our operator"),
        says=entry.reason or _("No reason was given."),
        status=status if stands else CorridorStatus.UNKNOWN,
        short="" if stands else was,
        at=entry.at,
        event_url=entry_url(entry.id),
        constructed=event.constructed,
    )


def _turn(change: Change, events: Mapping[UUID, LogEvent]) -> Turn:
    status = change.verdict.status
    words = {"was": word_of(change.was), "status": word_of(status)}
    text = _("From “%(was)s” to “%(status)s”.") % words
    entry = change.entry
    if entry is None:
        return Turn(
            at=change.at,
            glyph=status.lower(),
            status=status,
            text=text,
            who=_("the word it rested on had become too old"),
        )
    event = events.get(entry.id)
    return Turn(
        at=change.at,
        glyph=status.lower(),
        status=status,
        text=f"{text} {entry.reason}".strip(),
        who=speaker_of(event),
        url=entry_url(entry.id),
    )


def _acts(entries: Sequence[Entry], now: datetime) -> list[Entry]:
    return [entry for entry in standing(entries) if entry.kind in STATUS_BY_ACT and entry.at <= now]


def standing_of(corridor: Corridor, *, at: datetime) -> Standing:
    """Return what is known of `corridor` at `at` (field time), in four queries."""
    kinds = {"corridor.stated", *STATUS_BY_ACT}
    entries = entries_of_unit(unit="corridor", subject_id=corridor.pk, kinds=kinds)
    verdict = corridor_verdict(corridor, validity=validity(), at=at)
    turns = changes(entries, validity=validity(), now=at)
    acts = _acts(entries, at)
    named = {turn.entry.id for turn in turns if turn.entry} | {act.id for act in acts}
    events = events_by_id(named | ({verdict.event_id} if verdict.event_id else set()))
    voices = [_statement_voice(row) for row in statements_newest_first(corridor, at=at)]
    voices += [_act_voice(act, events[act.id], verdict) for act in acts]
    voices.sort(key=lambda voice: voice.at, reverse=True)
    since = at - VOICES_UNFOLDED
    return Standing(
        verdict=verdict,
        sentence=basis_sentence(
            verdict,
            event=events.get(verdict.event_id) if verdict.event_id else None,
            zone=ZoneInfo(corridor.time_zone),
            now=at,
        ),
        voices=tuple(voice for voice in voices if voice.at > since),
        older_voices=tuple(voice for voice in voices if voice.at <= since),
        history=tuple(_turn(turn, events) for turn in reversed(turns)),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One corridor in the list of corridors."""

    corridor: Corridor
    verdict: Verdict
    last_word_at: datetime | None


def row_of(corridor: Corridor, *, at: datetime) -> Row:
    """Return a corridor with its status at `at`; no query when its state was fetched along."""
    verdict = corridor_verdict(corridor, validity=validity(), at=at)
    state = getattr(corridor, "state", None)
    return Row(corridor, verdict, state.last_word_at if state else None)
