"""Whatever a phone sends, or somebody who pretends to be one, is answered and costs no other."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.factories import Road
from tests.web.phones import Phone
from tests.web.test_phone_send import plan
from tracker.devices.models import RawMessage
from tracker.fieldlog.models import LogEvent

NOW = "2026-01-31T12:00:00Z"
GOOD = {"v": 1, "kind": "contact.made", "at": NOW, "n": 1}

# Bodies of a batch as they come over the wire.
BODIES: list[bytes] = [
    b" ",
    b"null",
    b"[]",
    b"1",
    b'"text"',
    b"{}",
    b"{",
    b"\xff\xfe",
    b"\x00" * 100,
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"1" * 5_000,
    b'{"now":"' + NOW.encode() + b'"}',
    b'{"now":"' + NOW.encode() + b'","entries":{}}',
    b'{"now":"' + NOW.encode() + b'","entries":[]}',
    b'{"now":"' + NOW.encode() + b'","entries":"x"}',
    json.dumps({"now": NOW, "entries": [{}] * 101}).encode(),
    json.dumps({"now": None, "entries": [{}]}).encode(),
    json.dumps({"now": "soon", "entries": [{}]}).encode(),
    json.dumps({"now": "2026-01-31T12:00:00", "entries": [{}]}).encode(),
    json.dumps({"now": "0001-01-01T00:00:00Z", "entries": [{}]}).encode(),
    json.dumps({"now": "9999-12-31T23:59:59Z", "entries": [{}]}).encode(),
    json.dumps({"now": NOW, "x": "\ud800", "entries": [{}]}).encode(),
    b'{"now":"' + NOW.encode() + b'","x":NaN,"entries":[{}]}',
    b'{"now":"' + NOW.encode() + b'","x":"\\u0000","entries":[{}]}',
    b'{"now":"' + NOW.encode() + b'","now":"' + NOW.encode() + b'","entries":[{}]}',
]
# Entries of a batch, each between two good ones.
ENTRIES: list[Any] = [
    None,
    1,
    "text",
    [],
    {},
    {"id": None, "sealed": None},
    {"id": 1, "sealed": 2},
    {"id": "no uuid", "sealed": "AAAA"},
    {"id": "\ud800", "sealed": "AAAA"},
    {"id": "\x00", "sealed": "\x00"},
    {"id": "x" * 5000, "sealed": "x" * 5000},
    {"id": str(uuid4()), "sealed": ""},
    {"id": str(uuid4()), "sealed": "ä"},
    {"id": str(uuid4()), "sealed": "\ud800"},
    {"id": str(uuid4()), "sealed": "A" * 3000},
    {"id": str(uuid4()), "sealed": "AQ" + "A" * 200, "age_ms": "NaN"},
]
# What stands within an envelope that opens.
PLAIN: list[bytes] = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b"\xff",
    b"[" * 100_000,
    b"9" * 5_000,
    *(
        json.dumps(GOOD | odd).encode()
        for odd in (
            {"v": 2},
            {"kind": 5},
            {"kind": ""},
            {"kind": "x" * 41},
            {"kind": "corridor.confirmed"},
            {"kind": "convoy.planned"},
            {"kind": "correction"},
            {"at": "later"},
            {"at": "2026-01-31T12:00:00"},
            {"at": "0001-01-01T00:00:00Z"},
            {"at": "9999-12-31T23:59:59Z"},
            {"at": "1900-01-01T00:00:00Z"},
            {"n": -1},
            {"n": 10**30},
            {"convoy": "M1"},
            {"convoy": str(uuid4())},
            {"checkpoint": str(uuid4())},
            {"vehicle": str(uuid4())},
            {"part": "middle"},
            {"people": -1},
            {"people": "ten"},
            {"people": 10**9},
            {"kind": "people.counted", "people_low": 9, "people_high": 3},
            {"kind": "people.counted", "people_low": 9},
            {"note": "x" * 4001},
            {"note": "\x00"},
            {"note": "\ud800"},
            {"context": "x" * 801},
            {"next": "yes"},
            {"kind": "note"},
            {"kind": "vehicle.broke_down"},
        )
    ),
]


@pytest.fixture
def phone(cast: Cast, road: Road) -> Phone:
    plan(cast, road)
    return Phone().sign_in(cast.monitor)


def logged() -> int:
    return LogEvent.objects.filter(via="phone").count()


def test_no_body_is_more_than_refused(phone: Phone) -> None:
    answers = [
        phone.browser.post(
            reverse("phone_send"),
            body,
            content_type="application/json",
            headers={"X-CSRFToken": phone.started["csrf"]},
        )
        for body in BODIES
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert all(answer.json()["problem"] == "bad_request" for answer in answers)
    assert logged() == 0


def test_no_entry_stops_another(phone: Phone) -> None:
    for number, odd in enumerate(ENTRIES, start=1):
        sound = [phone.entry("contact.made"), phone.entry("contact.made")]

        results = phone.results(sound[0], odd, sound[1])

        assert [each["outcome"] for each in results] == ["received", "unreadable", "received"], odd
        assert logged() == 2 * number


def test_nothing_within_an_envelope_stops_another(phone: Phone) -> None:
    for number, plain in enumerate(PLAIN, start=1):
        good, odd = phone.entry("contact.made"), phone.seal(plain)

        results = phone.results(odd, good)

        assert results[1]["outcome"] == "received", plain[:80]
        assert results[0]["outcome"] in {"unreadable", "needs_you"}, plain[:80]
        assert results[0]["problems"], plain[:80]
        assert logged() == number
        assert RawMessage.objects.filter(message_id=odd["id"]).exists()
    assert phone.start().status_code == 200


def test_each_answer_names_the_entry_it_is_about(phone: Phone) -> None:
    entries = [phone.entry("contact.made"), {"id": "x"}, phone.entry("people.counted")]

    results = phone.results(*entries)

    assert [each["id"] for each in results] == [each["id"] for each in entries]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("", 415)],
)
def test_only_json_is_read(phone: Phone, content_type: str, status: int) -> None:
    answer = phone.browser.post(
        reverse("phone_send"),
        "{}",
        content_type=content_type or "x",
        headers={"X-CSRFToken": phone.started["csrf"]},
    )

    assert answer.status_code == status


def test_more_than_a_megabyte_is_refused_before_it_is_read(phone: Phone) -> None:
    answer = phone.post("phone_send", {"now": NOW, "entries": ["x" * 1_000_000]})

    assert (answer.status_code, answer.json()["problem"]) == (413, "too_large")
