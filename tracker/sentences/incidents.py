"""Say what is alleged to have happened, voice by voice, and take no side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.feeds.snapshot import Words
from tracker.sentences.wording import Filling, Phrase, moment, named, say


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWords:
    """One voice about an incident; `stance` is CLAIMS, DENIES, NEITHER or CORRECTS.

    `what` is what was said, without a full stop; `before` is what it replaces when it corrects.
    """

    stance: str
    source: str | Words
    source_kind: str
    what: str | Words
    said_at: datetime | None
    time_zone: str
    before: str | Words = ""


_TEMPLATES = {
    "CLAIMS": "incident.claimed",
    "DENIES": "incident.denied",
    "NEITHER": "incident.neither",
    "CORRECTS": "incident.corrected",
}


def claim_sentence(claim: ClaimWords) -> Phrase:
    """Return one claim with its speaker; raises KeyError for an unknown stance."""
    values: dict[str, Filling] = {
        "source": named(claim.source),
        "source_kind": claim.source_kind,
        "what": claim.what,
        "new": claim.what,
        "old": claim.before,
        "time": moment(claim.said_at, claim.time_zone),
    }
    return say(_TEMPLATES[claim.stance], values)


def tally_sentence(*, claims: int, denials: int, neither: int) -> Phrase:
    """Return how many sources claim, deny, or do neither; it never says which is right."""
    return say("incident.tally", {"claims": claims, "denials": denials, "neither": neither})
