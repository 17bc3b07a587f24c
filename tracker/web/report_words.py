"""What a message says and who sent it, as text that a person may read: plain, short, masked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy
from tracker.devices.models import RawMessage
from tracker.devices.secrets import body_in, number_in
from tracker.lib.sealing import CannotOpen
from tracker.lib.text import clamp, plain, tidy
from tracker.organisations.models import Organisation
from tracker.web.entry_words import field_words, kind_words, value_words

LONGEST = 1000
_TEXT_FIELDS = ("text", "Body", "message", "body", "Message", "FreeText", "content")
# A number with its country, also as an address writes it, or so long that it may be one.
_NUMBER = re.compile(
    r"(?:\+|%2B|\b00)\d(?:[\s().-]{0,2}\d){6,17}|(?<![\d.])\d{9,15}(?![\d.])", re.IGNORECASE
)
_GATEWAYS: dict[str, str | Promise] = {
    "phone": lazy("field log on a phone"),
    "sms": lazy("SMS"),
    "osmand": lazy("tracker app"),
    "owntracks": lazy("OwnTracks"),
    "traccar": lazy("Traccar server"),
    "inreach": lazy("Garmin inReach"),
    "link": lazy("driver’s link"),
}
_TOLD = (
    "kind", "convoy", "checkpoint", "vehicle", "at", "part", "people", "people_low", "people_high",
    "vehicles", "vehicles_seen", "reason", "note",
)  # fmt: skip
_LABELS: dict[str, str | Promise] = {
    "kind": lazy("What happened"),
    "word": lazy("What happened"),
    "convoy": lazy("Convoy"),
    "checkpoint": lazy("Checkpoint"),
    "vehicle": lazy("Vehicle"),
    "at": lazy("Time by its own clock"),
    "time": lazy("Time"),
    "device": lazy("Device"),
    "candidates": lazy("It may mean"),
    "languages": lazy("Language"),
    "kinds": lazy("Kinds"),
}
_FIRST = ("word", "candidates", "convoy", "checkpoint", "vehicles", "people", "at")
# Kept for the machine, or said elsewhere on the page.
_SILENT = frozenset(
    {"entry", "problems", "says", "waited_for", "text", "next", "confirmed", "code"}
    | {"ref", "events", "mark", "asked", "about", "took_back", "answered_at", "sender"}
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says: its text, what was read of it by name, and whether it opens at all."""

    text: str
    facts: tuple[tuple[str, str], ...] = ()
    is_closed: bool = False


def masked(text: str) -> str:
    """Return text with all but the last two digits of each telephone number hidden."""
    return _NUMBER.sub(lambda found: f"•••{found[0][-2:]}", text)


def gateway_words(raw: RawMessage) -> str:
    """Say by which way a message came."""
    if raw.channel is not None and raw.gateway == "sms":
        return _("SMS by %(channel)s") % {"channel": raw.channel.label}
    return str(_GATEWAYS.get(raw.gateway, raw.gateway))


def sender_words(raw: RawMessage) -> str:
    """Say who sent a message: the device by its name, a telephone by its last two digits."""
    number = _masked_number(raw)
    if raw.device is None:
        return number or _("sender not known")
    return f"{raw.device} ({number})" if number else str(raw.device)


