"""What an entry about a convoy says: one sentence per kind, as sent or as corrected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tracker.convoys.kinds_silence import Means, StepOutcome
from tracker.convoys.ladder import StepWords
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.effects import CATEGORY_OF
from tracker.headcounts.ledger import RESTRICTED
from tracker.headcounts.models import PeopleEntry
from tracker.headcounts.spans import span_of
from tracker.web.convoy_words import cars_words, figure, span_words

# What happened to the head, to the tail, to the whole; `place` is empty where none is named.
_MOVES: dict[str, dict[str, Any]] = {
    "convoy.departed": {
        "whole": gettext_lazy("Left."),
        "head": gettext_lazy("Head left."),
        "tail": gettext_lazy("Tail left."),
    },
    "convoy.arrived_at": {
        "whole": gettext_lazy("Reached %(place)s."),
        "head": gettext_lazy("Head reached %(place)s."),
        "tail": gettext_lazy("Tail reached %(place)s."),
    },
    "convoy.held": {
        "whole": gettext_lazy("Held."),
        "head": gettext_lazy("Head held."),
        "tail": gettext_lazy("Tail held."),
        "at": gettext_lazy("Held at %(place)s."),
    },
    "convoy.cleared": {
        "whole": gettext_lazy("Let through."),
        "head": gettext_lazy("Head let through."),
        "tail": gettext_lazy("Tail let through."),
        "at": gettext_lazy("Let through at %(place)s."),
    },
    "convoy.arrived": {
        "whole": gettext_lazy("Arrived."),
        "head": gettext_lazy("Head arrived."),
        "tail": gettext_lazy("Tail arrived: all are in."),
    },
}
_PLAIN: dict[str, Any] = {
    "convoy.sent_back": gettext_lazy("Sent back."),
    "convoy.turned_back": gettext_lazy("Turned back."),
    "convoy.diverted": gettext_lazy("Takes another road."),
    "convoy.took_cover": gettext_lazy("Took cover."),
    "convoy.night_stop": gettext_lazy("Stopped for the night."),
    "contact.made": gettext_lazy("In contact."),
    "contact.lost": gettext_lazy("Contact lost."),
    "medical.emergency": gettext_lazy("Medical emergency."),
    "sos": gettext_lazy("SOS."),
    "convoy.joined": gettext_lazy("Joined another convoy."),
    "note": "",
}
_PEOPLE: dict[str, Any] = {
    "people.boarded": gettext_lazy("Boarded:"),
    "people.counted": gettext_lazy("Counted on board:"),
    "people.arrived": gettext_lazy("Counted on arrival:"),
    "people.left": gettext_lazy("Left by choice:"),
    "people.joined": gettext_lazy("Joined on the road:"),
    "people.moved": gettext_lazy("Moved to another vehicle:"),
    "people.hospital": gettext_lazy("Taken to hospital:"),
    "people.detained": gettext_lazy("Detained:"),
    "people.separated": gettext_lazy("Separated from the convoy:"),
    "people.died": gettext_lazy("Died:"),
    "people.turned_back": gettext_lazy("Turned back by themselves:"),
    "people.explained": gettext_lazy("Explained of those missing:"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with the one figure in it that a correction may strike through."""

    text: str
    number: str = ""
    after: str = ""

    @property
    def whole(self) -> str:
        """Return the sentence as one text."""
        return " ".join(part for part in (self.text, self.number) if part) + self.after


def _place(event: LogEvent, data: Mapping[str, Any]) -> str:
    if event.checkpoint is not None:
        return str(event.checkpoint.name)
    return str(data.get("place") or "")


def _say_move(event: LogEvent, data: Mapping[str, Any]) -> str:
    forms = _MOVES[event.kind]
    part, place = data.get("part", "whole"), _place(event, data)
    form = forms["at"] if part == "whole" and place and "at" in forms else forms[part]
    return str(form) % {"place": place}


def is_hidden_from(event: LogEvent, *, sees_restricted: bool) -> bool:
    """Tell whether what befell these people, and the entry that says so, is not for these eyes."""
    return CATEGORY_OF.get(event.kind) in RESTRICTED and not sees_restricted


def _of_followers(event: LogEvent, head: str) -> str:
    """Say of an entry that it is about those who follow: they are nobody's passengers."""
    if event.kind == "people.counted":
        return _("Follow in private cars:")
    return " ".join((_("Those who follow in private cars."), head))


def _say_people(event: LogEvent, data: Mapping[str, Any], *, sees_restricted: bool) -> Said:
    is_hidden = is_hidden_from(event, sees_restricted=sees_restricted)
    head = _("No longer with the convoy:") if is_hidden else str(_PEOPLE[event.kind])
    span = span_of(
        people=data.get("people"),
        low=data.get("people_low"),
        high=data.get("people_high"),
        is_estimate=data.get("method") == PeopleEntry.Method.ESTIMATE,
    )
    if data.get("is_follower"):
        head = _of_followers(event, head)
    where = [event.vehicle.code] if event.vehicle else []
    where += [place] if (place := _place(event, data)) and not is_hidden else []
    if data.get("is_follower") and (cars := data.get("vehicles")) is not None:
        where.append(cars_words(cars))
    after = f" ({', '.join(where)})." if where else "."
    return Said(head, span_words(span), after)


