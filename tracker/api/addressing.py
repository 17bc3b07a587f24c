"""Find what an event is about: codes and slugs become ids, within the sender's organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import QuerySet

from tracker.api.bodies import EventItem
from tracker.attempts.queries import attempts_run_by
from tracker.convoys.queries import named_by, vehicles_named
from tracker.corridors.queries import corridors_run_by, windows_run_by
from tracker.fieldlog.kinds import SUBJECTS, Finding, Kind
from tracker.fieldlog.models import LogEvent
from tracker.incidents.queries import incidents_run_by
from tracker.organisations.models import Organisation, User
from tracker.provenance.queries import sources_for

CONVOYS = ("convoy", "other_convoy")
# A code means something only on its road: the corridor is found before the rest.
ORDER = (
    "corridor",
    *(name for name in SUBJECTS if name not in {"corridor", "checkpoint", "vehicle"}),
    "checkpoint",
    "vehicle",
)
NAMED = (*SUBJECTS, "source")
# The length of an id without hyphens; what is shorter is a code, which most references are.
SHORTEST_ID = 32


def created_id(*, organisation: Organisation, client_id: UUID, name: str) -> UUID:
    """Return the id of the subject that an event creates; a repeat of the event gets the same."""
    return uuid5(organisation.pk, f"{client_id}:{name}")


def _uuid(text: str) -> UUID | None:
    if len(text) < SHORTEST_ID:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None


def _accepted(kind: Kind) -> set[str]:
    return {name for name in (kind.unit, kind.creates, *kind.needs, *kind.allows) if name}


class Directory:
    """The subjects that the events of one submission name, and those that they create.

    Everything is looked up within the sender's own organisation: what belongs to another one is
    unknown here, exactly like what does not exist.
    """

    def __init__(
        self, *, user: User, organisation: Organisation, items: Sequence[EventItem], at: datetime
    ) -> None:
        self.organisation = organisation
        self._items = items
        self._named = {name: {getattr(item, name) for item in items} - {None} for name in NAMED}
        self._corridors: dict[str, UUID] = {}
        self._checkpoints: dict[tuple[UUID, str], UUID] = {}
        self._convoys: dict[str, UUID] = {}
        self._corridor_of: dict[UUID, UUID] = {}
        self._vehicles: dict[tuple[UUID, str], UUID] = {}
        self._ids: dict[str, set[UUID]] = {name: set() for name in SUBJECTS}
        self._sources: dict[str, UUID] = {}
        self._ambiguous: set[str] = set()
        self._load_corridors(user)
        self._load_convoys(user)
        self._load_ids("window", lambda: windows_run_by(user))
        self._load_ids("attempt", lambda: attempts_run_by(user, at=at))
        self._load_ids("incident", lambda: incidents_run_by(user, at=at).prefetch_related(None))
        self._load_sources()

    def _refs(self, *names: str) -> set[str]:
        return {ref for name in names for ref in self._named[name]}

    def _candidates(self, ref: str, name: str) -> list[UUID]:
        """Return the ids that a reference may mean: itself, or what that event created."""
        named = _uuid(ref)
        if named is None:
            return []
        return [named, created_id(organisation=self.organisation, client_id=named, name=name)]

    def _ids_named(self, *names: str) -> set[UUID]:
        return {
            key for name in names for ref in self._refs(name) for key in self._candidates(ref, name)
        }

    def _load_corridors(self, user: User) -> None:
        if self._refs("corridor"):
            for key, slug in corridors_run_by(user).values_list("pk", "slug"):
                self._corridors |= {slug: key}
                self._ids["corridor"].add(key)

    def _load_convoys(self, user: User) -> None:
        convoys, checkpoints = named_by(
            user,
            convoys=(self._refs(*CONVOYS), self._ids_named(*CONVOYS)),
            checkpoints=(self._refs("checkpoint"), self._ids_named("checkpoint")),
        )
        for point in checkpoints:
            self._checkpoints[point.corridor_id, point.code] = point.id
            self._ids["checkpoint"].add(point.id)
        for convoy in convoys:
            self._convoys[convoy.code] = convoy.id
            self._corridor_of[convoy.id] = convoy.corridor_id
        self._ids["convoy"] |= set(self._corridor_of)
        self._ids["other_convoy"] = self._ids["convoy"]
        if codes := self._refs("vehicle"):
            self._load_vehicles(codes)

    def _load_vehicles(self, codes: set[str]) -> None:
        rows = vehicles_named(
            self.organisation,
            ids=self._ids_named("vehicle"),
            codes=codes,
            convoys=self._corridor_of,
        )
        for key, code, convoy_id in rows:
            self._vehicles[convoy_id, code] = key
            self._ids["vehicle"].add(key)
        if missing := {code for _, code in self._vehicles_not_found()}:
            self._load_vehicles_that_left(missing)

    def _vehicles_not_found(self) -> set[tuple[UUID | None, str]]:
        """Return the vehicles that are named by convoy and code and stand in no such convoy."""
        named = {
            (self._convoys.get(item.convoy or ""), item.vehicle)
            for item in self._items
            if item.vehicle and _uuid(item.vehicle) is None
        }
        return {(convoy, code) for convoy, code in named if (convoy, code) not in self._vehicles}

    def _load_vehicles_that_left(self, codes: set[str]) -> None:
        # A late entry may name a vehicle by its code in the convoy that it has left since.
        added = LogEvent.objects.filter(
            organisation=self.organisation,
            kind="vehicle.added",
            convoy__in=list(self._corridor_of),
            data__code__in=list(codes),
        )
        for convoy_id, code, key in added.values_list("convoy_id", "data__code", "vehicle_id"):
            self._vehicles.setdefault((convoy_id, code), key)

    def _load_ids(self, name: str, rows: Callable[[], QuerySet[Any]]) -> None:
        if named := self._ids_named(name):
            self._ids[name] |= set(rows().filter(pk__in=named).values_list("pk", flat=True))

    def _load_sources(self) -> None:
        if not self._refs("source"):
            return
        rows = list(sources_for(self.organisation))
        names = Counter(source.name for source in rows)
        for source in rows:
            self._sources |= {str(source): source.pk, str(source.pk): source.pk}
            if names[source.name] == 1:
                self._sources[source.name] = source.pk
        self._ambiguous = {name for name, count in names.items() if count > 1}

    def expect(self, item: EventItem, *, name: str, key: UUID, subjects: dict[str, UUID]) -> None:
        """Note what an event will create, so that later events of the submission may name it."""
        self._ids[name].add(key)
        code = item.data.get("code")
        if not isinstance(code, str):
            return
        if name == "vehicle" and "convoy" in subjects:
            self._vehicles.setdefault((subjects["convoy"], code), key)
        elif name in CONVOYS:
            self._convoys.setdefault(code, key)
            if "corridor" in subjects:
                self._corridor_of[key] = subjects["corridor"]

    def corridor_of(self, convoy_id: UUID | None) -> UUID | None:
        """Return the corridor of a convoy of this submission."""
        return self._corridor_of.get(convoy_id) if convoy_id else None

    def source(self, ref: str) -> UUID | Finding:
        """Return the source of this id or name, or why there is none."""
        if ref in self._sources:
            return self._sources[ref]
        return Finding("source_ambiguous" if ref in self._ambiguous else "source_unknown", "source")

    def subject(self, name: str, ref: str, found: dict[str, UUID]) -> UUID | Finding:
        """Return the subject of this reference, or why there is none.

        `found` are the subjects already known: a code of a checkpoint or vehicle means nothing
        without its corridor or convoy.
        """
        for key in self._candidates(ref, name):
            if key in self._ids[name]:
                return key
        convoy_id = found.get("convoy")
        key_by_code = None
        if name == "corridor":
            key_by_code = self._corridors.get(ref)
        elif name in CONVOYS:
            key_by_code = self._convoys.get(ref)
        elif name == "vehicle" and convoy_id:
            key_by_code = self._vehicles.get((convoy_id, ref))
        elif name == "checkpoint":
            return self._checkpoint(ref, found)
        return key_by_code or Finding("subject_unknown", name, {"subject": name})

    def _checkpoint(self, code: str, found: dict[str, UUID]) -> UUID | Finding:
        corridor_id = found.get("corridor") or self.corridor_of(found.get("convoy"))
        if corridor_id is None:
            return Finding("corridor_missing", "corridor", {"checkpoint": code})
        unknown = Finding("subject_unknown", "checkpoint", {"subject": "checkpoint"})
        return self._checkpoints.get((corridor_id, code), unknown)


def subjects_of(
    item: EventItem, kind: Kind, *, directory: Directory
) -> tuple[dict[str, UUID], list[Finding]]:
    """Return the subjects of an event by name, and what of it could not be found.

    What the event creates gets an id that follows from its own. A corridor that only says on which
    road a checkpoint lies is no subject of the event; one that the kind needs is taken from the
    convoy when it is left out.
    """
    found: dict[str, UUID] = {}
    findings: list[Finding] = []
    for name in ORDER:
        ref = getattr(item, name)
        if ref is None or name == kind.creates:
            continue
        meant = directory.subject(name, ref, found)
        if isinstance(meant, Finding):
            findings.append(meant)
        else:
            found[name] = meant
    accepted = _accepted(kind)
    if item.checkpoint and "corridor" not in accepted:
        found.pop("corridor", None)
    corridor_id = directory.corridor_of(found.get("convoy"))
    if corridor_id and "corridor" in kind.needs:
        found.setdefault("corridor", corridor_id)
    if kind.creates:
        key = created_id(organisation=directory.organisation, client_id=item.id, name=kind.creates)
        directory.expect(item, name=kind.creates, key=key, subjects=found)
        found[kind.creates] = key
    return found, findings
