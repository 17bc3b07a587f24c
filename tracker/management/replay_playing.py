"""Play the lines of a script through the one door, once each, as field time reaches them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy
from tracker.convoys.operations import share_convoy
from tracker.corridors.models import Corridor, Place
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.operations import event_id
from tracker.intake.findings import text_of
from tracker.intake.judging import Clock
from tracker.intake.operations import Refused, record
from tracker.management.record_setup import Setting, record_id
from tracker.management.replay_script import BadScriptError, Line, Script
from tracker.organisations.models import Organisation, User
from tracker.organisations.permissions import may_of

# An exercise may run on into the next day; what was received later belongs to another clock.
SPAN = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who plays: an organisation, its people by user name, and the partner it shares with."""

    organisation: Organisation
    people: dict[str, User]
    partner: Organisation


def last_played_at(script: Script) -> datetime:
    """Return the field time at which the exercise was last seen to run, its beginning at first."""
    received = LogEvent.objects.filter(
        received_at__gte=script.begins_at, received_at__lt=script.begins_at + SPAN
    )
    return received.aggregate(last=Max("received_at"))["last"] or script.begins_at


class Player:
    """Plays a script for a crew; knows what has been played already, also by an earlier player."""

    def __init__(self, script: Script, *, crew: Crew, say: Callable[[str], None]) -> None:
        self._crew = crew
        self._say = say
        self._setting = Setting(crew.organisation)
        self._ids = {line.id: self._client_id(line.id) for line in script.lines}
        standing = set(
            LogEvent.objects.filter(
                organisation=crew.organisation, client_id__in=self._ids.values()
            ).values_list("client_id", flat=True)
        )
        reached = last_played_at(script)
        self._waiting = [
            line
            for line in script.lines
            # A share leaves no fact; one that was taken back since must not come again.
            if self._ids[line.id] not in standing and not (line.share and line.at < reached)
        ]

    def next_at(self) -> datetime | None:
        """Return when the next line is due, `None` after the last one."""
        return self._waiting[0].at if self._waiting else None

    def play_until(self, at: datetime) -> int:
        """Log every line that is due at field time `at`, as of its own; return how many."""
        due = [line for line in self._waiting if line.at <= at]
        self._waiting = self._waiting[len(due) :]
        for group in _groups(due):
            self._play(group)
        return len(due)

    def _client_id(self, name: str) -> UUID:
        return record_id(self._crew.organisation, "replay", name)

    def _play(self, group: list[Line]) -> None:
        first = group[0]
        if first.share:
            self._share(first)
            return
        what = f"{first.at:%H:%M} {first.kind}" + (f" x {len(group)}" if len(group) > 1 else "")
        try:
            record(
                events=[self._event(line) for line in group],
                organisation=self._crew.organisation,
                by=self._crew.people[first.by],
                # As of its own time, also when the replay catches up: what was known when decides
                # whether a convoy was dark.
                clock=Clock(now=first.at, is_typed=True),
            )
        except Refused as refused:
            # The day goes on without the line; why is said here and in nobody's page.
            reasons = "; ".join(dict.fromkeys(map(text_of, refused.findings)))
            self._say(f"{what}: refused: {reasons}")
        else:
            self._say(what)

    def _share(self, line: Line) -> None:
        convoy_id = self._subject("convoy", line.share["convoy"])
        convoy = Convoy.objects.filter(pk=convoy_id).first()
        if convoy is not None:
            share_convoy(
                convoy=convoy,
                organisation=self._crew.partner,
                shares_position=line.share["position"],
                shares_counts=line.share["counts"],
            )

    def _event(self, line: Line) -> NewEvent:
        data = dict(line.data)
        if line.kind == "incident.reported":
            data["place"] = str(Place.objects.get(name=data["place"]).pk)
        source = self._setting.speaker(**line.source) if line.source else None
        return NewEvent(
            kind=line.kind,
            client_id=self._ids[line.id],
            occurred_at=line.occurred_at,
            recorded_at=line.occurred_at if line.device else None,
            subjects={name: self._subject(name, told) for name, told in line.subjects.items()},
            data=data,
            device_id=line.device,
            source_id=source.pk if source else None,
            corrects_id=self._corrected(line),
            reason=line.reason,
            may_open=may_of(self._crew.people[line.by]).open_corridor,
            constructed=line.constructed,
        )

    def _corrected(self, line: Line) -> UUID | None:
        if not line.corrects:
            return None
        client_id = self._client_id(line.corrects)
        return event_id(organisation=self._crew.organisation, client_id=client_id)

    def _subject(self, name: str, told: str) -> UUID:
        """Return the id of what the script calls `told`; raises BadScriptError where it is not."""
        if name == "corridor":
            return _found(Corridor.objects.filter(slug=told).first(), told)
        if name == "checkpoint":
            slug, _, code = told.partition("/")
            checkpoints = Checkpoint.objects.filter(corridor__slug=slug, code=code)
            return _found(checkpoints.first(), told)
        parts = (told,) if name in {"attempt", "incident"} else (name, told)
        return record_id(self._crew.organisation, *parts)


def _found(row: Corridor | Checkpoint | None, told: str) -> UUID:
    if row is None:
        raise BadScriptError(f"There is no {told} here: load the record first.")
    return row.pk


def _groups(lines: list[Line]) -> Iterator[list[Line]]:
    """Put lines together that somebody logs in one go: the vehicles of a column."""
    group: list[Line] = []
    for line in lines:
        same = group and line.kind == group[0].kind == "vehicle.added" and line.at == group[0].at
        if group and not same:
            yield group
            group = []
        group.append(line)
    if group:
        yield group
