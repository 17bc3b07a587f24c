"""Turn what a phone wrote into log events: whose it is, which convoy, and where on its road."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from msgspec.structs import replace

from tracker.convoys.models import Convoy
from tracker.convoys.whereabouts import next_checkpoint_at, standing_at
from tracker.devices.models import Device
from tracker.devices.phones import PhoneContext, phone_context, phone_named
from tracker.devices.queries import assignment_of
from tracker.fieldlog.kinds import Finding, NewEvent
from tracker.fieldlog.models import LogEvent, Via
from tracker.intake.registry import KINDS
from tracker.organisations.models import User
from tracker.organisations.permissions import may_log
from tracker.web.phone_entries import Batch, Item, Told

MOVES = frozenset(
    f"convoy.{name}"
    for name in (
        *("departed", "arrived_at", "held", "cleared", "arrived"),
        *("sent_back", "turned_back", "took_cover", "night_stop"),
    )
)
PEOPLE = frozenset(
    f"people.{name}"
    for name in (
        *("boarded", "counted", "arrived", "left", "joined"),
        *("hospital", "detained", "separated", "died"),
    )
)
CALLS = frozenset({"sos", "medical.emergency"})
FROM_PHONES = MOVES | PEOPLE | CALLS | {"contact.made", "vehicle.broke_down", "note"}
# Nobody needs to be told that "people were counted" without a number; that some were taken, yes.
_WITH_NUMBER = frozenset({"people.boarded", "people.counted", "people.arrived"})
# What happens at a checkpoint: of these the server may work out which.
_AT_CHECKPOINT = frozenset(
    {"convoy.arrived_at", "convoy.held", "convoy.cleared", "convoy.sent_back", "convoy.turned_back"}
)
_COUNT_BESIDE = {"convoy.departed": "people.boarded", "convoy.arrived": "people.arrived"}
# An entry may come late for a convoy that somebody else has logged as arrived.
STILL_MEANT = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Author:
    """Whose word an entry is, and on which phone it was written."""

    user: User
    phone: Device | None


@dataclass(frozen=True, slots=True)
class Addressed:
    """The events that an entry becomes, or why it cannot become any."""

    author: Author
    events: tuple[NewEvent, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """Which convoy an entry is about and where; `assumed` says that the server worked it out."""

    kind: str
    convoy_id: UUID
    checkpoint_id: UUID | None
    assumed: bool = False


@dataclass
class Directory:
    """Addresses the entries of one batch; what it has looked up it keeps."""

    batch: Batch
    _convoys: dict[UUID, Convoy | None] = field(default_factory=dict)
    _phones: dict[str, Device | None] = field(default_factory=dict)
    _users: dict[int, User | None] = field(default_factory=dict)

    def address(self, item: Item, standing: LogEvent | None) -> Addressed:
        """Return the events of an entry; of one that stands already as it was addressed then."""
        told = item.told
        assert told is not None
        context = phone_context(told.context)
        author = self._author(told, context)
        if isinstance(author, Finding):
            mine = Author(self.batch.user, self.batch.phone)
            return Addressed(mine, findings=(author,))
        findings = _own_findings(told, author)
        if findings:
            return Addressed(author, findings=findings)
        place = self._place(item, told, context, author, standing)
        if isinstance(place, Finding):
            return Addressed(author, findings=(place,))
        return Addressed(author, events=tuple(_events(item, told, author, place, standing)))

    def looks_at_the_road(self, item: Item) -> bool:
        """Tell whether the entry leaves it to the log before it where it happened."""
        told = item.told
        return told is not None and (told.convoy is None or (told.next and not told.checkpoint))

    def _author(self, told: Told, context: PhoneContext | None) -> Author | Finding:
        """Return whose word an entry is: only what this server sealed for a phone speaks for it.

        Anybody can seal an entry that names somebody else's phone; its context nobody can make.
        """
        if context is None:
            return Author(self.batch.user, self.batch.phone)
        phone = self._phone(context.phone)
        if phone is None:
            return Finding("written_elsewhere")
        if phone.is_lost:
            return Finding("phone_lost")
        user = self._user(context.user_id)
        is_able = user is not None and may_log(user, told.kind)
        return Author(user if user is not None and is_able else self.batch.user, phone)

    def _phone(self, code: str) -> Device | None:
        mine = self.batch.phone
        if mine is not None and mine.code == code:
            return mine
        if code not in self._phones:
            self._phones[code] = phone_named(code, organisation=self.batch.organisation)
        return self._phones[code]

    def _user(self, user_id: int) -> User | None:
        if user_id == self.batch.user.pk:
            return self.batch.user
        if user_id not in self._users:
            own = User.objects.filter(organisation=self.batch.organisation, is_active=True)
            self._users[user_id] = own.select_related("organisation").filter(pk=user_id).first()
        return self._users[user_id]

    def _convoy(self, convoy_id: UUID | None) -> Convoy | None:
        if convoy_id is None:
            return None
        if convoy_id not in self._convoys:
            own = Convoy.objects.filter(organisation=self.batch.organisation, is_withdrawn=False)
            found = own.select_related("corridor", "route").filter(pk=convoy_id).first()
            self._convoys[convoy_id] = found
        return self._convoys[convoy_id]

    def _meant(
        self, item: Item, told: Told, context: PhoneContext | None, phone: Device | None
    ) -> Convoy | Finding:
        """Return the convoy that an entry is about; a question where two may be meant.

        A call for help asks nothing: the likeliest one is told at once.
        """
        if told.convoy is not None:
            return self._convoy(told.convoy) or Finding("subject_unknown", "convoy", _CONVOY)
        assignment = assignment_of(phone, at=item.at) if phone else None
        likely = [
            self._convoy(context.convoy_id if context else None),
            self._convoy(assignment.convoy_id if assignment else None),
        ]
        at_work = [each for each in likely if each and _is_meant(each, item)]
        if not at_work or (len(set(at_work)) > 1 and told.kind not in CALLS):
            return Finding("convoy_uncertain", "convoy", is_question=False)
        return at_work[0]

    def _place(
        self,
        item: Item,
        told: Told,
        context: PhoneContext | None,
        author: Author,
        standing: LogEvent | None,
    ) -> _Place | Finding:
        if standing is not None and standing.convoy_id is not None:
            return _as_it_stands(told, standing, standing.convoy_id)
        convoy = self._meant(item, told, context, author.phone)
        if isinstance(convoy, Finding):
            return convoy
        if told.checkpoint is None and told.next:
            return _worked_out(item, told, convoy)
        return _Place(told.kind, convoy.pk, told.checkpoint)


_CONVOY: Mapping[str, Any] = {"subject": "convoy"}


def _is_meant(convoy: Convoy, item: Item) -> bool:
    return convoy.ended_at is None or convoy.ended_at > item.at - STILL_MEANT


def _own_findings(told: Told, author: Author) -> tuple[Finding, ...]:
    """Find what is wrong with an entry whatever it is about."""
    if told.kind not in FROM_PHONES:
        return (Finding("not_for_phones", "kind", {"kind": told.kind}),)
    if not may_log(author.user, told.kind):
        return (Finding("not_permitted", "kind", {"kind": told.kind}),)
    if told.kind in _WITH_NUMBER and not told.has_number:
        return (Finding("people_missing", "people"),)
    return ()


def _as_it_stands(told: Told, standing: LogEvent, convoy_id: UUID) -> _Place:
    """Return where a repeat was put the first time; what it names itself is compared by the log."""
    is_free = told.checkpoint is None and told.next
    was_departure = told.kind == "convoy.departed" and standing.kind == "convoy.cleared"
    return _Place(
        kind=standing.kind if is_free and was_departure else told.kind,
        convoy_id=told.convoy or convoy_id,
        checkpoint_id=standing.checkpoint_id if is_free else told.checkpoint,
        assumed=bool(standing.data.get("assumed")) and is_free,
    )


def _worked_out(item: Item, told: Told, convoy: Convoy) -> _Place | Finding:
    """Return where "the next one" was, by what the log says up to the time of the entry."""
    if told.kind in _AT_CHECKPOINT:
        ahead = next_checkpoint_at(convoy, at=item.at, part=told.part)
        if ahead is not None:
            return _Place(told.kind, convoy.pk, ahead.pk, assumed=True)
        if told.kind == "convoy.arrived_at":
            return Finding("checkpoint_uncertain", "checkpoint")
    elif told.kind == "convoy.departed" or told.kind in PEOPLE:
        stood_at = standing_at(convoy, at=item.at)
        if stood_at is not None and told.kind == "convoy.departed":
            # To leave a checkpoint is to be let through there; its wait ends.
            return _Place("convoy.cleared", convoy.pk, stood_at.pk, assumed=True)
        if stood_at is not None:
            return _Place(told.kind, convoy.pk, stood_at.pk)
    return _Place(told.kind, convoy.pk, None)


def _data(told: Told, kind: str, *, assumed: bool) -> dict[str, Any]:
    data: dict[str, Any] = {"note": told.note}
    if kind in MOVES:
        data["part"] = told.part
    if assumed:
        data["assumed"] = True
    if kind in PEOPLE:
        data |= {"people": told.people}
        data |= {"people_low": told.people_low, "people_high": told.people_high}
    if kind in CALLS:
        data["people"] = told.people
    if kind == "contact.made":
        data["vehicles_seen"] = told.vehicles_seen
    return data


def _subjects(told: Told, place: _Place) -> dict[str, UUID]:
    kind = KINDS[place.kind]
    named = {"checkpoint": place.checkpoint_id, "vehicle": told.vehicle}
    fitting = {
        name: key for name, key in named.items() if key and name in (*kind.needs, *kind.allows)
    }
    return {"convoy": place.convoy_id, **fitting}


def _events(
    item: Item, told: Told, author: Author, place: _Place, standing: LogEvent | None
) -> list[NewEvent]:
    """Return an entry as log events; a count told in one breath with it is an event of its own."""
    assert item.id is not None
    assert item.occurred_at is not None
    # A repeat in an exercise that was begun anew must not look like another entry.
    occurred_at = standing.occurred_at if standing else item.occurred_at
    first = NewEvent(
        kind=place.kind,
        client_id=item.id,
        occurred_at=occurred_at,
        recorded_at=occurred_at,
        subjects=_subjects(told, place),
        data=_data(told, place.kind, assumed=place.assumed),
        reason=told.reason,
        device_id=author.phone.code if author.phone else "",
        device_seq=told.n,
        via=Via.PHONE,
        is_confirmed=told.confirmed,
    )
    if not told.has_number or told.kind in PEOPLE | CALLS:
        return [first]
    counted = _COUNT_BESIDE.get(place.kind, "people.counted")
    numbers = _data(told, counted, assumed=False) | {"note": ""}
    beside = replace(
        first, kind=counted, client_id=uuid5(item.id, "people"), data=numbers, reason=""
    )
    return [first, beside]
