"""Pure fold of the attempt kinds, and of what the parties say of the eleven points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.fieldlog.ordering import Entry, standing

STAGES = ("NONE", "ANNOUNCED", "AGREED", "STAGED", "DEPARTED", "HELD", "TURNED_BACK", "ARRIVED")


@dataclass(frozen=True, slots=True)
class AttemptFold:
    """What the log says of one attempt: its plan, its newest start and its newest end.

    `plan` stays when the planning entry was withdrawn (`is_withdrawn`): other entries point at
    the attempt, which then has no known state.
    """

    plan: Entry
    is_withdrawn: bool
    start: Entry | None
    end: Entry | None

    @property
    def status(self) -> str:
        """Return the state; an end outlasts any later start, which would be another attempt."""
        if self.is_withdrawn:
            return "UNKNOWN"
        if self.end is not None:
            return str(self.end.data["outcome"])
        return "UNDER_WAY" if self.start is not None else "PLANNED"

    @property
    def stage(self) -> str:
        """Return the furthest stage: what the end says of it, else the furthest that was told."""
        if self.end is not None and self.end.data.get("stage"):
            return str(self.end.data["stage"])
        told = [str(self.plan.data["stage"])]
        if self.start is not None:
            told.append(str(self.start.data["stage"]))
        return max(told, key=STAGES.index)

    @property
    def started_at(self) -> datetime | None:
        """Return when it began, if anyone said so."""
        return self.start.at if self.start else None

    @property
    def ended_at(self) -> datetime | None:
        """Return when it ended; `None` where it has not, or where only the day is known."""
        return self.end.at if self.end and not self.end.data.get("is_day_only") else None

    @property
    def is_public(self) -> bool:
        """Tell whether the public may see it; whoever ends the attempt has the last word."""
        if self.is_withdrawn:
            return False
        ended = self.end.data.get("is_public") if self.end else None
        return bool(self.plan.data["is_public"] if ended is None else ended)

    def newest(self, name: str, nothing: Any) -> Any:
        """Return a field as the end gives it, else as the plan does."""
        for data in (self.end.data if self.end else {}, self.plan.data):
            if data.get(name, nothing) not in (nothing, None):
                return data[name]
        return nothing

    @property
    def end_data(self) -> Mapping[str, Any]:
        """Return what the newest end says, nothing where the attempt has not ended."""
        return self.end.data if self.end else {}


def fold(entries: Sequence[Entry]) -> AttemptFold | None:
    """Fold `entries` of one attempt, in corrected event time; `None` before it is planned."""
    plans = [entry for entry in entries if entry.kind == "attempt.planned"]
    if not plans:
        return None
    newest = {entry.kind: entry for entry in standing(entries)}
    return AttemptFold(
        plan=newest.get("attempt.planned", plans[-1]),
        is_withdrawn="attempt.planned" not in newest,
        start=newest.get("attempt.started"),
        end=newest.get("attempt.ended"),
    )


def fold_agreement(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return each party's newest word on each point, from the entries of one corridor.

    What a party said in public stays beside a newer word that is not public: the public goes on
    seeing what it was told.
    """
    newest = {
        (entry.data["item"], entry.data["party"], entry.data["is_public"]): entry
        for entry in standing(entries)
        if entry.kind == "agreement.stated"
    }
    return tuple(newest.values())