def _say_planned(_event: LogEvent, data: Mapping[str, Any]) -> str:
    if data.get("people_planned") is None:
        return _("Planned; number of people not reported.")
    return ngettext(
        "Planned for %(people)s person.", "Planned for %(people)s people.", data["people_planned"]
    ) % {"people": figure(data["people_planned"])}


def _say_split(event: LogEvent, data: Mapping[str, Any]) -> str:
    number = len(data["vehicles"])
    text = ngettext(
        "%(n)s vehicle of %(from)s goes on as %(code)s.",
        "%(n)s vehicles of %(from)s go on as %(code)s.",
        number,
    )
    parent = event.convoy.code if event.convoy else ""
    return text % {"n": figure(number), "from": parent, "code": data["code"]}


def _say_vehicle(event: LogEvent, _data: Mapping[str, Any]) -> str:
    texts = {
        "vehicle.added": _("Vehicle %(code)s added."),
        "vehicle.broke_down": _("Vehicle %(code)s broke down."),
        "vehicle.repaired": _("Vehicle %(code)s goes again."),
        "vehicle.transferred": _("Vehicle %(code)s changed the convoy."),
    }
    code = event.vehicle.code if event.vehicle else ""
    return texts[event.kind] % {"code": code}


_DOES: dict[str, Any] = {
    "MOVING": gettext_lazy("Vehicle %(code)s is moving."),
    "STOPPED": gettext_lazy("Vehicle %(code)s has stopped."),
    "AT_CHECKPOINT": gettext_lazy("Vehicle %(code)s is at a checkpoint."),
    "LET_THROUGH": gettext_lazy("Vehicle %(code)s was let through."),
    "ARRIVED": gettext_lazy("Vehicle %(code)s says it has arrived."),
}


def _say_reported(event: LogEvent, data: Mapping[str, Any]) -> str:
    code = event.vehicle.code if event.vehicle else ""
    return str(_DOES[data["does"]]) % {"code": code}


def _say_contact(_event: LogEvent, data: Mapping[str, Any]) -> str:
    seen = data.get("vehicles_seen")
    if seen is None:
        return _("In contact.")
    text = ngettext("%(n)s vehicle in sight.", "%(n)s vehicles in sight.", seen)
    return text % {"n": figure(seen)}


def _say_hand_over(_event: LogEvent, data: Mapping[str, Any]) -> str:
    span = span_of(
        people=data.get("people"), low=data.get("people_low"), high=data.get("people_high")
    )
    values = {"place": data["place"], "name": data["receiver_name"], "people": span_words(span)}
    if not data["place"]:
        return _("Handed over, signed by %(name)s: %(people)s.") % values
    return _("Handed over at %(place)s, signed by %(name)s: %(people)s.") % values


def _say_silence(event: LogEvent, data: Mapping[str, Any]) -> str:
    """Say what was declared, done or found out about a silence."""
    words = str(data.get("words") or "")
    if event.kind == "silence.declared":
        zone = ZoneInfo(event.convoy.corridor.time_zone if event.convoy else "UTC")
        until = datetime.fromisoformat(data["until"]).astimezone(zone)
        said = _("No word expected before %(time)s.") % {"time": f"{until:%d.%m. %H:%M}"}
        words = str(data.get("why") or "")
    elif event.kind == "silence.step_taken":
        values = {"step": StepWords(data["step"]).label, "outcome": _outcome(data["outcome"])}
        said = _("%(step)s: %(outcome)s.") % values
    else:
        values = {"who": data["reached"], "means": Means(data["means"]).label}
        said = _("Reached: %(who)s, by %(means)s.") % values
        km, place = data.get("km"), _place(event, data)
        where = _("km %(km)s") % {"km": f"{km:g}"} if km is not None else place
        said = f"{said} {where}." if where else said
    return f"{said} {words}".rstrip()


def _outcome(code: str) -> str:
    return str(StepOutcome(code).label)


_SAY: dict[str, Callable[[LogEvent, Mapping[str, Any]], str]] = {
    **dict.fromkeys(_MOVES, _say_move),
    "convoy.planned": _say_planned,
    "convoy.split": _say_split,
    "contact.made": _say_contact,
    "silence.declared": _say_silence,
    "silence.step_taken": _say_silence,
    "silence.ended": _say_silence,
    "reception.handed_over": _say_hand_over,
    "vehicle.reported": _say_reported,
    "vehicle.added": _say_vehicle,
    "vehicle.broke_down": _say_vehicle,
    "vehicle.repaired": _say_vehicle,
    "vehicle.transferred": _say_vehicle,
}


def say(event: LogEvent, data: Mapping[str, Any], *, reason: str, sees_restricted: bool) -> Said:
    """Return what an entry says, from its data as sent or as corrected."""
    if event.kind in _PEOPLE:
        said = _say_people(event, data, sees_restricted=sees_restricted)
        if is_hidden_from(event, sees_restricted=sees_restricted):
            return said
    elif event.kind in _SAY:
        said = Said(_SAY[event.kind](event, data))
    else:
        said = Said(str(_PLAIN.get(event.kind, event.kind)))
    worked_out = _("Checkpoint worked out by the server.") if data.get("assumed") else ""
    remarks = " ".join(part for part in (reason, str(data.get("note") or ""), worked_out) if part)
    if not said.number and not said.after:
        return replace(said, text=" ".join(part for part in (said.text, remarks) if part))
    return replace(said, after=f"{said.after} {remarks}".rstrip())
