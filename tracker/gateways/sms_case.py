"""One short message on its way through: who sent it, what it says, and what is to become of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from tracker.alerts.operations import tell_of_call
from tracker.alerts.rules import Call
from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy
from tracker.convoys.queries import KEPT
from tracker.devices.incoming import masked_number
from tracker.devices.models import Channel, Device, RawMessage
from tracker.devices.secrets import number_hash
from tracker.devices.sorting import CALL
from tracker.exercises.clock import FieldClock
from tracker.lib.sms_replies import language_of, reply
from tracker.lib.sms_text import Ambiguous, Known, Reading, Understood, without_numbers
from tracker.lib.sms_times import moment_of
from tracker.lib.text import clamp, tidy, tidy_lines
from tracker.organisations.models import Organisation

State = RawMessage.State
# What a gateway says of the time is believed within what a phone without network may be late.
_LATE, _EARLY = timedelta(days=7), timedelta(minutes=10)
_MAX_TEXT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What a service says of one message; `sent_at` is `None` where it names no time."""

    number: str
    text: str
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of a message: its state, why, the answer, and what was understood."""

    state: RawMessage.State
    reason: str = ""
    reply: str = ""
    understood: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A message with all that is known of it; `now` is machine time, `seq` its code's number."""

    raw: RawMessage
    channel: Channel
    organisation: Organisation
    message: Incoming
    reading: Reading
    device: Device | None
    clock: FieldClock
    now: datetime
    seq: int | None = None

    @property
    def language(self) -> str:
        """Return the language to answer in."""
        own = self.device.user.language if self.device and self.device.user else "en"
        return language_of(self.reading.parts.languages, own=own)

    @property
    def said_at(self) -> datetime:
        """Return when it was sent (field time): as the service says where that can be, else now."""
        sent_at, now = self.message.sent_at, self.clock.now
        if sent_at is None or not now - _LATE < sent_at < now + _EARLY:
            return now
        return min(sent_at, now)

    @property
    def text(self) -> str:
        """Return the words as they may be shown: no telephone number, no code that may still hold.

        Both stand in the sealed body.
        """
        text = without_numbers(clamp(tidy_lines(self.message.text), _MAX_TEXT))
        code = self.reading.parts.code
        return text.replace(code, "").strip() if code else text

    @property
    def caller(self) -> str:
        """Return what staff call the sender: the telephone's name, else its number masked."""
        return str(self.device) if self.device else masked_number(self.message.number)

    @property
    def is_alarming(self) -> bool:
        """Tell whether it calls for help, or may."""
        reading = self.reading
        if isinstance(reading, Understood):
            return reading.word == "SOS"
        return isinstance(reading, Ambiguous) and reading.is_alarming

    @property
    def mark(self) -> str:
        """Return what two copies of one message share, and no other message of this sender."""
        return sha256(tidy(self.message.text).encode()).hexdigest()[:24]

    def told_sos(self) -> str:
        """Return the answer to a call for help that has no number to take it back by."""
        local = self.clock.now.astimezone(ZoneInfo(settings.FIELD_TIME_ZONE))
        return self.answer("sos_told", time=f"{local:%H:%M}")

    def answer(self, name: str, **values: object) -> str:
        """Return an answer in the sender's language."""
        return reply(name, self.language, **values)

    def waits(self, reason: str, answer: str, **noted: Any) -> Outcome:
        """Leave the message to a person; a call for help comes before all else."""
        told = f"{CALL}{reason}" if self.is_alarming else reason
        return Outcome(
            state=State.QUARANTINED,
            reason=told[:40],
            reply=answer,
            understood={**self.noted(), **noted},
        )

    def noted(self) -> dict[str, Any]:
        """Return what was understood, as it may be shown."""
        parts, reading = self.reading.parts, self.reading
        found = {
            "text": self.text,
            "word": reading.word if isinstance(reading, Understood) else "",
            "candidates": list(reading.candidates) if isinstance(reading, Ambiguous) else [],
            "convoy": parts.convoy,
            "checkpoint": parts.checkpoint,
            "vehicles": parts.vehicles,
            "people": parts.people,
            "at": self._said_time(),
        }
        return {name: each for name, each in found.items() if each not in ("", None, [])}

    def _said_time(self) -> str:
        """Return the time that the message names, as ISO text; "" for none or one to come."""
        if self.reading.parts.time is None:
            return ""
        zone = ZoneInfo(settings.FIELD_TIME_ZONE)
        at = moment_of(self.reading.parts.time, now=self.said_at, zone=zone)
        return at.isoformat() if at else ""

    def tell_desk(self, convoy: Convoy | None = None) -> None:
        """Tell the dispatcher at once of what calls for help, or may; once an hour for a sender."""
        kind = "sos" if isinstance(self.reading, Understood) else "may_be"
        mark = f"{number_hash(self.message.number)[:24]}:{kind}:{self.clock.now:%Y%m%d%H}"
        tell_of_call(
            organisation=self.organisation,
            convoy=convoy,
            call=Call(kind=kind, caller=self.caller, says=self.text, mark=mark),
            clock=self.clock,
            now=self.now,
        )


def codes_in_use(organisation: Organisation, *, at: datetime) -> Known:
    """Return the codes of convoys at work and of checkpoints that messages may name."""
    convoys = Convoy.objects.filter(organisation=organisation, is_withdrawn=False)
    at_work = convoys.exclude(ended_at__lte=at - KEPT)
    checkpoints = Checkpoint.objects.filter(corridor__operator=organisation)
    return Known(
        convoys=frozenset(at_work.values_list("code", flat=True)),
        checkpoints=frozenset(checkpoints.values_list("code", flat=True)),
    )
