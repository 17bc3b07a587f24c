"""Every kind of log event with the rooms that fold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from tracker.attempts import kinds as attempt_kinds
from tracker.attempts import operations as attempts
from tracker.checkpoints import kinds as checkpoint_kinds
from tracker.checkpoints import operations as checkpoints
from tracker.convoys import kinds as convoy_kinds
from tracker.convoys import kinds_silence as silence_kinds
from tracker.convoys import operations as convoys
from tracker.corridors import kinds as corridor_kinds
from tracker.corridors import operations as corridors
from tracker.fieldlog.kinds import Data, Kind, Unit
from tracker.fieldlog.ordering import CORRECTION, Entry
from tracker.headcounts import kinds as headcount_kinds
from tracker.headcounts import operations as headcounts
from tracker.incidents import kinds as incident_kinds
from tracker.incidents import operations as incidents
from tracker.intake import kinds as own_kinds
from tracker.reception import kinds as reception_kinds
from tracker.reception import operations as reception


class Projector(Protocol):
    """Bring one room's rows of one subject into line with the entries about it."""

    def __call__(self, *, subject_id: UUID, entries: Sequence[Entry]) -> None: ...


class Extender(Protocol):
    """Add new entries, each the newest of its subject, to rows that stand in line with the rest.

    Returns the subjects for which that was enough; the others are folded whole.
    """

    def __call__(self, *, entries_of: Mapping[UUID, Sequence[Entry]]) -> set[UUID]: ...


class Correction(Data, frozen=True, kw_only=True):
    """What a correction changes of its entry: single fields of its data, its time, or all of it."""

    data: dict[str, Any] = {}
    occurred_at: datetime | None = None
    withdraw: bool = False


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        *corridor_kinds.KINDS,
        *checkpoint_kinds.KINDS,
        *attempt_kinds.KINDS,
        *convoy_kinds.KINDS,
        *silence_kinds.KINDS,
        *headcount_kinds.KINDS,
        *reception_kinds.KINDS,
        *incident_kinds.KINDS,
        *own_kinds.KINDS,
    )
}

# Corrections are judged against the kind of the entry that they correct.
CORRECTION_DATA = Correction
CORRECTION_KIND = CORRECTION

PROJECTORS: dict[Unit, tuple[Projector, ...]] = {
    "corridor": (corridors.project, attempts.project_agreement),
    "checkpoint": (checkpoints.project,),
    "attempt": (attempts.project,),
    "convoy": (convoys.project, headcounts.project, reception.project),
    "incident": (incidents.project,),
}

# How a room goes on from what stands. A unit without a line for each of its projectors is always
# folded whole.
EXTENDERS: dict[Projector, Extender] = {
    convoys.project: convoys.extend,
    headcounts.project: headcounts.extend,
    reception.project: reception.extend,
}


def kinds_of_unit(unit: Unit) -> frozenset[str]:
    """Return the names of every kind that changes the state of such a subject."""
    return frozenset(kind.name for kind in KINDS.values() if kind.unit == unit)
