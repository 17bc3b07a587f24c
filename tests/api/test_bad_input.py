"""Bad input: every oddity gets a clear answer that says what to do, and nothing is stored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.callers import Caller, caller_for, event
from tests.cast import Cast
from tests.factories import Road, log, new_event
from tracker.corridors.models import Corridor
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent

SLUG = "mariupol-zaporizhzhia"
PLAIN: dict[str, Any] = {
    "id": "6f1c3c5a-0d0e-4f43-9d0a-1b2c3d4e5f60",
    "kind": "corridor.closed",
    "occurred_at": "2022-04-01T08:00:00+03:00",
    "corridor": SLUG,
}


@pytest.fixture
def caller(cast: Cast, road: Road) -> Caller:
    """Return a coordinator, who may log nearly everything."""
    return caller_for(cast.coordinator)


def complaint(answer: Any, *statuses: int) -> str:
    """Say what is wrong with a refusal; "" if it is clear and nothing was stored."""
    text = answer.content.decode()
    if answer.status_code not in statuses:
        return f"{answer.status_code}: {text[:300]}"
    if answer["Content-Type"] != "application/problem+json":
        return f"is {answer['Content-Type']}"
    body = answer.json()
    if body["status"] != answer.status_code or not body["title"] or len(body["detail"]) < 15:
        return f"says too little: {text[:300]}"
    return "stored something" if LogEvent.objects.exists() else ""


def complaints(answers: dict[str, Any], *statuses: int) -> dict[str, str]:
    """Return the complaints about answers by the name of their case: one setup serves them all."""
    found = {name: complaint(answer, *statuses) for name, answer in answers.items()}
    return {name: text for name, text in found.items() if text}


def with_field(**more: Any) -> bytes:
    return json.dumps({**PLAIN, **more}).encode()


def with_raw(field: str, raw: bytes) -> bytes:
    return json.dumps({**PLAIN, field: "@"}).encode().replace(b'"@"', raw)


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "not json": b"hello",
    "cut off": b'{"id": ',
    "two documents": b"{} {}",
    "null": b"null",
    "list": b"[]",
    "number": b"5",
    "empty object": b"{}",
    "utf-16": json.dumps(PLAIN).encode("utf-16"),
    "utf-8 mark": b"\xef\xbb\xbf" + json.dumps(PLAIN).encode(),
    "not utf-8": b'{"id": "\xff\xfe"}',
    "100,000 levels": b'{"id":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "40 levels": with_raw("data", b"[" * 40 + b"]" * 40),
    "40 levels of objects": with_raw("data", b'{"a":' * 40 + b"1" + b"}" * 40),
    "nul in a text": with_field(reason="a\x00b"),
    "nul in a key": with_field(data={"a\x00": 1}),
    "lone surrogate": with_raw("reason", b'"\\ud800"'),
    "lone surrogate in data": with_raw("data", b'{"note": "\\udfff"}'),
    "surrogate as key": with_raw("data", b'{"\\ud800": 1}'),
    "nan": with_raw("seq", b"NaN"),
    "infinity": with_raw("data", b'{"a": Infinity}'),
    "minus infinity": with_raw("data", b'{"a": -Infinity}'),
    "overflowing number": with_raw("data", b'{"a": 1e400}'),
    "5,000 digits": with_raw("seq", b"9" * 5000),
    "20 digits": with_raw("seq", b"9" * 20),
    "key twice": b'{"id": 1, "id": 2}',
    "key twice within": with_raw("data", b'{"note": "a", "note": "b"}'),
    "uuid as number": with_field(id=1),
    "uuid as list": with_field(id=[]),
    "uuid of no form": with_field(id="zz"),
    "uuid of one digit too many": with_field(id=PLAIN["id"] + "0"),
    "unknown kind": with_field(kind="corridor.opened"),
    "kind as number": with_field(kind=5),
    "kind too long": with_field(kind="x" * 5000),
    "empty kind": with_field(kind=""),
    "unknown field": with_field(colour="red"),
    "no zone": with_field(occurred_at="2022-04-01T08:00:00"),
    "no time": with_field(occurred_at="yesterday"),
    "date 9999-99-99": with_field(occurred_at="9999-99-99"),
    "year 9999": with_field(occurred_at="9999-12-31T23:59:59-14:00"),
    "year 1": with_field(occurred_at="0001-01-01T00:00:00+14:00"),
    "zone of no place": with_field(occurred_at="2022-04-01T08:00:00+17:30"),
    "window in a zone of no place": with_field(
        kind="window.announced",
        data={
            "opens_at": "2022-04-01T08:00:00+17:30",
            "closes_at": "2022-04-01T18:00:00+17:30",
        },
    ),
    "window in year 9999": with_field(
        kind="window.announced",
        data={"opens_at": "9999-12-31T08:00:00Z", "closes_at": "9999-12-31T23:59:59-14:00"},
    ),
    "attempt in year 9999": with_field(kind="attempt.planned", data={"day": "9999-12-31"}),
    "time as number": with_field(occurred_at=10**30),
    "recorded without zone": with_field(recorded_at="2022-04-01T08:00:00"),
    "own now without zone": with_field(now="2022-04-01T08:00:00"),
    "own now in year 9999": with_field(now="9999-12-31T23:59:59Z"),
    "device of odd letters": with_field(device_id="phone\u202e7"),
    "device too long": with_field(device_id="x" * 65),
    "unknown corridor": with_field(corridor="nowhere"),
    "corridor as object": with_field(corridor={"slug": SLUG}),
    "empty corridor": with_field(corridor=""),
    "subject with no place": with_field(vehicle="B1"),
    "corridor missing": json.dumps({k: v for k, v in PLAIN.items() if k != "corridor"}).encode(),
    "data as text": with_field(data="text"),
    "data as list": with_field(data=[1]),
    "unknown data": with_field(data={"colour": "red"}),
    "reason too long": with_field(reason="x" * 4001),
    "confirmed as text": with_field(confirmed="yes"),
    "correction of nothing": with_field(kind="correction", corrects=PLAIN["id"], reason="x"),
    "correction without its entry": with_field(kind="correction", reason="x"),
}


def test_an_odd_body_of_one_event_is_refused(caller: Caller) -> None:
    answers = {name: caller.post_bytes("events", body) for name, body in BODIES.items()}

    assert not complaints(answers, 400, 411, 422)


def test_a_body_in_pieces_of_unknown_number_is_refused_and_not_read_as_empty(
    caller: Caller,
) -> None:
    answer = caller.client.generic(
        "POST",
        "/api/v1/events",
        json.dumps(PLAIN),
        content_type="application/json",
        HTTP_TRANSFER_ENCODING="chunked",
        HTTP_AUTHORIZATION=f"Bearer {caller.key}",
        CONTENT_LENGTH="",
    )

    assert not complaint(answer, 411)
    assert "Content-Length" in answer.json()["detail"]


def test_an_odd_event_in_a_batch_is_refused_and_its_neighbour_is_stored(caller: Caller) -> None:
    wrong = {}
    for name, body in BODIES.items():
        neighbour = event("corridor.closed", at=field_now(), corridor=SLUG)
        batch = b'{"events": [' + body + b", " + json.dumps(neighbour).encode() + b"]}"

        answer = caller.post_bytes("events/batch", batch)

        if answer.status_code == 400:
            # What breaks the syntax of the body leaves no events to tell apart.
            continue
        odd, good = answer.json()["results"]
        if (odd["outcome"], good["outcome"]) != ("rejected", "created"):
            wrong[name] = answer.json()
        elif len(odd["problems"][0]["text"]) < 15:
            wrong[name] = odd
    assert not wrong
    assert LogEvent.objects.count() > 40


ENVELOPES: dict[str, bytes] = {
    "no events": b"{}",
    "empty list": b'{"events": []}',
    "events as object": b'{"events": {}}',
    "events as text": b'{"events": "x"}',
    "events null": b'{"events": null}',
    "list without envelope": b"[{}]",
    "501 events": b'{"events": [' + b",".join([b"{}"] * 501) + b"]}",
    "100,000 events": b'{"events": [' + b",".join([b"1"] * 100_000) + b"]}",
    "unknown field": b'{"events": [{}], "colour": 1}',
    "key twice": b'{"events": [{}], "events": [{}]}',
    "nul": b'{"events": [{}], "device_id": "a\\u0000"}',
    "now of no form": b'{"events": [{}], "now": "soon"}',
    "now without zone": b'{"events": [{}], "now": "2022-04-01T08:00:00"}',
    "now as number": b'{"events": [{}], "now": 1e999}',
}


def test_an_odd_batch_is_refused_whole(caller: Caller) -> None:
    answers = {name: caller.post_bytes("events/batch", body) for name, body in ENVELOPES.items()}

    assert not complaints(answers, 400, 422)


CONTENT_TYPES = (
    "application/json; charset=nope",
    "application/json; charset=utf-7",
    "application/json; charset=hex",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "text/plain",
    "application/xml",
    "x",
    ";;;",
)


@pytest.mark.parametrize("path", ["events", "events/batch"])
def test_a_body_of_another_type_is_refused(caller: Caller, path: str) -> None:
    body = json.dumps(PLAIN).encode()

    answers = {each: caller.post_bytes(path, body, each) for each in CONTENT_TYPES}

    assert not complaints(answers, 415)


def test_a_body_of_more_than_a_megabyte_is_refused(caller: Caller) -> None:
    body = json.dumps({"events": [{"x": "y" * 1_100_000}]}).encode()

    answer = caller.post_bytes("events/batch", body)

    assert not complaint(answer, 413)
    assert "1 MB" in answer.json()["detail"]


ADDRESSES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("statements?n=abc", (400,)),
    ("statements?claims=%00", (400,)),
    ("statements?claims=MAYBE", (400,)),
    ("statements?corridor=%00", (400,)),
    ("statements?corridor=" + "x" * 5000, (400,)),
    ("statements?said_since=x", (400,)),
    ("statements?said_since=9999-99-99", (400,)),
    ("statements?said_since=9999-12-31T23:59:59-14:00", (400,)),
    ("statements?said_since=0001-01-01T00:00:00%2B14:00", (400,)),
    ("statements?said_since=0300-01-01T00:00:00%2B17:30", (200,)),
    ("statements?said_since=2022-04-01T08:00:00", (400,)),
    ("statements?said_since=10000-01-01T00:00:00Z", (400,)),
    ("statements?source=zz", (400,)),
    ("statements?source=%00", (400,)),
    ("statements?page=abc", (400,)),
    ("statements?page=-1", (400,)),
    ("statements?page=0", (400,)),
    ("statements?page=" + "9" * 5000, (400,)),
    ("statements?page=999999999", (404,)),
    ("statements?page=%D9%A1", (400,)),
    ("statements?per_page=abc", (400,)),
    ("statements?per_page=0", (400,)),
    ("statements?%00=1", (400,)),
    ("statements?format=zz", (400,)),
    ("attempts?day_since=9999-99-99", (400,)),
    ("attempts?day_since=" + "9" * 5000, (400,)),
    ("corridors?is_public=maybe", (200, 400)),
    ("corridors?slug=%FF", (200, 400)),
    ("corridors?slug=%ED%A0%80", (200, 400)),
    ("convoys?state=FLYING", (400,)),
    ("corridors/nowhere", (404,)),
    ("corridors/nowhere?n=1", (400,)),
    ("corridors/%00", (404,)),
    ("corridors/../events", (404,)),
    ("statements/zz", (404,)),
    ("statements/6f1c3c5a-0d0e-4f43-9d0a-1b2c3d4e5f60", (404,)),
    ("nowhere", (404,)),
    ("", (404,)),
    ("corridors/", (404,)),
)


def test_an_odd_address_is_answered_clearly(caller: Caller) -> None:
    answers = {path: (caller.get(path), statuses) for path, statuses in ADDRESSES}

    wrong = {
        path: complaint(answer, *statuses)
        for path, (answer, statuses) in answers.items()
        if answer.status_code != 200 or 200 not in statuses
    }
    assert not {path: text for path, text in wrong.items() if text}


METHODS = (
    ("POST", "corridors"),
    ("PUT", "events"),
    ("GET", "events"),
    ("DELETE", "corridors"),
    ("PATCH", "events/batch"),
    ("OPTIONS", "corridors"),
    ("TRACE", "corridors"),
    ("BREW", "events"),
    ("POST", "schema"),
)


def test_a_method_that_an_address_does_not_take_is_refused(caller: Caller) -> None:
    answers = {
        f"{method} {path}": caller.client.generic(
            method, f"/api/v1/{path}", b"", HTTP_AUTHORIZATION=f"Bearer {caller.key}"
        )
        for method, path in METHODS
    }

    assert not complaints(answers, 405)
    assert all(answer["Allow"] for answer in answers.values())


def test_whatever_is_accepted_the_answer_is_json(caller: Caller) -> None:
    accepted = ["text/html", "application/xml", "*/*;q=0", "x", "\x00", ""]

    answers = [
        caller.client.get(
            "/api/v1/corridors", HTTP_ACCEPT=accept, HTTP_AUTHORIZATION=f"Bearer {caller.key}"
        )
        for accept in accepted
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert {answer["Content-Type"] for answer in answers} == {"application/json"}


def test_a_query_in_a_strange_character_set_is_refused(caller: Caller) -> None:
    answers = {
        charset: caller.client.get(
            "/api/v1/corridors?slug=%61",
            CONTENT_TYPE=f"text/plain; charset={charset}",
            HTTP_AUTHORIZATION=f"Bearer {caller.key}",
        )
        for charset in ("nope", "utf-7", "iso-8859-1")
    }

    assert not complaints(answers, 415)


def test_a_fault_of_the_server_is_a_problem_too_and_tells_nothing(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # A setting of the wrong type is a fault that no sender can cause.
    monkeypatch.setattr("django.conf.settings.OPEN_STATUS_HOURS", "planted fault")
    log(
        new_event("corridor.closed", corridor=Corridor.objects.get().pk),
        organisation=Corridor.objects.get().operator,
    )

    answer = caller.get("corridors")

    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert "planted" not in answer.content.decode()
    assert "The API failed" in caplog.text
