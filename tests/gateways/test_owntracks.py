"""OwnTracks over HTTP, plain and encrypted: every message is delivered with `[]`."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

import pytest
from nacl.secret import SecretBox

from tests.cast import Cast
from tests.gateways.senders import SENT_AT, Tracker, body_of, make_tracker, post
from tracker.devices.models import RawMessage
from tracker.positions.models import PositionFix

pytestmark = pytest.mark.usefixtures("exercise")

State = RawMessage.State
SECRET = "s3kr1t pass"
# As the Android app writes it.
LOCATION = (
    b'{"_type":"location","BSSID":"c0:ee:fb:00:00:00","SSID":"","_id":"c2f1a0b3","acc":13,'
    b'"alt":154,"batt":61,"bs":1,"cog":310,"conn":"m","created_at":1648805407,"lat":46.7585,'
    b'"lon":36.7868,"m":1,"t":"u","tid":"b7","topic":"owntracks/bus07/phone","tst":1648805400,'
    b'"vac":3,"vel":42}'
)
OTHERS: dict[str, dict[str, Any]] = {
    "transition": {
        "_type": "transition",
        "wtst": 1648800000,
        "lat": 46.7,
        "lon": 36.7,
        "tst": 1648805400,
        "acc": 10,
        "tid": "b7",
        "event": "leave",
        "desc": "Depot",
        "t": "c",
    },
    "waypoints": {"_type": "waypoints", "waypoints": []},
    "status": {"_type": "status", "android": {"hib": 0}},
    "lwt": {"_type": "lwt", "tst": 1648805400},
    "card": {"_type": "card", "name": "Bus 7", "tid": "b7"},
    "cmd": {"_type": "cmd", "action": "dump"},
}


@pytest.fixture
def tracker(cast: Cast) -> Tracker:
    return make_tracker(cast, secret=SECRET)


def _send(tracker: Tracker, body: bytes, **more: Any) -> Any:
    return post(f"/in/owntracks/{tracker.token}", body, **more)


def _encrypted(plain: bytes, *, secret: str = SECRET) -> bytes:
    box = SecretBox(secret.encode().ljust(32, b"\0"))
    data = base64.b64encode(bytes(box.encrypt(plain))).decode()
    return json.dumps({"_type": "encrypted", "data": data}).encode()


def test_a_location_is_read_in_its_own_units_and_answered_by_an_empty_list(
    tracker: Tracker,
) -> None:
    answer = _send(tracker, LOCATION, HTTP_X_LIMIT_U="bus07", HTTP_X_LIMIT_D="phone")

    fix, raw = PositionFix.objects.get(), tracker.raw()
    assert (answer.status_code, answer.content) == (200, b"[]")
    assert answer["Content-Type"] == "application/json"
    assert fix.fixed_at == SENT_AT
    assert fix.speed_m_s == pytest.approx(11.667, abs=0.001)
    assert (fix.accuracy_m, fix.altitude_m, fix.course_deg, fix.battery_pct) == (13, 154, 310, 61)
    assert (raw.state, body_of(raw)) == (State.TAKEN, LOCATION)
    assert raw.sha256 == sha256(LOCATION).hexdigest()


def test_a_speed_that_is_left_out_is_unknown_and_not_zero(tracker: Tracker) -> None:
    _send(tracker, LOCATION.replace(b',"vel":42', b""))

    assert PositionFix.objects.get().speed_m_s is None


def test_an_encrypted_location_opens_with_the_secret_of_the_device(tracker: Tracker) -> None:
    sent = _encrypted(LOCATION)

    answer = _send(tracker, sent)

    assert (answer.status_code, answer.content) == (200, b"[]")
    assert PositionFix.objects.get().fixed_at == SENT_AT
    assert body_of(tracker.raw()) == sent


def test_a_secret_longer_than_a_key_is_cut_as_the_app_cuts_it(cast: Cast) -> None:
    long = "x" * 40
    tracker = make_tracker(cast, secret=long)

    _send(tracker, _encrypted(LOCATION, secret=long[:32]))

    assert PositionFix.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        _encrypted(LOCATION, secret="another"),
        b'{"_type":"encrypted","data":"AAAA"}',
        b'{"_type":"encrypted","data":"\xd1\x84"}',
        b'{"_type":"encrypted","data":17}',
        b'{"_type":"encrypted"}',
        _encrypted(b"no json"),
    ],
    # Named, since what is encrypted is another text each time.
    ids=["another secret", "too short", "no ascii", "a number", "no data", "no json inside"],
)
def test_what_does_not_open_waits_for_a_person_and_counts_as_delivered(
    tracker: Tracker, body: bytes
) -> None:
    answer = _send(tracker, body)

    assert (answer.status_code, answer.content) == (200, b"[]")
    assert tracker.raw().state == State.QUARANTINED
    assert PositionFix.objects.count() == 0


def test_an_encrypted_message_of_a_device_without_a_secret_is_kept(cast: Cast) -> None:
    tracker = make_tracker(cast)

    answer = _send(tracker, _encrypted(LOCATION))

    assert answer.content == b"[]"
    assert tracker.raw().reason == "no_secret"


@pytest.mark.parametrize("kind", OTHERS)
def test_other_kinds_are_understood_and_move_nothing(tracker: Tracker, kind: str) -> None:
    answer = _send(tracker, json.dumps(OTHERS[kind]).encode())

    raw = tracker.raw()
    assert (answer.status_code, answer.content) == (200, b"[]")
    assert (raw.state, raw.reason, raw.understood["kind"]) == (State.IGNORED, "no_position", kind)
    assert PositionFix.objects.count() == 0


def test_an_unknown_kind_does_not_jam_the_queue(tracker: Tracker) -> None:
    answer = _send(tracker, b'{"_type":"from the future","tst":1}')

    assert (answer.status_code, answer.content) == (200, b"[]")
    assert (tracker.raw().state, tracker.raw().reason) == (State.IGNORED, "kind_unknown")


def test_a_body_of_no_length_is_answered_and_not_kept(tracker: Tracker) -> None:
    answer = _send(tracker, b"")

    assert (answer.status_code, answer.content) == (200, b"[]")
    assert RawMessage.objects.count() == 0


def test_poison_counts_as_delivered(tracker: Tracker) -> None:
    answer = _send(tracker, LOCATION.replace(b"46.7585", b"0").replace(b"36.7868", b"0"))

    assert (answer.status_code, answer.content) == (200, b"[]")
    assert tracker.raw().state == State.QUARANTINED


def test_a_name_and_password_that_the_app_sends_do_not_matter(tracker: Tracker) -> None:
    for header in ("Basic YnVzMDc6d3Jvbmc=", "Basic !!!", "Bearer nothing"):
        assert _send(tracker, LOCATION, HTTP_AUTHORIZATION=header).status_code == 200

    assert PositionFix.objects.count() == 1


def test_an_unknown_token_is_refused_so_that_the_app_keeps_its_queue(tracker: Tracker) -> None:
    answer = post("/in/owntracks/no-such-token", LOCATION)

    assert answer.status_code == 404
    assert RawMessage.objects.count() == 0
