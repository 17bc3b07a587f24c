"""Pure fold of the incident kinds: what is alleged, who says what, how far it was checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.fieldlog.ordering import Entry, standing


@dataclass(frozen=True, slots=True)
class IncidentFold:
    """One incident: its report, every claim in order, the newest verdict of a reviewer.

    `report` stays when it was withdrawn (`is_withdrawn`): claims still point at the incident.
    """

    report: Entry
    is_withdrawn: bool
    claims: tuple[Entry, ...]
    verdict: Entry | None

    @property
    def verification(self) -> str:
        """Return how far it was checked; a withdrawn report is retracted, whatever was found."""
        if self.is_withdrawn:
            return "RETRACTED"
        return str(self.verdict.data["verification"]) if self.verdict else "UNVERIFIED"


def fold(entries: Sequence[Entry]) -> IncidentFold | None:
    """Fold `entries` of one incident, in corrected event time; `None` before it is reported."""
    reports = [entry for entry in entries if entry.kind == "incident.reported"]
    if not reports:
        return None
    kept = standing(entries)
    newest = {entry.kind: entry for entry in kept}
    return IncidentFold(
        report=newest.get("incident.reported", reports[-1]),
        is_withdrawn="incident.reported" not in newest,
        claims=tuple(entry for entry in kept if entry.kind == "incident.claimed"),
        verdict=newest.get("incident.verified"),
    )
