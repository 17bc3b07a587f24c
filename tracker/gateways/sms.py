"""Take in short messages of people: kept first, proven, read, and answered in their language."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from django.db import InterfaceError, OperationalError, transaction

from tracker.alerts.readings import validity
from tracker.corridors.models import CorridorStatus
from tracker.corridors.queries import corridor_verdict, public_verdict
from tracker.corridors.status import Verdict
from tracker.devices.incoming import (
    GATEWAY,
    hold,
    hold_device,
    note_sender,
    taken_before,
    was_answered,
)
from tracker.devices.models import Channel, Device, RawMessage
from tracker.devices.operations import Sender, keep_raw, settle
from tracker.devices.queries import device_by_number
from tracker.devices.rolling import BAD_CODE, accept_code, is_tried_out
from tracker.devices.secrets import number_hash
from tracker.exercises.clock import FieldClock, field_clock
from tracker.gateways.parsing import Unreadable
from tracker.gateways.receiving import Post
from tracker.gateways.sms_asked import with_question
from tracker.gateways.sms_case import Case, Incoming, Outcome, State, codes_in_use
from tracker.gateways.sms_taking import call, convoy_of, take, take_back, take_reason
from tracker.lib.sms_replies import age_words
from tracker.lib.sms_text import Ambiguous, NotUnderstood, read_sms
from tracker.lib.sms_verdict import ACTS
from tracker.lib.sms_words import SHORT_MARK, SHORT_STATUS
from tracker.lib.text import tidy

logger = logging.getLogger(__name__)

# In the order of the table of short words.
_STATUSES = (
    CorridorStatus.ANNOUNCED,
    CorridorStatus.OPEN,
    CorridorStatus.RESTRICTED,
    CorridorStatus.SUSPENDED,
    CorridorStatus.CLOSED,
    CorridorStatus.UNKNOWN,
)
_NOT_CONFIRMED, _CONFIRMED, _OLD = 0, 1, 2
_TOLD_AGAIN_AFTER = timedelta(hours=24)


class Ignored(Exception):
    """What came is no message that somebody wrote, such as a receipt; `reason` names it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service is told: `is_conflict` for another body under an id that came before."""

    reply: str = ""
    state: str = ""
    ref: str = ""
    is_repeat: bool = False
    is_conflict: bool = False


def receive_sms(
    post: Post,
    *,
    channel: Channel,
    body: bytes,
    message_id: str,
    read: Callable[[], Incoming],
) -> Answer:
    """Keep a message, read it once, and return the answer; the same one for each repeat.

    Raises only what is wrong with the database itself: then the service must send again.
    """
    raw, is_new = keep_raw(
        sender=Sender(organisation=channel.organisation, channel=channel),
        gateway=GATEWAY,
        body=body,
        received_at=post.now,
        field_at=post.at,
        content_type=tidy(post.content_type),
        message_id=tidy(message_id),
    )
    if raw.sha256 != sha256(body).hexdigest():
        return Answer(is_conflict=True)
    try:
        return _read_once(raw, post, channel, read, is_new=is_new)
    except Ignored as ignored:
        settle(raw=raw, state=State.IGNORED, reason=ignored.reason)
        return Answer(state=State.IGNORED)
    except Unreadable as error:
        settle(raw=raw, state=State.QUARANTINED, reason=error.code)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # It is kept; refused, it would come again for ever.
        logger.exception("A short message was kept and could not be read")
        settle(raw=raw, state=State.QUARANTINED, reason="not_processed")
    return Answer(state=State.QUARANTINED)


@transaction.atomic
def _read_once(
    raw: RawMessage, post: Post, channel: Channel, read: Callable[[], Incoming], *, is_new: bool
) -> Answer:
    """Read a message that nobody has read; copies that come at once wait for the first."""
    held = hold(raw)
    if held.state != State.NEW:
        return _answer(held.reply, held.state, held.understood, is_repeat=not is_new)
    found = _outcome(_case(held, post, channel, read()))
    settle(
        raw=held,
        state=found.state,
        reason=found.reason,
        understood=found.understood,
        reply=found.reply,
    )
    return _answer(found.reply, found.state, found.understood, is_repeat=False)


def _answer(reply: str, state: str, understood: dict[str, object], *, is_repeat: bool) -> Answer:
    return Answer(reply, state, str(understood.get("ref", "")), is_repeat=is_repeat)


def _case(raw: RawMessage, post: Post, channel: Channel, message: Incoming) -> Case:
    organisation = channel.organisation
    device = device_by_number(message.number, organisation=organisation, at=post.now)
    note_sender(raw=raw, number=message.number, device=device)
    clock: FieldClock = field_clock()
    return Case(
        raw=raw,
        channel=channel,
        organisation=organisation,
        message=message,
        reading=read_sms(message.text, known=codes_in_use(organisation, at=clock.now)),
        device=device,
        clock=clock,
        now=post.now,
    )


def _outcome(case: Case) -> Outcome:
    """Decide what becomes of a message: nobody is believed without a code of their own."""
    device = case.device
    if device is None:
        return _stranger(case)
    hold_device(device)
    code = case.reading.parts.code
    if not code:
        return _unproven(case, "no_code", case.answer("bad_code"))
    if is_tried_out(device, at=case.now):
        # Whoever tries codes out, or a machine that answers us, is not told anything more.
        return _unproven(case, BAD_CODE, "")
    seq = accept_code(device=device, code=code)
    if seq is None:
        return _again(case, device) or _unproven(case, BAD_CODE, case.answer("bad_code"))
    return _proven(replace(case, seq=seq))


def _stranger(case: Case) -> Outcome:
    """Leave what a number says that nobody registered to a person, and say so once a day.

    Two machines would thank each other for ever; a sender with a name reads no answer.
    """
    number = case.message.number
    sender = number_hash(number)[:24]
    told = was_answered(case.channel, sender=sender, since=case.now - _TOLD_AGAIN_AFTER)
    is_silent = told or not any(sign.isdecimal() for sign in number)
    answer = "" if is_silent else case.answer("not_registered")
    found = _unproven(case, "unknown_number", answer)
    return replace(found, understood={**found.understood, "sender": sender})


def _again(case: Case, device: Device) -> Outcome | None:
    """Return the outcome of a copy that came as a message of its own: nothing is done twice."""
    before = taken_before(device, mark=case.mark)
    if before is None:
        return None
    answer = case.answer("duplicate", ref=before.understood["ref"])
    return Outcome(state=State.REPEAT, reason="copy", reply=answer)


def _unproven(case: Case, reason: str, answer: str) -> Outcome:
    """Leave the message to a person; who calls for help is told of whoever they may be."""
    if case.is_alarming:
        case.tell_desk()
        if case.device is not None:
            answer = case.told_sos()
    return case.waits(reason, answer)


def _proven(case: Case) -> Outcome:
    reading = case.reading
    if isinstance(reading, NotUnderstood):
        answer = case.answer("not_understood")
        return take_reason(case) or case.waits(reading.reason, answer)
    if isinstance(reading, Ambiguous):
        return _ask(case, reading)
    case = with_question(case)
    if reading.word in ACTS:
        return take(case, reading.word)
    return _TALK.get(reading.word, _about_messages)(case)


def _ask(case: Case, reading: Ambiguous) -> Outcome:
    """Ask what was meant; what may be a cry for help is told at once, as what it may be."""
    if reading.is_alarming:
        case.tell_desk(convoy_of(case))
    if "HELP" in reading.candidates:
        answer = case.answer("help")
    elif reading.reason == "stop":
        answer = case.answer("stop_ask")
    elif len(reading.candidates) == 2 and reading.reason in ("two_meanings", "may_be_help"):
        answer = case.answer("which_meaning", a=reading.candidates[0], b=reading.candidates[1])
    else:
        answer = case.answer("person")
    return case.waits(reading.reason, answer)


def _menu(case: Case) -> Outcome:
    return Outcome(state=State.IGNORED, reason="asked_menu", reply=case.answer("help"))


def _status(case: Case) -> Outcome:
    """Tell the status of the corridor of the sender's convoy, as the public may hear it."""
    convoy = convoy_of(case)
    if convoy is None:
        return case.waits("which_convoy", case.answer("which_convoy"))
    corridor, at, language = convoy.corridor, case.clock.now, case.language
    verdict_of = public_verdict if corridor.is_public else corridor_verdict
    verdict = verdict_of(corridor, validity=validity(), at=at)
    minutes = int((at - verdict.since).total_seconds() // 60) if verdict.since else None
    answer = case.answer(
        "status",
        cor=f"{corridor.origin.name[:1]}-{corridor.destination.name[:1]}",
        status=SHORT_STATUS[language][_STATUSES.index(CorridorStatus(verdict.status))],
        mark=SHORT_MARK[language][_mark(verdict)],
        age="-" if minutes is None else age_words(max(0, minutes), language),
    )
    return Outcome(state=State.IGNORED, reason="asked_status", reply=answer)


def _mark(verdict: Verdict) -> int:
    if verdict.basis == "operator":
        return _CONFIRMED
    return _OLD if verdict.basis == "old" else _NOT_CONFIRMED


def _about_messages(case: Case) -> Outcome:
    """Leave YES, START and the wish for no more messages to a person: a monitor needs them."""
    return case.waits("about_messages", case.answer("person"))


_TALK: dict[str, Callable[[Case], Outcome]] = {
    "SOS": call,
    "HELP": _menu,
    "STATUS": _status,
    "NO": take_back,
}
