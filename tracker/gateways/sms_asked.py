"""Understand a word that answers our question: it speaks of what the asked message spoke of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tracker.devices.incoming import newest_of
from tracker.devices.models import RawMessage
from tracker.devices.operations import settle
from tracker.gateways.sms_case import Case, State
from tracker.lib.sms_text import Parts, Understood

# Later a word alone may mean anything.
_ANSWERED_WITHIN = timedelta(minutes=30)
# Asked of a proven telephone, and done with once answered; what may be a call for help stays.
_SETTLED = frozenset({"two_meanings", "stop"})
_STAYS = frozenset({"sos_may_be_help"})
ANSWERED = "answered"


def with_question(case: Case) -> Case:
    """Return the case with convoy, place and numbers of the message that its word answers, if any.

    It must be the sender's message right before, have asked for this very word, and the answer
    must name no convoy of its own.
    """
    reading = case.reading
    if not isinstance(reading, Understood) or reading.parts.convoy or case.device is None:
        return case
    asked = newest_of(case.device, before=case.raw, since=case.now - _ANSWERED_WITHIN)
    if asked is None or not _asked_for(asked, reading.word):
        return case
    if asked.reason in _SETTLED:
        settle(raw=asked, state=State.IGNORED, reason=ANSWERED, understood=asked.understood)
    parts = _filled(reading.parts, asked.understood)
    message = replace(case.message, sent_at=asked.field_at)
    return replace(case, reading=replace(reading, parts=parts), message=message)


def _asked_for(asked: RawMessage, word: str) -> bool:
    is_question = asked.state == State.QUARANTINED and asked.reason in _SETTLED | _STAYS
    return is_question and word in asked.understood.get("candidates", ())


def _filled(parts: Parts, before: dict[str, Any]) -> Parts:
    """Return the parts of the answer, with those of the question where it is silent.

    Of "2 people left" nobody knows what the number counts, so it is left out.
    """
    parts = replace(
        parts,
        convoy=before.get("convoy", ""),
        checkpoint=parts.checkpoint or before.get("checkpoint", ""),
    )
    if "COUNT" in before.get("candidates", ()):
        return parts
    return replace(
        parts,
        vehicles=before.get("vehicles") if parts.vehicles is None else parts.vehicles,
        people=before.get("people") if parts.people is None else parts.people,
    )
