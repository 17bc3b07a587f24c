"""The paths on which events come in, for `bench ingest`: ours beside plain SQL and plain DRF."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from tracker.checkpoints.models import Checkpoint
from tracker.corridors.models import Corridor, Place, Route
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.operations import NewRow
from tracker.management.bench_database import empty
from tracker.management.bench_rounds import Way
from tracker.organisations.models import Organisation, Role, User
from tracker.organisations.operations import SCOPES, make_key

CONVOYS = 5
COLUMNS = NewRow.__struct_fields__
_INTO = f"INSERT INTO tracker_logevent ({', '.join(COLUMNS)}) VALUES "  # noqa: S608  # own names
_ROW = f"({', '.join(['%s'] * len(COLUMNS))})"
_ONCE = " ON CONFLICT DO NOTHING"
# What a field team tells of a convoy, one line of a day after the other.
_DAY = (
    ("contact.made", {"data": {"note": "all well"}}),
    ("convoy.arrived_at", {"checkpoint": "CP1"}),
    ("convoy.held", {"checkpoint": "CP1", "reason": "documents are checked"}),
    ("convoy.cleared", {"checkpoint": "CP1"}),
    ("people.counted", {"vehicle": "V1", "data": {"people": 41}}),
    ("contact.made", {"data": {"vehicles_seen": 3}}),
)


class WrongError(Exception):
    """A path did not do what it was measured for."""


class Field:
    """An organisation with a corridor, a key, and convoys that report."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  # ids of a benchmark are no secret
        self.at = timezone.now() - timedelta(hours=20)
        self.server = WSGIHandler()
        self.user = _crew()
        self.rows: list[dict[str, Any]] = []
        _, self.key = make_key(user=self.user, scopes=SCOPES, at=timezone.now(), expires_at=None)

    def begin(self, size: int) -> None:
        """Empty the log, plan anew, log a first batch, and keep its rows for the other paths."""
        empty()
        self.plan()
        self.log(self.day(size), expected="created")
        newest = LogEvent.objects.filter(device_id="phone-1").order_by("-ordered_at", "id")
        self.rows = list(newest.exclude(convoy=None).values(*COLUMNS)[:size])

    def uuid(self) -> UUID:
        """Return an id that no run has used before it."""
        return UUID(int=self.random.getrandbits(128), version=4)

    def post(self, path: str, body: bytes, *, expected: int) -> Any:
        """Call an address through the whole server but its socket; raises WrongError."""
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_AUTHORIZATION": f"Bearer {self.key}",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
        }
        told: list[str] = []
        server: Any = self.server
        answer = server(environ, lambda status, _headers: told.append(status))
        content = b"".join(answer)
        answer.close()
        if not told[0].startswith(str(expected)):
            raise WrongError(f"{path} answered {told[0]}: {content[:300]!r}")
        return json.loads(content)

    def event(self, kind: str, **more: Any) -> dict[str, Any]:
        """Return the next event, two seconds after the one before."""
        self.at += timedelta(seconds=2)
        return {"id": str(self.uuid()), "kind": kind, "occurred_at": self.at.isoformat(), **more}

    def plan(self) -> None:
        """Plan the convoys, three vehicles each, and let them depart."""
        self.at = timezone.now() - timedelta(hours=20)
        events = []
        for number in range(CONVOYS):
            code = f"C{number}"
            events.append(self.event("convoy.planned", corridor="bench", data={"code": code}))
            events += [
                self.event("vehicle.added", convoy=code, data={"code": f"V{place}", "seats": 50})
                for place in range(1, 4)
            ]
            events.append(self.event("convoy.departed", convoy=code))
        body = json.dumps({"events": events}).encode()
        self.send(body, expected="created")

    def day(self, size: int) -> list[dict[str, Any]]:
        """Return so many events, in turn about each convoy, as they happen."""
        return [
            self.event(
                _DAY[number % len(_DAY)][0],
                seq=number,
                convoy=f"C{number // len(_DAY) % CONVOYS}",
                **_DAY[number % len(_DAY)][1],
            )
            for number in range(size)
        ]

    def log(self, events: Sequence[dict[str, Any]], *, expected: str) -> None:
        """Post a batch; raises WrongError unless every event comes to what is expected."""
        body = {"device_id": "phone-1", "now": timezone.now().isoformat(), "events": events}
        self.send(json.dumps(body).encode(), expected=expected)

    def send(self, body: bytes, *, expected: str) -> None:
        """Post the bytes of a batch."""
        results = self.post("/api/v1/events/batch", body, expected=200)["results"]
        outcomes = {result["outcome"] for result in results}
        if outcomes != {expected}:
            raise WrongError(f"expected {expected}: {outcomes}, {results[0]}")


