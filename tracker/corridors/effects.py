"""Pure fold of the corridor kinds into the facts that a status is derived from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from tracker.corridors.kinds import STATUS_BY_ACT
from tracker.corridors.models import CorridorStatus, PassageWindow
from tracker.fieldlog.ordering import Entry, standing

HOPEFUL = frozenset({CorridorStatus.OPEN, CorridorStatus.ANNOUNCED})
ADVERSE = frozenset({CorridorStatus.RESTRICTED, CorridorStatus.SUSPENDED, CorridorStatus.CLOSED})
# From good to bad.
_WORSE = tuple(STATUS_BY_ACT.values())


@dataclass(frozen=True, slots=True)
class Word:
    """The newest word of one sort: its status, its event and its time."""

    status: str
    event_id: UUID
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StatementFold:
    """One statement as it stands after corrections."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class WindowFold:
    """One passage window after it was announced, moved or cancelled."""

    id: UUID
    opens_at: datetime
    closes_at: datetime
    state: str
    source_id: UUID | None
    event_id: UUID
    moved_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class CorridorFold:
    """Everything that the log says of one corridor."""

    act: Word | None = None
    announced: Word | None = None
    adverse: Word | None = None
    last_word_at: datetime | None = None
    statements: tuple[StatementFold, ...] = ()
    windows: dict[UUID, WindowFold] = field(default_factory=dict)


def _state(fold: CorridorFold, entry: Entry) -> CorridorFold:
    claims = str(entry.data["claims"])
    word = Word(status=claims, event_id=entry.id, at=entry.at)
    fold = replace(fold, statements=(*fold.statements, StatementFold(entry)))
    if claims in HOPEFUL:
        return replace(fold, announced=word)
    if claims in ADVERSE:
        return replace(fold, adverse=word)
    return fold


def _window_state(entry: Entry) -> str:
    if entry.data.get("is_confirmed"):
        return PassageWindow.State.CONFIRMED
    return PassageWindow.State.ANNOUNCED


def _change_window(fold: CorridorFold, entry: Entry) -> CorridorFold:
    assert entry.window_id is not None
    before = fold.windows.get(entry.window_id)
    if entry.kind == "window.cancelled":
        if before is None:
            return fold
        after = replace(before, state=PassageWindow.State.CANCELLED, event_id=entry.id)
    else:
        opens_at = datetime.fromisoformat(entry.data["opens_at"])
        after = WindowFold(
            id=entry.window_id,
            opens_at=opens_at,
            closes_at=datetime.fromisoformat(entry.data["closes_at"]),
            state=_window_state(entry),
            source_id=entry.source_id,
            event_id=entry.id,
            moved_from=before.opens_at if before and before.opens_at != opens_at else None,
        )
    return replace(fold, windows={**fold.windows, entry.window_id: after})


def _in_force(before: Word | None, word: Word) -> Word:
    """Return the later act; of two at the same moment the worse, for nobody knows which was last.

    Typed times are whole minutes, and between equal ones only ids decide, which is chance.
    """
    if before is None or before.at != word.at:
        return word
    return max(before, word, key=lambda act: _WORSE.index(act.status))


def steps(entries: Iterable[Entry]) -> Iterator[tuple[Entry, CorridorFold]]:
    """Yield each standing entry, in corrected event time, with the facts as of it."""
    entries = tuple(entries)
    result = CorridorFold(windows=_withdrawn_windows(entries))
    for entry in standing(entries):
        if entry.kind == "corridor.stated":
            result = _state(result, entry)
        elif entry.kind in STATUS_BY_ACT:
            word = Word(STATUS_BY_ACT[entry.kind], entry.id, entry.at, entry.reason)
            result = replace(result, act=_in_force(result.act, word))
        elif entry.kind.startswith("window."):
            result = _change_window(result, entry)
        result = replace(result, last_word_at=entry.at)
        yield entry, result


def _withdrawn_windows(entries: Iterable[Entry]) -> dict[UUID, WindowFold]:
    """Return windows whose announcement was withdrawn, as cancelled: the log still names them."""
    return {
        entry.window_id: WindowFold(
            id=entry.window_id,
            opens_at=datetime.fromisoformat(entry.data["opens_at"]),
            closes_at=datetime.fromisoformat(entry.data["closes_at"]),
            state=PassageWindow.State.CANCELLED,
            source_id=entry.source_id,
            event_id=entry.id,
        )
        for entry in entries
        if entry.is_withdrawn and entry.kind == "window.announced" and entry.window_id
    }


def fold(entries: Sequence[Entry]) -> CorridorFold:
    """Fold `entries`, already in corrected event time, into the facts about their corridor."""
    told = [facts for _, facts in steps(entries)]
    return told[-1] if told else CorridorFold(windows=_withdrawn_windows(entries))
