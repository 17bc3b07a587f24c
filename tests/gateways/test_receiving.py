"""Whatever comes to a door: bounded, kept as it came, never a 500, and no token in any log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection
from django.test import Client

from tests.cast import Cast
from tests.gateways.senders import Tracker, body_of, get, make_channel, make_tracker, post
from tracker.devices.models import Channel, RawMessage
from tracker.positions.models import PositionFix

pytestmark = pytest.mark.usefixtures("exercise")

State = RawMessage.State
DOORS = ("osmand", "owntracks", "traccar", "inreach")
GOOD = "lat=46.7585&lon=36.7868&timestamp=1648805400"


@pytest.fixture
def addresses(cast: Cast) -> dict[str, str]:
    """Return the address of each door with a token that it knows."""
    tracker = make_tracker(cast).token
    return {
        "osmand": f"/in/osmand/{tracker}",
        "owntracks": f"/in/owntracks/{tracker}",
        "traccar": f"/in/traccar/{make_channel(cast, Channel.Kind.TRACCAR)[1]}",
        "inreach": f"/in/inreach/{make_channel(cast, Channel.Kind.INREACH)[1]}",
    }


def _nested(inner: str, depth: int) -> bytes:
    return (inner * depth).encode()


def _hostile() -> list[bytes]:
    """Return bodies that no honest app sends."""
    words: list[Any] = [
        *("", "x", "\u0000", "\ud800", "' OR 1=1 --", "<script>", "{{7*7}}", "\u202e", "é" * 9000),
        *(0, -1, 10**400, 1.5e308, -0.0, True, None, [], {}, [[]], {"a": {}}, [None] * 500),
    ]
    in_places = [
        json.dumps(shape(word)).encode()
        for word in words
        for shape in (
            lambda word: {"_type": word, "lat": word, "lon": word, "tst": word},
            lambda word: {"location": {"coords": {"latitude": word}, "timestamp": word}},
            lambda word: {"position": {"attributes": word}, "device": {"uniqueId": word}},
            lambda word: {"Version": word, "Events": [{"imei": word, "messageCode": word}]},
        )
    ]
    return [
        *in_places,
        *(b"\x00", b"\xff\xfe\x00", b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"\xef\xbb\xbf{}", b"[]"),
        *(b"{", b"null", b"1", b'"x"', b"NaN", b"{}", b'{"a":1,"a":2}', b"%00%ff%", b"=&=&="),
        *(b"lat=%00&lon=%FF&timestamp=%ED%A0%80", b"id=1&lat=1e999&lon=-1e999&timestamp=1e999"),
        _nested("[", 60_000),
        _nested('{"a":', 20_000),
        b'{"Events":[' + b"{}," * 20_000 + b"{}]}",
        b'{"location":' + b"9" * 100_000 + b"}",
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bbbb'>]><a>&b;</a>",
        b"a=" + b"%41" * 60_000,
        b"&".join(b"k%d=v" % number for number in range(20_000)),
    ]


@pytest.mark.parametrize("door", DOORS)
def test_hostile_bodies_are_kept_and_answered_as_delivered(
    addresses: dict[str, str], door: str
) -> None:
    bodies = _hostile()

    answers = [post(addresses[door], body).status_code for body in bodies]

    assert len(bodies) > 60
    assert set(answers) == {200}
    kept = {raw.sha256: raw for raw in RawMessage.objects.all()}
    assert kept.keys() == {sha256(body).hexdigest() for body in bodies}
    assert not [raw for raw in kept.values() if raw.state in {State.NEW, State.TAKEN}]
    assert PositionFix.objects.count() == 0
    assert all(sha256(body_of(raw)).hexdigest() == raw.sha256 for raw in kept.values())


@pytest.mark.parametrize("door", DOORS)
def test_a_body_that_is_too_large_is_refused_unread(addresses: dict[str, str], door: str) -> None:
    answer = post(addresses[door], b"x" * 4_300_000)

    assert answer.status_code == 413
    assert RawMessage.objects.count() == 0


def test_a_query_that_is_too_long_is_refused(addresses: dict[str, str]) -> None:
    assert get(addresses["osmand"] + "?a=" + "x" * 17_000).status_code == 413


def test_a_body_of_unknown_length_does_not_pass_for_an_empty_one(
    addresses: dict[str, str],
) -> None:
    client = Client()

    answer = client.generic(
        "POST", addresses["owntracks"], b"", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH=""
    )

    assert answer.status_code == 411


@pytest.mark.parametrize("door", DOORS)
def test_no_answer_may_be_stored_or_sets_a_cookie(addresses: dict[str, str], door: str) -> None:
    answers = [post(addresses[door], b"{}"), post(addresses[door] + "x", b"{}")]

    assert all("no-store" in answer["Cache-Control"] for answer in answers)
    assert not any(answer.cookies for answer in answers)


@contextmanager
def _failing(error: type[Exception], *, at: str) -> Iterator[None]:
    """Let the database refuse each statement that names this table or column."""

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if at in sql:
            raise error("refused")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


def test_a_database_that_fails_makes_the_app_keep_its_queue(addresses: dict[str, str]) -> None:
    for table in ("tracker_device", "tracker_rawmessage", "tracker_positionfix"):
        with _failing(OperationalError, at=f'"{table}"'):
            answer = get(f"{addresses['osmand']}?{GOOD}")

        assert (answer.status_code, answer.content) == (503, b"")


def test_what_cannot_be_stored_for_any_other_reason_is_kept_for_a_person(
    cast: Cast,
) -> None:
    tracker = make_tracker(cast)

    with _failing(DataError, at='INTO "tracker_positionfix"'):
        answer = get(f"/in/osmand/{tracker.token}?{GOOD}")

    assert answer.status_code == 200
    assert (tracker.raw().state, tracker.raw().reason) == (State.QUARANTINED, "not_processed")
    assert body_of(tracker.raw()) == GOOD.encode()


def _written(caplog: pytest.LogCaptureFixture) -> str:
    """Return all that was logged, with tracebacks, as the console writes it."""
    console = logging.getLogger().handlers
    formatter = logging.Formatter("%(levelname)s %(name)s %(message)s")
    assert console
    return "\n".join(formatter.format(record) for record in caplog.records)


def test_no_token_reaches_a_log_line(
    cast: Cast, addresses: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tracker: Tracker = make_tracker(cast)
    wrong = "f" * 39 + "0"

    with _failing(OperationalError, at="tracker_rawmessage"):
        get(f"/in/osmand/{tracker.token}?{GOOD}")
    with _failing(OperationalError, at="tracker_exercise"):
        get(f"/in/osmand/{tracker.token}?{GOOD}")
    get(f"/in/osmand/{wrong}?{GOOD}")
    get(f"/in/osmand/{tracker.token}/further")
    get(f"/in/nothing/{tracker.token}")
    post(f"/in/traccar/{tracker.token}", b"x" * 4_300_000)
    Client().put(f"/in/owntracks/{tracker.token}")

    lines = _written(caplog)
    assert lines.count("[token]") >= 6
    assert "Service Unavailable: /in/osmand/[token]" in lines
    assert tracker.token not in lines
    assert wrong not in lines
