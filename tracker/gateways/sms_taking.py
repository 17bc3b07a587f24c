"""Put what a proven telephone reports into the log: what is no dangerous good news, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy
from tracker.devices.incoming import newest_taken, next_ref, taken_as
from tracker.devices.models import RawMessage
from tracker.devices.queries import assignment_of
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import LogEvent, Via
from tracker.gateways.sms_case import Case, Outcome, State
from tracker.headcounts.queries import balance_of
from tracker.intake.judging import Clock
from tracker.intake.operations import CONFLICT, REJECTED, Result, record_each
from tracker.intake.registry import CORRECTION_KIND, KINDS
from tracker.intake.short_codes import (
    WITH_PLACE,
    ShortReport,
    events_of,
    kind_of,
    without_place,
)
from tracker.lib.sms_text import Parts
from tracker.lib.sms_times import moment_of
from tracker.organisations.models import User
from tracker.organisations.permissions import may_correct, may_log

# For how long the words that follow a question after missing people are its answer.
_ANSWERED_WITHIN = timedelta(hours=2)
_CALLS = frozenset({kind_of("SOS")})


@dataclass(frozen=True, slots=True)
class Place:
    """Of which convoy, and at which checkpoint, a message speaks."""

    convoy: Convoy
    checkpoint: Checkpoint | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone whose clock the sender reads."""
        return ZoneInfo(self.convoy.corridor.time_zone)


def convoy_of(case: Case) -> Convoy | None:
    """Return the convoy that a message names, else the one its telephone reports for."""
    code = case.reading.parts.convoy
    if code:
        own = Convoy.objects.filter(organisation=case.organisation, is_withdrawn=False)
        return own.filter(code__iexact=code).select_related("corridor").first()
    if case.device is None:
        return None
    assigned = assignment_of(case.device, at=case.clock.now)
    return assigned.convoy if assigned else None


def place_of(case: Case) -> Place | Outcome:
    """Return of what a message speaks, or the outcome where that cannot be found."""
    parts, convoy = case.reading.parts, convoy_of(case)
    if convoy is None and parts.convoy:
        answer = case.answer("unknown_convoy", convoy=parts.convoy)
        return case.waits("unknown_convoy", answer)
    if convoy is None:
        return case.waits("which_convoy", case.answer("which_convoy"))
    if not parts.checkpoint:
        return Place(convoy)
    on_road = Checkpoint.objects.filter(corridor=convoy.corridor, code__iexact=parts.checkpoint)
    checkpoint = on_road.first()
    if checkpoint is None:
        return case.waits("unknown_checkpoint", case.answer("person"))
    return Place(convoy, checkpoint)


def _person(case: Case, kind: str) -> User | None:
    """Return who reports, if they are still with us and may log this."""
    user = case.device.user if case.device else None
    if user is None or not user.is_active or user.organisation_id != case.organisation.pk:
        return None
    return user if may_log(user, kind) else None


def _happened_at(case: Case, parts: Parts, zone: ZoneInfo) -> datetime | None:
    """Return when it happened; `None` for a time that has not come yet."""
    if parts.time is None:
        return case.said_at
    return moment_of(parts.time, now=case.said_at, zone=zone)


def take(case: Case, word: str) -> Outcome:
    """Record what a message reports of a convoy."""
    place = place_of(case)
    if isinstance(place, Outcome):
        return place
    if word in WITH_PLACE and place.checkpoint is None:
        # Arrived without a place is the end of the journey: good news that may be false.
        return case.waits("good_news", case.answer("person"))
    parts, kind = case.reading.parts, kind_of(word)
    user = _person(case, kind)
    if user is None or KINDS[kind].is_good_news:
        return case.waits("not_permitted", case.answer("person"))
    at = _happened_at(case, parts, place.zone)
    if at is None:
        return _not_yet(case, parts)
    report = _report(case, word, place, at=at)
    results = _record(case, events_of(report), user)
    if results[0].outcome in (REJECTED, CONFLICT):
        return case.waits(f"refused_{_finding(results[0])}", case.answer("person"))
    return _taken(case, word, place, at=at, results=results)


