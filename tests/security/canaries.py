"""A world in which every text that somebody typed is a token of its own, and who may read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from tests.cast import Cast, make_cast
from tests.factories import Road, make_road
from tests.security.equipment import equip
from tests.security.world import OTHER, OWN, SHARED, Part, World, keys_of, sessions_of
from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import ConvoyShare
from tracker.corridors.models import Corridor, Place, Route
from tracker.organisations.models import Organisation, User
from tracker.provenance.models import Party, Source

PUBLIC, PARTNER, OUTSIDER, STAFF = "public", "partner", "outsider", "staff"
EVERYBODY = frozenset({PUBLIC, PARTNER, OUTSIDER, STAFF})
OURS = frozenset({STAFF})
WITH_PARTNER = frozenset({STAFF, PARTNER})
THEIRS = frozenset({OUTSIDER})
# For a coordinator or dispatcher alone: what befell people.
NOBODY = frozenset[str]()
_TOKEN = re.compile(r"QZ[0-9A-F]{10}(?:[0-9A-F]{4})?")


@dataclass
class Tokens:
    """Every token by what it stands for, and the audiences that may read it."""

    labels: dict[str, str] = field(default_factory=dict)
    readers: dict[str, frozenset[str]] = field(default_factory=dict)

    def new(self, label: str, readers: frozenset[str], *, length: int = 16) -> str:
        """Return a new token; 12 characters where a code has no room for 16."""
        token = ("QZ" + uuid4().hex.upper())[:length]
        self.labels[token], self.readers[label] = label, readers
        return token

    def in_text(self, text: str) -> set[str]:
        """Return the labels of the tokens that a text holds, whatever their case."""
        found = _TOKEN.findall(text.upper())
        return {self.labels[each] for each in found if each in self.labels}

    def for_reader(self, reader: str) -> set[str]:
        """Return the labels that this audience may read."""
        return {label for label, readers in self.readers.items() if reader in readers}

    def forbidden(self, text: str, reader: str) -> set[str]:
        """Return the labels in a text that this audience may not read."""
        return self.in_text(text) - self.for_reader(reader)


def _name_people(cast: Cast, tokens: Tokens) -> None:
    for role, user in cast.everyone().items():
        readers = {"partner": frozenset({PARTNER}), "outsider": THEIRS}.get(role, OURS)
        User.objects.filter(pk=user.pk).update(
            first_name=tokens.new(f"first name of the {role}", readers),
            last_name=tokens.new(f"last name of the {role}", readers),
            email=f"{tokens.new(f'mail address of the {role}', readers)}@example.org",
        )
        user.refresh_from_db()


def _name_road(road: Road, tokens: Tokens, of: str, readers: frozenset[str]) -> None:
    """Give places, checkpoints and the route of a road names that nobody else may read."""
    for name in ("origin", "destination"):
        # Places are one gazetteer for the people of every operator; a name tells of no road.
        label = tokens.new(f"{name} of {of}", OURS | THEIRS)
        place = Place.objects.create(name=label, country="UA")
        Corridor.objects.filter(pk=road.corridor.pk).update(**{name: place})
    for each in (road.tokmak, road.vasylivka, road.kamianske):
        token = tokens.new(f"checkpoint {each.code} of {of}", readers)
        Checkpoint.objects.filter(pk=each.pk).update(name=token)
    Route.objects.filter(pk=road.route.pk).update(
        name=tokens.new(f"route of {of}", readers),
        length_note=tokens.new(f"length note of {of}", readers),
    )
    road.corridor.refresh_from_db()


def _source(part: Part, tokens: Tokens, of: str, readers: frozenset[str]) -> Source:
    return Source.objects.create(
        name=tokens.new(f"name of the source of {of}", readers),
        detail=tokens.new(f"office of the source of {of}", readers),
        party=Party.LOCAL,
        organisation=part.organisation,
    )


@contextmanager
def _as_said_by(part: Part, source: Source) -> Iterator[None]:
    """Let a part name this source instead of its own for a moment."""
    road = part.road
    part.road = Road(
        road.corridor, road.route, road.tokmak, road.vasylivka, road.kamianske, road.russia, source
    )
    yield
    part.road = road


@dataclass
class Teller:
    """Tell everything of one part, each text a token with these readers."""

    part: Part
    tokens: Tokens
    of: str
    readers: frozenset[str]

    def t(self, label: str, readers: frozenset[str] | None = None) -> str:
        """Return a token for one text."""
        return self.tokens.new(f"{label} of {self.of}", readers or self.readers)

    def convoy(self, *, count_readers: frozenset[str]) -> None:
        """Tell a journey up to a hold."""
        part, t = self.part, self.t
        part.go("convoy.planned", 0, {"code": part.code}, corridor=part.road.corridor.pk)
        for place, vehicle in enumerate(part.vehicles, start=1):
            data = {"code": t(f"code of vehicle {place}"), "seats": 50, "place_in_column": place}
            part.go("vehicle.added", 0, data, vehicle=vehicle)
        boarded = {"people": 97, "place": t("place of boarding", count_readers), "note": t("n1")}
        part.go("people.boarded", 5, boarded)
        part.go("convoy.departed", 10, {"note": t("note on leaving")}, reason=t("why it left"))
        tokmak, vasylivka = part.road.tokmak.pk, part.road.vasylivka.pk
        part.go("convoy.diverted", 20, {"by_way_of": t("way round"), "note": t("note on way")})
        part.go("convoy.arrived_at", 60, {"note": t("note on reaching")}, checkpoint=tokmak)
        part.go("convoy.cleared", 70, {"note": t("note on passing")}, checkpoint=tokmak)
        part.go("contact.made", 80, {"note": t("note on contact")})
        part.go("medical.emergency", 85, {"note": t("note on emergency"), "people": 1})
        part.go("note", 90, {"note": t("note")})
        part.go(
            "vehicle.broke_down", 95, {"note": t("note on breakdown")}, vehicle=part.vehicles[0]
        )
        counted = {"people": 93, "place": t("place of count", count_readers), "note": t("n2")}
        part.go("people.counted", 110, counted)
        detained = {"people": 2, "place": t("place of arrest", NOBODY), "note": t("n3", NOBODY)}
        part.go("people.detained", 112, detained, reason=t("why detained", NOBODY))
        part.go("convoy.held", 120, {"note": t("note on hold")}, checkpoint=vasylivka,
                reason=t("why held"))  # fmt: skip

    def road(self, *, is_public: bool, word: str) -> None:
        """Tell what is said of the road: statement, point, attempt, incident with a claim."""
        part, t = self.part, self.t
        corridor = part.road.corridor.pk
        public = {"is_public": is_public}
        link = {"source_title": t(f"title of {word} statement"),
                "source_url": f"https://example.org/{t(f'link of {word} statement')}"}  # fmt: skip
        stated = {"says": t(f"{word} statement"), "claims": "UNKNOWN", **public, **link}
        stated["relayed_by"] = t(f"relayer of {word} statement")
        point = {"item": "AID" if is_public else "TIME", "party": "PARTY_A", "position": "AGREED"}
        claim = {"stance": "CLAIMS", "says": t(f"{word} claim"), **public}
        attempt, incident = uuid4(), uuid4()
        alleged = {"alleged": t(f"{word} incident"), "place_text": t(f"place of {word} incident")}
        day = {"day": part.start.date().isoformat()}
        failed = {"outcome": "FAILED", "reason": t(f"why {word} attempt failed"), **public}
        with _as_said_by(
            part, _source(part, self.tokens, f"{word} words of {self.of}", self.readers)
        ):
            part.tell("corridor.stated", 2, stated, corridor=corridor, is_sourced=True)
            part.tell("agreement.stated", 3, {**point, "note": t(f"{word} point"), **public},
                      corridor=corridor)  # fmt: skip
            part.tell("attempt.planned", 4, {**day, **public}, attempt=attempt, corridor=corridor)
            part.tell("attempt.ended", 5, failed, attempt=attempt)
            part.tell("incident.reported", 6, {**alleged, **public}, incident=incident,
                      corridor=corridor)  # fmt: skip
            part.tell("incident.claimed", 7, claim, incident=incident, is_sourced=True)
        self._about(incident, word)

    def _about(self, incident: UUID, word: str) -> None:
        """Say of an incident what is never public, whoever may read of it."""
        inside = OURS if OUTSIDER not in self.readers or self.readers == EVERYBODY else THEIRS
        t = self.t
        claim = {"stance": "DENIES", "says": t(f"secret claim on {word} incident", inside)}
        self.part.tell("incident.claimed", 8, claim, incident=incident, is_sourced=True)
        note = {"verification": "DISPUTED", "note": t(f"reviewer's note on {word}", inside)}
        self.part.tell("incident.verified", 9, note, incident=incident)

    def inside(self) -> None:
        """Tell what no outsider may read of a road: reasons, reports, remarks on attempts."""
        part, t = self.part, self.t
        corridor, tokmak = part.road.corridor.pk, part.road.tokmak.pk
        hours = {"opens_at": part.start.isoformat(),
                 "closes_at": (part.start + timedelta(hours=9)).isoformat()}  # fmt: skip
        part.tell("window.announced", 1, hours, corridor=corridor, window=part.window,
                  reason=t("why the window"))  # fmt: skip
        report = {"status": "OPEN", "says": t("report on a checkpoint"), "vehicles": t("vehicles"),
                  "source_title": t("title of a report")}  # fmt: skip
        part.tell("checkpoint.reported", 2, report, checkpoint=tokmak)
        planned = {"day": part.start.date().isoformat(), "announced_by": t("who announced"),
                   "counted_by": t("who counted"), "note": t("note on the plan")}  # fmt: skip
        part.tell("attempt.planned", 3, planned, corridor=corridor, attempt=part.attempt)
        part.tell("corridor.restricted", 4, {"note": t("note on the act")}, corridor=corridor,
                  reason=t("why restricted"))  # fmt: skip


@dataclass(frozen=True)
class CanaryWorld:
    """The world, its tokens, and the hidden road of our own."""

    world: World
    tokens: Tokens
    hidden: Part


def _organise(tokens: Tokens, cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.other_organisation.pk).update(
        name=tokens.new("name of another operator", THEIRS | OURS),
        short_name=tokens.new("short name of another operator", THEIRS | OURS),
    )
    cast.other_organisation.refresh_from_db()


def make_canaries() -> CanaryWorld:
    """Create the world in the database: two convoys on our road, one hidden road, one of others."""
    tokens, cast = Tokens(), make_cast()
    _name_people(cast, tokens)
    _organise(tokens, cast)
    start = (timezone.now() - timedelta(hours=5)).replace(second=0, microsecond=0)
    slug = {of: tokens.new(f"slug of {of}", readers).lower()
            for of, readers in (("the hidden road", OURS), ("their road", THEIRS))}  # fmt: skip
    open_road = make_road(operator=cast.organisation)
    hidden = make_road(operator=cast.organisation, slug=slug["the hidden road"])
    theirs = make_road(operator=cast.other_organisation, slug=slug["their road"])
    Corridor.objects.exclude(pk=open_road.corridor.pk).update(is_public=False)
    _name_road(hidden, tokens, "the hidden road", OURS)
    _name_road(theirs, tokens, "their road", THEIRS)
    codes = {of: tokens.new(f"code of {of}", readers, length=12)
             for of, readers in (("M1", OURS), ("S1", WITH_PARTNER), ("O1", THEIRS),
                                 ("H1", OURS))}  # fmt: skip
    ours, others = cast.organisation, cast.other_organisation
    parts = {
        OWN: Part(ours, cast.coordinator, open_road, codes["M1"], start),
        SHARED: Part(ours, cast.coordinator, open_road, codes["S1"], start),
        OTHER: Part(others, cast.outsider, theirs, codes["O1"], start),
    }
    veiled = Part(ours, cast.coordinator, hidden, codes["H1"], start)
    _tell_all(tokens, parts, veiled)
    ConvoyShare.objects.create(
        convoy_id=parts[SHARED].convoy, organisation=cast.partner_organisation,
        shares_position=True, shares_counts=True,
    )  # fmt: skip
    return CanaryWorld(World(cast, parts, sessions_of(cast), keys_of(cast)), tokens, veiled)


def _tell_all(tokens: Tokens, parts: dict[str, Part], veiled: Part) -> None:
    tellers: dict[str, tuple[Part, frozenset[str]]] = {
        "M1": (parts[OWN], OURS),
        "S1": (parts[SHARED], OURS),
        "O1": (parts[OTHER], THEIRS),
        "H1": (veiled, OURS),
    }
    for of, (part, readers) in tellers.items():
        teller = Teller(part, tokens, of, readers)
        teller.convoy(count_readers=WITH_PARTNER if of == "S1" else readers)
        teller.inside()
        teller.road(is_public=False, word="secret")
        equip(part)
    Teller(parts[OWN], tokens, "the open road", EVERYBODY).road(is_public=True, word="public")


def every_text(answers: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Return each answer's address with its headers and body as one text."""
    for answer in answers:
        headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
        body = answer.content.decode("utf-8", "replace")
        yield answer.request["PATH_INFO"], f"{headers}\n{body}"