def _crew() -> User:
    organisation = Organisation.objects.create(name="Bench", short_name="Bench")
    start, end = (Place.objects.create(name=n, country="UA", lat=47, lon=35) for n in ("A", "B"))
    corridor = Corridor.objects.create(
        slug="bench", operator=organisation, origin=start, destination=end
    )
    Route.objects.create(corridor=corridor, name="by road", length_km=290)
    for number, km in enumerate((190.0, 230.0, 250.0), 1):
        Checkpoint.objects.create(corridor=corridor, code=f"CP{number}", name=f"P{number}", km=km)
    return User.objects.create_user(
        username="bench", role=Role.DISPATCHER, organisation=organisation
    )


def _values(row: dict[str, Any]) -> list[Any]:
    return [Jsonb(row[name]) if name == "data" else row[name] for name in COLUMNS]


def _fresh(field: Field, size: int) -> list[list[Any]]:
    """Return the rows of the first batch again, under new ids."""
    new = ({**row, "id": field.uuid(), "client_id": field.uuid()} for row in field.rows[:size])
    return [_values(row) for row in new]


def _raw() -> Any:
    connection.ensure_connection()
    return connection.connection


def insert_many(field: Field, size: int) -> Callable[[], None]:
    """Return one INSERT of as many rows, with all values written out beforehand."""
    values = [value for row in _fresh(field, size) for value in row]
    statement = (_INTO + ", ".join([_ROW] * size) + _ONCE).encode()

    def work() -> None:
        with transaction.atomic(), psycopg.Cursor(_raw()) as cursor:
            cursor.execute(statement, values)
            if cursor.rowcount != size:
                raise WrongError(f"{cursor.rowcount} of {size} rows were inserted")

    return work


def insert_one(field: Field, size: int) -> Callable[[], None]:
    """Return INSERTs of one row each, each committed by itself."""
    fresh = _fresh(field, size)
    statement = (_INTO + _ROW + _ONCE).encode()

    def work() -> None:
        for row in fresh:
            with psycopg.Cursor(_raw()) as cursor:
                cursor.execute(statement, row)

    return work


def copy_many(field: Field, size: int) -> Callable[[], None]:
    """Return a COPY of as many rows; it cannot tell a repeat."""
    fresh = _fresh(field, size)
    statement = f"COPY tracker_logevent ({', '.join(COLUMNS)}) FROM STDIN".encode()

    def work() -> None:
        with (
            transaction.atomic(),
            psycopg.Cursor(_raw()) as cursor,
            cursor.copy(statement) as copy,
        ):
            for row in fresh:
                copy.write_row(row)

    return work


def plain_posts(field: Field, size: int) -> Callable[[], None]:
    """Return posts to the plain view, one event each."""
    left_out = {"id", "organisation_id", "by_id"}
    bodies = []
    for row in field.rows[:size]:
        shown = {name.removesuffix("_id"): row[name] for name in COLUMNS if name not in left_out}
        shown |= {"device_id": row["device_id"], "client_id": field.uuid()}
        shown |= {"organisation": row["organisation_id"], "by": row["by_id"]}
        said = {name: value for name, value in shown.items() if value not in (None, "")}
        bodies.append(json.dumps(said, default=_text))

    def work() -> None:
        for body in bodies:
            field.post("/plain/", body.encode(), expected=201)

    return work


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def our_batch(field: Field, size: int) -> Callable[[], None]:
    """Return the post of a batch to the API, everything on."""
    body = {"device_id": "phone-1", "now": timezone.now().isoformat(), "events": field.day(size)}
    content = json.dumps(body).encode()
    return lambda: field.send(content, expected="created")


def our_posts(field: Field, size: int) -> Callable[[], None]:
    """Return posts to the API, one event each, everything on."""
    bodies = [json.dumps(event).encode() for event in field.day(size)]

    def work() -> None:
        for body in bodies:
            field.post("/api/v1/events", body, expected=201)

    return work


def batch_ways(field: Field, size: int) -> dict[str, Way]:
    """Return the ways to store a batch; the first is the reference."""
    return {
        "multi-row INSERT": Way(partial(insert_many, field, size), size),
        "COPY, which cannot tell repeats": Way(partial(copy_many, field, size), size),
        "ours, everything on": Way(partial(our_batch, field, size), size),
    }


def single_ways(field: Field, size: int) -> dict[str, Way]:
    """Return the ways to store events one at a time; the first is the reference."""
    return {
        "raw INSERT": Way(partial(insert_one, field, size), size),
        "plain ModelViewSet": Way(partial(plain_posts, field, size), size),
        "ours, everything on": Way(partial(our_posts, field, size), size),
    }


def our_ways(field: Field, size: int) -> dict[str, Way]:
    """Return our ways alone."""
    return {
        "multi-row INSERT": Way(partial(insert_many, field, size), size),
        "ours, a batch": Way(partial(our_batch, field, size), size),
        "ours, one at a time": Way(partial(our_posts, field, min(size, 40)), min(size, 40)),
    }


def check_replay(field: Field, size: int) -> None:
    """Post a batch twice; raises WrongError unless the second adds nothing."""
    events = field.day(size)
    field.log(events, expected="created")
    before = LogEvent.objects.count()
    field.log(events, expected="duplicate")
    if LogEvent.objects.count() != before:
        raise WrongError("a replayed batch added rows")