def call(case: Case) -> Outcome:
    """Record a call for help of a proven telephone; one of no convoy is told all the same."""
    convoy, user = convoy_of(case), _person(case, kind_of("SOS"))
    if convoy is None or user is None:
        case.tell_desk(convoy)
        return case.waits("unassigned", case.told_sos())
    found = place_of(case)
    place = found if isinstance(found, Place) else Place(convoy)
    at = _happened_at(case, case.reading.parts, place.zone) or case.clock.now
    report = _report(case, "SOS", place, at=at)
    results = _record(case, events_of(report)[:1], user)
    if results[0].outcome == REJECTED:
        results = _record(case, events_of(without_place(report))[:1], user)
    if results[0].outcome in (REJECTED, CONFLICT):
        case.tell_desk(convoy)
        return case.waits("refused", case.told_sos())
    return _taken(case, "SOS", place, at=at, results=results)


def _not_yet(case: Case, parts: Parts) -> Outcome:
    assert parts.time is not None
    told = f"{parts.time.hour:02d}:{parts.time.minute:02d}"
    answer = case.answer("future_time", time=told)
    return Outcome(state=State.REFUSED, reason="in_future", reply=answer, understood=case.noted())


def _report(case: Case, word: str, place: Place, *, at: datetime) -> ShortReport:
    parts = case.reading.parts
    assert case.device is not None
    return ShortReport(
        root=case.raw.pk,
        word=word,
        convoy_id=place.convoy.pk,
        checkpoint_id=place.checkpoint.pk if place.checkpoint else None,
        at=at,
        vehicles=parts.vehicles,
        people=parts.people,
        note=case.text if parts.note or word == "SOS" else "",
        device_id=case.device.code,
        device_seq=case.seq,
    )


def _record(case: Case, events: Sequence[NewEvent], user: User) -> list[Result]:
    return record_each(
        events=events, organisation=case.organisation, by=user, clock=Clock(now=case.clock.now)
    )


def _finding(result: Result) -> str:
    return next((finding.code for finding in result.findings), result.outcome)


def _taken(
    case: Case, word: str, place: Place, *, at: datetime, results: Sequence[Result]
) -> Outcome:
    """Return the outcome of a report that stands, with what of it a person must still see."""
    assert case.device is not None
    ref = next_ref(case.device)
    stands = [each for each in results if each.outcome not in (REJECTED, CONFLICT)]
    refused = [_finding(each) for each in results if each not in stands]
    gap = _gap(case, place.convoy) if case.reading.parts.people is not None else None
    understood = {
        **case.noted(),
        "ref": str(ref),
        "word": word,
        "events": [str(each.event_id) for each in stands],
        "mark": case.mark,
        "code": place.convoy.code,
    }
    if gap and gap.is_short:
        understood["asked"] = str(place.convoy.pk)
    return Outcome(
        state=State.QUARANTINED if refused else State.TAKEN,
        reason=f"refused_{refused[0]}"[:40] if refused else "",
        reply=_confirmed(case, word, place, ref=ref, at=at, gap=None if refused else gap),
        understood=understood,
    )


@dataclass(frozen=True, slots=True)
class _Gap:
    """How many were counted of how many, and how many are missing."""

    counted: int
    expected: int | None
    missing: int

    @property
    def is_short(self) -> bool:
        return self.missing > 0


def _gap(case: Case, convoy: Convoy) -> _Gap:
    people = case.reading.parts.people or 0
    balance = balance_of(convoy, at=case.clock.now)
    point = balance.points[-1] if balance.points else None
    expected = point.expected.exact if point else convoy.people_planned
    missing = 0 if expected is None or not balance.is_short else max(0, expected - people)
    return _Gap(people, expected, missing)


