"""The timeline of a convoy: each entry as a sentence, with what corrected it and who wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker.convoys.models import ConvoyState
from tracker.convoys.queries import corrections_among
from tracker.fieldlog.models import LogEvent, Via
from tracker.fieldlog.ordering import CORRECTION, effective
from tracker.web.convoy_sayings import Said, is_hidden_from, say
from tracker.web.convoy_words import time_words

MOVING, HELD = ConvoyState.MOVING, ConvoyState.HELD
TURNED_BACK, ARRIVED = ConvoyState.TURNED_BACK, ConvoyState.ARRIVED
Looks = tuple[str, str]

LOOKS: dict[str, Looks] = {
    "convoy.planned": ("stophere", ConvoyState.ASSEMBLING),
    "convoy.split": ("moving", ""),
    "convoy.joined": ("moving", ""),
    "convoy.departed": ("moving", MOVING),
    "convoy.arrived_at": ("stophere", ""),
    "convoy.held": ("held", HELD),
    "convoy.cleared": ("moving", MOVING),
    "convoy.sent_back": ("turned", TURNED_BACK),
    "convoy.turned_back": ("turned", TURNED_BACK),
    "convoy.diverted": ("moving", MOVING),
    "convoy.took_cover": ("alarm", HELD),
    "convoy.night_stop": ("held", HELD),
    "convoy.arrived": ("arrived", ARRIVED),
    "contact.made": ("phone", ""),
    "contact.lost": ("unknown", ConvoyState.OUT_OF_CONTACT),
    "silence.declared": ("phone", ""),
    "silence.step_taken": ("phone", ""),
    "silence.ended": ("check", ""),
    "medical.emergency": ("alarm", TURNED_BACK),
    "sos": ("alarm", TURNED_BACK),
    "note": ("says", ""),
    "vehicle.broke_down": ("alarm", HELD),
    "vehicle.repaired": ("check", ""),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as `components/log.html` takes it."""

    at: datetime
    glyph: str
    status: str
    text: str
    who: str
    struck: str = ""
    replacement: str = ""
    after: str = ""
    fix: str = ""
    url: str = ""
    constructed: bool = False
    disputed: bool = False
    anchor: str = ""


def named(event: LogEvent) -> str:
    """Return whose word an entry is, with the way on which it came where no page took it."""
    if event.source:
        return str(event.source)
    way = Via(event.via).label if event.via and event.via != Via.PHONE else ""
    if event.by is None:
        return str(way or _("not known"))
    return f"{event.by.display_name}, {way}" if way else event.by.display_name


def _who(event: LogEvent, *, zone: ZoneInfo, now: datetime) -> str:
    name = named(event)
    times = {
        "name": name,
        "sent": time_words(event.occurred_at, zone=zone, now=now),
        "received": time_words(event.received_at, zone=zone, now=now),
    }
    if event.device_id:
        return _("%(name)s, phone %(sent)s, received %(received)s") % times
    return _("%(name)s, written %(received)s") % times


def _fix(corrections: Sequence[LogEvent], *, zone: ZoneInfo, now: datetime) -> str:
    """Say who corrected the entry when, and why; the newest correction has the last word."""
    if not corrections:
        return ""
    last = corrections[-1]
    values = {
        "time": time_words(last.ordered_at, zone=zone, now=now),
        "name": last.by.display_name if last.by else _("not known"),
        "reason": last.reason,
    }
    if last.data.get("withdraw"):
        return _("Taken back %(time)s by %(name)s: %(reason)s") % values
    return _("Corrected %(time)s by %(name)s: %(reason)s") % values


def _struck(before: Said, after: Said | None) -> dict[str, str]:
    """Return the parts of a line of which something was corrected; `None` is taken back."""
    if after is None:
        return {"text": "", "struck": before.whole}
    if before == after:
        return {"text": after.whole}
    if before.number and after.number and before.text == after.text:
        return {
            "text": after.text,
            "struck": before.number if before.number != after.number else "",
            "replacement": after.number,
            "after": after.after,
        }
    return {"text": "", "struck": before.whole, "replacement": after.whole}


def lines_of(
    events: Sequence[LogEvent], *, zone: ZoneInfo, now: datetime, sees_restricted: bool
) -> list[Line]:
    """Return the timeline of `events`, newest first; corrections stand beside what they correct."""
    corrections = corrections_among(events)
    stand = {entry.id: entry for entry in effective(events)}
    lines = []
    for event in events:
        if event.kind in {CORRECTION, "vehicle.added"}:
            continue
        entry = stand.get(event.id)
        before = say(event, event.data, reason=event.reason, sees_restricted=sees_restricted)
        after = before
        if entry is not None and entry.is_corrected:
            after = say(event, entry.data, reason=event.reason, sees_restricted=sees_restricted)
        is_withdrawn = entry is not None and entry.is_withdrawn
        glyph, status = LOOKS.get(event.kind, ("people", ""))
        lines.append(
            Line(
                at=entry.at if entry else event.ordered_at,
                glyph=glyph,
                status="" if is_withdrawn else status,
                who=_who(event, zone=zone, now=now),
                fix=""
                if is_hidden_from(event, sees_restricted=sees_restricted)
                else _fix(corrections.get(event.id, ()), zone=zone, now=now),
                url=""
                if is_hidden_from(event, sees_restricted=sees_restricted)
                else entry_url(event.id),
                constructed=event.constructed,
                disputed=event.time_disputed and entry is None,
                anchor=f"entry-{event.id}",
                **_struck(before, None if is_withdrawn else after),
            )
        )
    return sorted(lines, key=lambda line: line.at, reverse=True)


def entry_url(event_id: UUID) -> str:
    """Return the address of the page that shows one entry and all that is known of it."""
    return reverse("entry", args=[event_id])
