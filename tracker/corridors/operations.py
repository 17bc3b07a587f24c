"""Write what the fold of a corridor says into its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from tracker.corridors.effects import CorridorFold, StatementFold, WindowFold, Word, fold
from tracker.corridors.models import CorridorState, PassageWindow, Statement
from tracker.fieldlog.ordering import Entry
from tracker.fieldlog.projection import replace_rows


class _WordColumns(TypedDict):
    event_id: UUID | None
    at: datetime | None


def _columns(word: Word | None) -> _WordColumns:
    return {"event_id": word.event_id if word else None, "at": word.at if word else None}


def _state_row(corridor_id: UUID, result: CorridorFold) -> CorridorState:
    act, announced, adverse = (
        _columns(result.act),
        _columns(result.announced),
        _columns(result.adverse),
    )
    return CorridorState(
        corridor_id=corridor_id,
        operator_status=result.act.status if result.act else "",
        operator_event_id=act["event_id"],
        operator_at=act["at"],
        operator_reason=result.act.reason if result.act else "",
        announced_event_id=announced["event_id"],
        announced_at=announced["at"],
        adverse_event_id=adverse["event_id"],
        adverse_at=adverse["at"],
        adverse_status=result.adverse.status if result.adverse else "",
        last_word_at=result.last_word_at,
    )


def _statement_row(corridor_id: UUID, item: StatementFold) -> Statement:
    entry, data = item.entry, item.entry.data
    assert entry.source_id is not None, "the check of its kind asks for a source"
    return Statement(
        event_id=entry.id,
        corridor_id=corridor_id,
        source_id=entry.source_id,
        claims=data["claims"],
        says=data["says"],
        opens_on=date.fromisoformat(data["opens_on"]) if data.get("opens_on") else None,
        opens_part=data.get("opens_part", ""),
        said_at=entry.at,
        credibility=data.get("credibility", 6),
        first_hand=data.get("first_hand", False),
        relayed_by=data.get("relayed_by", ""),
        is_public=data.get("is_public", False),
        source_title=data.get("source_title", ""),
        source_url=data.get("source_url", ""),
        is_corrected=entry.is_corrected,
    )


def _window_row(corridor_id: UUID, window: WindowFold) -> PassageWindow:
    return PassageWindow(
        id=window.id,
        corridor_id=corridor_id,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        state=window.state,
        source_id=window.source_id,
        moved_from=window.moved_from,
        event_id=window.event_id,
    )


def project(*, subject_id: UUID, entries: Sequence[Entry]) -> None:
    """Fold `entries` of one corridor and bring its rows into line."""
    result = fold(entries)
    scope = {"corridor_id": subject_id}
    states = [_state_row(subject_id, result)] if entries else []
    replace_rows(model=CorridorState, scope=scope, rows=states)
    replace_rows(
        model=Statement,
        scope=scope,
        rows=[_statement_row(subject_id, item) for item in result.statements],
    )
    replace_rows(
        model=PassageWindow,
        scope=scope,
        rows=[_window_row(subject_id, window) for window in result.windows.values()],
    )