def _masked_number(raw: RawMessage) -> str:
    sealed = raw.contact_sealed or (raw.device.contact_sealed if raw.device else None)
    if sealed is None:
        return ""
    try:
        number = number_in(sealed)
    except CannotOpen:
        return "•••"
    # A sender may have a name instead of a number; two signs of it tell no more than two digits.
    return f"•••{tidy(number)[-2:]}"


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the convoys and checkpoints that the messages of a page speak of."""

    convoys: Mapping[str, str]
    checkpoints: Mapping[str, str]
    zone: ZoneInfo

    def word(self, name: str, value: Any) -> str:
        """Return one value in words; "" for what the message does not say."""
        if value in (None, "", [], {}, False):
            return ""
        if name == "kind":
            return kind_words(str(value))
        if name == "convoy":
            return self.convoys.get(str(value), str(value))
        if name == "checkpoint":
            return self.checkpoints.get(str(value), str(value))
        if isinstance(value, list):
            return ", ".join(str(each) for each in value)
        if isinstance(value, Mapping):
            return ", ".join(f"{key} {each}" for key, each in value.items() if each is not None)
        return value_words("said_at" if name == "at" else name, value, zone=self.zone)


def _uuids(values: Iterable[Any]) -> list[str]:
    return [text for text in map(str, values) if re.fullmatch(r"[0-9a-f-]{36}", text)]


def names_in(raws: Iterable[RawMessage], *, organisation: Organisation, zone: ZoneInfo) -> Names:
    """Find the own convoys and checkpoints that messages speak of, with two queries at most."""
    said = [facts for raw in raws if (facts := _read(raw))]
    convoys = _uuids(each.get("convoy") for each in said)
    points = _uuids(each.get("checkpoint") for each in said)
    own = Convoy.objects.filter(organisation=organisation, pk__in=convoys)
    there = Checkpoint.objects.filter(corridor__operator=organisation, pk__in=points)
    return Names(
        convoys={str(pk): code for pk, code in own.values_list("pk", "code")} if convoys else {},
        checkpoints=(
            {str(pk): f"{code} {name}".strip() for pk, code, name in _codes(there)}
            if points
            else {}
        ),
        zone=zone,
    )


def _codes(there: Any) -> Any:
    return there.values_list("pk", "code", "name")


def _read(raw: RawMessage) -> dict[str, Any]:
    """Return what was read of a message, by name."""
    understood = raw.understood if isinstance(raw.understood, dict) else {}
    said = understood.get("says")
    if isinstance(said, dict):
        return {name: said[name] for name in _TOLD if name in said}
    # The database keeps no order of names.
    names = [name for name in _FIRST if name in understood]
    names += [name for name in understood if name not in _FIRST]
    return {name: understood[name] for name in names if name not in _SILENT}


def _facts(raw: RawMessage, names: Names) -> tuple[tuple[str, str], ...]:
    told = ((name, names.word(name, value)) for name, value in _read(raw).items())
    return tuple(
        (str(_LABELS.get(name) or field_words(name)), _shown(word)) for name, word in told if word
    )


def _shown(text: str) -> str:
    return clamp(masked(plain(text)).strip() or "…", LONGEST)


def said_in(raw: RawMessage, *, names: Names) -> Said:
    """Return what a message says, of at most a thousand signs, telephone numbers masked."""
    facts = _facts(raw, names)
    if raw.gateway == "phone":
        # Its bytes are sealed by the phone; what could be opened of them stands in the facts.
        return Said("", facts, is_closed=not facts)
    try:
        body = body_in(raw.body_sealed) if raw.body_sealed else b""
    except CannotOpen:
        return Said("", facts, is_closed=True)
    # What was read of a short message lacks its code and the wrapping of its service.
    read = raw.understood.get("text") if raw.gateway == "sms" else None
    text = str(read) if read else text_of_body(body, content_type=raw.content_type)
    return Said(_shown(text) if text.strip() else "", facts)


def text_of_body(body: bytes, *, content_type: str) -> str:
    """Return the text that somebody wrote, where a service wrapped it in fields; else all of it."""
    whole = body.decode("utf-8", errors="replace")
    fields = _form_fields(whole) if "urlencoded" in content_type else _json_fields(whole)
    for name in _TEXT_FIELDS:
        value = fields.get(name)
        if isinstance(value, Mapping):
            value = value.get("text")
        if isinstance(value, str) and value.strip():
            return value
    return whole


def _form_fields(whole: str) -> Mapping[str, Any]:
    try:
        return {name: values[0] for name, values in parse_qs(whole, max_num_fields=100).items()}
    except ValueError:
        return {}


def _json_fields(whole: str) -> Mapping[str, Any]:
    try:
        found = json.loads(whole)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
