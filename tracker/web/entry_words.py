"""Words for the kinds of log entry and for the fields of their data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from tracker.attempts.models import (
    Agreed,
    AgreementItem,
    AttemptStatus,
    Position,
    ReasonCode,
    Stage,
)
from tracker.checkpoints.models import CheckpointStatus
from tracker.convoys.kinds_silence import Means, StepOutcome
from tracker.convoys.ladder import StepWords
from tracker.convoys.models import ConvoyState, Vehicle
from tracker.corridors.models import CorridorStatus, DayPart
from tracker.headcounts.models import PeopleEntry
from tracker.incidents.models import Claim, IncidentKind, Severity
from tracker.provenance.models import Credibility, Party, Verification

Words = str | Promise

KIND_WORDS: dict[str, Words] = {
    "corridor.stated": lazy("Statement on a corridor"),
    "corridor.confirmed": lazy("Corridor confirmed open"),
    "corridor.restricted": lazy("Corridor restricted"),
    "corridor.suspended": lazy("Corridor suspended"),
    "corridor.closed": lazy("Corridor closed"),
    "window.announced": lazy("Passage window announced"),
    "window.moved": lazy("Passage window moved"),
    "window.cancelled": lazy("Passage window cancelled"),
    "advisory.issued": lazy("Advice for travellers"),
    "talks.reported": lazy("Talks reported"),
    "agreement.stated": lazy("Word on one of the points to be agreed"),
    "checkpoint.reported": lazy("Report on a checkpoint"),
    "attempt.planned": lazy("Attempt planned"),
    "attempt.started": lazy("Attempt begun"),
    "attempt.ended": lazy("Attempt ended"),
    "incident.reported": lazy("Incident reported"),
    "incident.claimed": lazy("Voice about an incident"),
    "incident.verified": lazy("Incident checked"),
    "convoy.planned": lazy("Convoy planned"),
    "convoy.split": lazy("Convoy split"),
    "convoy.joined": lazy("Convoys joined"),
    "convoy.departed": lazy("Convoy left"),
    "vehicle.reported": lazy("Word from one vehicle"),
    "reception.handed_over": lazy("People handed over to a reception centre"),
    "convoy.arrived_at": lazy("Convoy reached a checkpoint"),
    "convoy.held": lazy("Convoy held"),
    "convoy.cleared": lazy("Convoy let through"),
    "convoy.sent_back": lazy("Convoy sent back"),
    "convoy.turned_back": lazy("Convoy turned back"),
    "convoy.diverted": lazy("Convoy diverted"),
    "convoy.took_cover": lazy("Convoy took cover"),
    "convoy.night_stop": lazy("Convoy stopped for the night"),
    "convoy.arrived": lazy("Convoy arrived"),
    "vehicle.added": lazy("Vehicle added"),
    "vehicle.broke_down": lazy("Vehicle broke down"),
    "vehicle.repaired": lazy("Vehicle repaired"),
    "vehicle.transferred": lazy("Vehicle moved to another convoy"),
    "people.boarded": lazy("People boarded"),
    "people.counted": lazy("People counted"),
    "people.arrived": lazy("People counted on arrival"),
    "people.left": lazy("People left the convoy"),
    "people.joined": lazy("People joined the convoy"),
    "people.moved": lazy("People changed vehicle"),
    "people.hospital": lazy("People taken to hospital"),
    "people.detained": lazy("People detained"),
    "people.separated": lazy("People separated from the convoy"),
    "people.died": lazy("People died"),
    "people.turned_back": lazy("People turned back"),
    "people.explained": lazy("Missing people explained"),
    "contact.made": lazy("Contact made"),
    "contact.lost": lazy("Contact lost"),
    "silence.declared": lazy("Silence declared"),
    "silence.step_taken": lazy("Step taken to find a silent convoy"),
    "silence.ended": lazy("Convoy reached again"),
    "medical.emergency": lazy("Medical emergency"),
    "sos": lazy("Call for help"),
    "note": lazy("Note"),
    "correction": lazy("Correction"),
    "alert.acknowledged": lazy("Alert taken"),
    "alert.resolved": lazy("Alert ended"),
}

FIELD_WORDS: dict[str, Words] = {
    "says": lazy("in their words"),
    "claims": lazy("asserts"),
    "credibility": lazy("credibility"),
    "opens_on": lazy("to open on"),
    "opens_part": lazy("part of that day"),
    "first_hand": lazy("first hand"),
    "relayed_by": lazy("relayed by"),
    "is_public": lazy("said in public"),
    "source_title": lazy("where it can be read"),
    "source_url": lazy("link"),
    "note": lazy("note"),
    "opens_at": lazy("opens"),
    "closes_at": lazy("closes"),
    "is_confirmed": lazy("confirmed"),
    "item": lazy("point"),
    "party": lazy("party"),
    "position": lazy("word on the point"),
    "status": lazy("status"),
    "wait_low_h": lazy("wait at least, h"),
    "wait_high_h": lazy("wait at most, h"),
    "is_censored": lazy("still waiting then"),
    "vehicles": lazy("vehicles"),
    "day": lazy("day"),
    "stage": lazy("stage"),
    "agreed": lazy("agreed by both sides"),
    "announced_by": lazy("announced by"),
    "buses": lazy("buses"),
    "private_cars": lazy("private cars"),
    "people_planned": lazy("people expected"),
    "counted_by": lazy("counted by"),
    "record_ref": lazy("row of the record"),
    "outcome": lazy("how it ended"),
    "reason": lazy("reason"),
    "reason_code": lazy("main reason"),
    "people_arrived": lazy("people arrived"),
    "is_day_only": lazy("only the day is known"),
    "alleged": lazy("alleged"),
    "kind": lazy("kind"),
    "severity": lazy("gravity"),
    "place": lazy("place"),
    "place_text": lazy("place in words"),
    "stance": lazy("stance"),
    "injured": lazy("injured"),
    "killed": lazy("killed"),
    "is_undated": lazy("not known when it was said"),
    "verification": lazy("verification"),
    "code": lazy("code"),
    "route": lazy("route"),
    "planned_departure_at": lazy("departure planned"),
    "contact_interval_min": lazy("contact every, min"),
    "grace_min": lazy("grace, min"),
    "seats": lazy("seats"),
    "place_in_column": lazy("place in the column"),
    "people": lazy("people"),
    "people_low": lazy("people, at least"),
    "people_high": lazy("people, at most"),
    "to_vehicle": lazy("to vehicle"),
    "part": lazy("part of the convoy"),
    "by_way_of": lazy("by way of"),
    "assumed": lazy("checkpoint worked out by the server"),
    "vehicles_seen": lazy("vehicles seen"),
    "state": lazy("state"),
    "departed_at": lazy("left"),
    "at_km": lazy("at km"),
    "alert": lazy("alert"),
    "until": lazy("until"),
    "why": lazy("why"),
    "step": lazy("step"),
    "words": lazy("in words"),
    "reached": lazy("who was reached"),
    "means": lazy("by what means"),
    "km": lazy("km from the start"),
    "does": lazy("what it does"),
    "centre": lazy("reception centre"),
    "method": lazy("how they were counted"),
    "is_follower": lazy("they follow in private cars"),
    "groups": lazy("by group"),
    "receiver_name": lazy("signed by"),
    "receiver_role": lazy("function of the receiver"),
}

GROUP_WORDS: dict[str, Words] = {
    "f_0_4": lazy("girls under 5"),
    "f_5_11": lazy("girls 5 to 11"),
    "f_12_17": lazy("girls 12 to 17"),
    "f_18_59": lazy("women 18 to 59"),
    "f_60": lazy("women 60 and over"),
    "m_0_4": lazy("boys under 5"),
    "m_5_11": lazy("boys 5 to 11"),
    "m_12_17": lazy("boys 12 to 17"),
    "m_18_59": lazy("men 18 to 59"),
    "m_60": lazy("men 60 and over"),
    "u_0_4": lazy("children under 5"),
    "u_5_11": lazy("children 5 to 11"),
    "u_12_17": lazy("children 12 to 17"),
    "u_18_59": lazy("adults 18 to 59"),
    "u_60": lazy("people 60 and over"),
    "unknown": lazy("age not known"),
    "disability": lazy("with a disability"),
    "unaccompanied": lazy("unaccompanied children"),
    "medical": lazy("in need of medical care"),
}

# Codes are unique enough over the fields that carry them.
_CODES: dict[str, type[TextChoices]] = {
    "opens_part": DayPart,
    "item": AgreementItem,
    "party": Party,
    "position": Position,
    "stage": Stage,
    "agreed": Agreed,
    "reason_code": ReasonCode,
    "severity": Severity,
    "stance": Claim.Stance,
    "verification": Verification,
    "claims": CorridorStatus,
    "status": CheckpointStatus,
    "state": ConvoyState,
    "step": StepWords,
    "means": Means,
    "method": PeopleEntry.Method,
}
# Fields of one name in kinds of entry that mean different things by it.
_CODES_BY_KIND: dict[str, tuple[type[TextChoices], ...]] = {
    "kind": (IncidentKind, Vehicle.Kind),
    "outcome": (AttemptStatus, StepOutcome),
}


def kind_words(kind: str) -> str:
    """Return what a kind of entry is called; its name where it has no words yet."""
    return str(KIND_WORDS.get(kind, kind))


def field_words(name: str) -> str:
    """Return what a field is called, beginning with a capital."""
    return capfirst(str(FIELD_WORDS.get(name, name)))


def _code_words(name: str, value: str) -> str:
    kinds = _CODES_BY_KIND.get(name) or (_CODES[name],)
    for choices in kinds:
        if value in choices.values:
            return str(choices(value).label)
    return value


def _moment_words(value: str, zone: ZoneInfo) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return f"{at.astimezone(zone):%d.%m.%Y %H:%M}" if at.tzinfo else value


def value_words(name: str, value: Any, *, zone: ZoneInfo) -> str:
    """Return one value of an entry as a person reads it; a number nobody gave is "not reported"."""
    if value is None:
        return _("not reported")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "credibility":
        return str(Credibility(value).label)
    if name in _CODES_BY_KIND or name in _CODES:
        return _code_words(name, str(value))
    if name.endswith("_at") or name == "until":
        return _moment_words(str(value), zone)
    if name == "groups":
        return ", ".join(f"{GROUP_WORDS.get(key, key)}: {number}" for key, number in value.items())
    if isinstance(value, list):
        return ", ".join(_member_words(one) for one in value)
    return str(value)


def _member_words(member: Any) -> str:
    return str(member.get("code", "")) if isinstance(member, Mapping) else str(member)
