"""Incidents as the public pages show them: every voice by itself, and a tally without a side.

Called with the language of the page active.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tracker.feeds.snapshot import ClaimView, IncidentView
from tracker.incidents.models import Claim
from tracker.lib.text import as_sentence, web_address
from tracker.provenance.models import Verification
from tracker.sentences.incidents import tally_sentence


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """One voice about an incident."""

    who: str
    stance: str
    says: str
    casualties: str
    url: str


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """What is alleged, how far it was checked, and every voice."""

    day: date
    place: str
    alleged: str
    verification: str
    tally: str
    voices: tuple[VoiceRow, ...]


def incident_rows(incidents: Iterable[IncidentView], *, language: str) -> tuple[IncidentRow, ...]:
    """Return the incidents in a language, each with a tally that takes no side."""
    return tuple(_incident_row(incident, language) for incident in incidents)


def _tally(incident: IncidentView, language: str) -> str:
    newest = Counter({claim.who: claim.stance for claim in incident.claims}.values())
    tally = tally_sentence(
        claims=newest[Claim.Stance.CLAIMS] + newest[Claim.Stance.CORRECTS],
        denials=newest[Claim.Stance.DENIES],
        neither=newest[Claim.Stance.NEITHER],
    )
    return tally[language] if incident.claims else ""


def _incident_row(incident: IncidentView, language: str) -> IncidentRow:
    return IncidentRow(
        day=incident.day,
        place=incident.place,
        alleged=as_sentence(incident.alleged),
        verification=str(Verification(incident.verification).label),
        tally=_tally(incident, language),
        voices=tuple(_voice_row(claim) for claim in incident.claims),
    )


def _voice_row(claim: ClaimView) -> VoiceRow:
    return VoiceRow(
        who=claim.who,
        stance=str(Claim.Stance(claim.stance).label),
        says=as_sentence(claim.says),
        casualties=", ".join(_casualties(claim)),
        url=web_address(claim.source_url),
    )


def _casualties(claim: ClaimView) -> Iterable[str]:
    if claim.killed is not None:
        yield _("%(n)d killed") % {"n": claim.killed}
    if claim.injured is not None:
        yield _("%(n)d injured") % {"n": claim.injured}