def _confirmed(
    case: Case, word: str, place: Place, *, ref: int, at: datetime, gap: _Gap | None
) -> str:
    """Return the answer that says what was understood."""
    time = f"{at.astimezone(place.zone):%H:%M}"
    values: dict[str, object] = {"ref": ref, "convoy": place.convoy.code}
    if word == "SOS":
        return case.answer("sos", time=time, ref=ref)
    if gap and gap.is_short:
        return case.answer("count_gap", n=gap.counted, m=gap.expected, gap=gap.missing, **values)
    if gap and word == "COUNT" and gap.expected is not None:
        return case.answer("ok_count", n=gap.counted, m=gap.expected, **values)
    said = f"{word} {gap.counted}" if gap and word == "COUNT" else word
    cp = place.checkpoint.code if place.checkpoint else ""
    return case.answer("ok_event", cp=cp, code=said, time=time, **values)


def take_back(case: Case) -> Outcome:
    """Withdraw what the telephone reported under a number; the entries stay, corrected."""
    assert case.device is not None
    ref = case.reading.parts.ref
    before = taken_as(case.device, ref=ref) if ref else None
    user = case.device.user
    if before is None or user is None:
        return case.waits("reference_unknown", case.answer("not_understood"))
    entries = _entries(case, before)
    if any(entry.kind in _CALLS for entry in entries):
        # That nobody needs help any more is good news: whoever holds the telephone may be forced.
        return case.waits("call_taken_back", case.answer("person"))
    if not all(may_correct(user, entry.kind) for entry in entries):
        return case.waits("not_permitted", case.answer("person"))
    corrections = [_withdrawal(case, entry, ref=ref) for entry in entries]
    results = _record(case, corrections, user) if corrections else []
    if any(result.outcome in (REJECTED, CONFLICT) for result in results):
        return case.waits(f"refused_{_finding(results[0])}", case.answer("person"))
    told = before.understood
    answer = case.answer("taken_back", ref=ref, convoy=told["code"], code=told["word"])
    # Without the words: they are those of the message that is taken back.
    understood = {"word": "NO", "took_back": ref}
    return Outcome(state=State.TAKEN, reply=answer, understood=understood)


def _entries(case: Case, before: RawMessage) -> list[LogEvent]:
    """Return the entries of a message that have not been withdrawn yet."""
    ids = [UUID(key) for key in before.understood.get("events", [])]
    withdrawn = LogEvent.objects.filter(corrects__in=ids, data__withdraw=True)
    standing = LogEvent.objects.filter(pk__in=ids, organisation=case.organisation)
    return list(standing.exclude(pk__in=withdrawn.values("corrects")).order_by("id"))


def _withdrawal(case: Case, entry: LogEvent, *, ref: str) -> NewEvent:
    assert case.device is not None
    return NewEvent(
        kind=CORRECTION_KIND,
        client_id=uuid5(case.raw.pk, str(entry.pk)),
        occurred_at=case.clock.now,
        subjects={},
        data={"withdraw": True},
        corrects_id=entry.pk,
        reason=f"NO {ref}",
        device_id=case.device.code,
        via=Via.SMS,
    )


def take_reason(case: Case) -> Outcome | None:
    """Record words that answer the question after missing people, as a note of their convoy.

    `None` where nothing was asked. The gap stays until a named person explains it.
    """
    assert case.device is not None
    asked = newest_taken(case.device, since=case.now - _ANSWERED_WITHIN)
    convoy_id = asked.understood.get("asked") if asked else None
    user = _person(case, kind_of("NOTE"))
    if asked is None or convoy_id is None or user is None or not case.text:
        return None
    convoy = Convoy.objects.select_related("corridor").get(pk=UUID(convoy_id))
    place = Place(convoy)
    report = ShortReport(
        root=case.raw.pk,
        word="NOTE",
        convoy_id=convoy.pk,
        at=case.said_at,
        note=case.text,
        device_id=case.device.code,
        device_seq=case.seq,
    )
    results = _record(case, events_of(report), user)
    if results[0].outcome in (REJECTED, CONFLICT):
        return None
    found = _taken(case, "NOTE", place, at=case.said_at, results=results)
    ref = found.understood["ref"]
    noted = {**found.understood, "about": asked.understood["ref"]}
    answer = case.answer("noted", ref=ref, convoy=convoy.code)
    return Outcome(state=State.TAKEN, reply=answer, understood=noted)
