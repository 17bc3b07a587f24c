"""OsmAnd, Traccar Client and GPSLogger: what each app sends, and what it is answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast
from tests.factories import Road
from tests.gateways.senders import (
    SENT_AT,
    Tracker,
    body_of,
    get,
    make_convoy,
    make_tracker,
    post,
    report_for,
)
from tracker.devices.models import RawMessage
from tracker.devices.operations import revoke_device
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent, Via
from tracker.positions.models import PositionFix

pytestmark = pytest.mark.usefixtures("exercise")

FORM = "application/x-www-form-urlencoded"
State = RawMessage.State


@pytest.fixture
def tracker(cast: Cast) -> Tracker:
    return make_tracker(cast)


def _address(tracker: Tracker, query: str = "") -> str:
    return f"/in/osmand/{tracker.token}" + (f"?{query}" if query else "")


def _fix(tracker: Tracker) -> PositionFix:
    return PositionFix.objects.get(device=tracker.device)


# Traccar Client before version 9, and the sample line of the protocol.
OLD_CLIENT = (
    "id=bus07&lat=46.7585&lon=36.7868&timestamp=1648805400&speed=22.7&bearing=310&accuracy=9"
    "&batt=61"
)
# Traccar Client from version 9 on.
NEW_CLIENT = (
    b'{"location":{"timestamp":"2022-04-01T09:30:12.862Z","coords":{"latitude":46.7585,'
    b'"longitude":36.7868,"accuracy":5,"speed":11.5,"heading":310,"altitude":45},'
    b'"is_moving":true,"odometer":1234.5,"event":"motionchange","battery":{"level":0.61,'
    b'"is_charging":false},"activity":{"type":"in_vehicle"},"extras":{},"_":"&id=48241179"},'
    b'"device_id":"48241179"}'
)


def test_the_old_traccar_client_is_read_in_knots_and_answered_by_nothing(tracker: Tracker) -> None:
    answer = post(_address(tracker, OLD_CLIENT), b"", content_type=FORM)

    fix, raw = _fix(tracker), tracker.raw()
    assert (answer.status_code, answer.content) == (200, b"")
    assert fix.fixed_at == SENT_AT
    assert (fix.lat, fix.lon, fix.accuracy_m, fix.battery_pct) == (46.7585, 36.7868, 9, 61)
    assert fix.speed_m_s == pytest.approx(11.678, abs=0.001)
    assert fix.course_deg == 310
    assert (raw.state, raw.reason) == (State.TAKEN, "")
    assert body_of(raw) == OLD_CLIENT.encode()
    assert raw.sha256 == sha256(OLD_CLIENT.encode()).hexdigest()


def test_the_new_traccar_client_is_read_in_metres_a_second(tracker: Tracker) -> None:
    answer = post(_address(tracker), NEW_CLIENT, content_type="application/json; charset=UTF-8")

    fix, raw = _fix(tracker), tracker.raw()
    assert (answer.status_code, answer.content) == (200, b"")
    assert fix.fixed_at == datetime(2022, 4, 1, 9, 30, 12, 862000, tzinfo=UTC)
    assert (fix.speed_m_s, fix.course_deg, fix.altitude_m) == (11.5, 310, 45)
    assert fix.battery_pct == 61
    assert fix.flags == []
    assert raw.understood["event"] == "motionchange"
    assert body_of(raw) == NEW_CLIENT


def test_what_the_new_client_does_not_know_stays_unknown(tracker: Tracker) -> None:
    body = (
        b'{"location":{"timestamp":"2022-04-01T09:30:12Z","coords":{"latitude":46.7,'
        b'"longitude":36.7,"speed":-1,"heading":-1},"battery":{"level":-1}},"device_id":"1"}'
    )

    post(_address(tracker), body)

    fix = _fix(tracker)
    assert (fix.speed_m_s, fix.course_deg, fix.battery_pct) == (None, None, None)
    assert (fix.accuracy_m, fix.altitude_m) == (None, None)


def test_a_faked_position_is_flagged_as_such(tracker: Tracker) -> None:
    body = NEW_CLIENT.replace(b'"is_moving"', b'"mock":true,"is_moving"')

    post(_address(tracker), body)

    assert "MOCK" in _fix(tracker).flags


def test_the_string_for_gpslogger_is_read_in_metres_a_second(tracker: Tracker) -> None:
    query = (
        "id=ad23f0&lat=46.7585&lon=36.7868&timestamp=1648805400&altitude=45.2&accuracy=12.0"
        "&bearing=310.5&speed_ms=11.5&batt=61&hdop=1.1"
    )

    answer = get(_address(tracker, query))

    fix = _fix(tracker)
    assert (answer.status_code, answer.content) == (200, b"")
    assert (fix.speed_m_s, fix.altitude_m, fix.accuracy_m) == (11.5, 45.2, 12)
    assert tracker.raw().understood == {"id": "ad23f0", "hdop": "1.1"}


def test_the_string_for_osmand_is_read_as_that_app_means_it(tracker: Tracker) -> None:
    query = (
        "lat=46.7585&lon=36.7868&timestamp=1648805400123&altitude=45.0&speed_ms=11.5"
        "&bearing=310.0&accuracy=4.0"
    )

    get(_address(tracker, query))

    fix = _fix(tracker)
    assert fix.fixed_at == SENT_AT + timedelta(milliseconds=123)
    assert (fix.speed_m_s, fix.accuracy_m) == (11.5, 4)


@pytest.mark.parametrize(
    "timestamp",
    [
        "1648805400",
        "1648805400000",
        "2022-04-01T09:30:00Z",
        "2022-04-01T12:30:00+03:00",
        "2022-04-01T12:30:00%2B03:00",
        "2022-04-01T09:30:00.000Z",
        "2022-04-01%2009:30:00",
        "2022-04-01 09:30:00",
    ],
)
def test_each_way_of_writing_the_time_is_the_same_moment(tracker: Tracker, timestamp: str) -> None:
    answer = post(
        _address(tracker), f"location=46.7585,36.7868&timestamp={timestamp}", content_type=FORM
    )

    assert answer.status_code == 200
    assert _fix(tracker).fixed_at == SENT_AT


def test_a_repeat_is_kept_and_is_one_fix(tracker: Tracker) -> None:
    for _turn in range(3):
        assert get(_address(tracker, OLD_CLIENT)).status_code == 200

    assert PositionFix.objects.count() == 1
    assert [raw.state for raw in tracker.raws()] == [State.TAKEN, State.REPEAT, State.REPEAT]


def test_what_was_held_back_for_days_is_taken_in_any_order(tracker: Tracker) -> None:
    now = int(field_now().timestamp())
    ages = [0, 6 * 86400, 3600, 7 * 86400 - 600, 60]

    for age in ages:
        query = f"lat=46.7&lon=36.7&timestamp={now - age}"
        assert get(_address(tracker, query)).status_code == 200

    stored = {int(fix.fixed_at.timestamp()) for fix in PositionFix.objects.all()}
    assert stored == {now - age for age in ages}
    assert {raw.state for raw in tracker.raws()} == {State.TAKEN}


POISON = {
    "null island": "lat=0&lon=0&timestamp=1648805400",
    "beyond the pole": "lat=91&lon=36&timestamp=1648805400",
    "beyond the date line": "lat=46&lon=-181&timestamp=1648805400",
    "not a number": "lat=NaN&lon=36&timestamp=1648805400",
    "infinite": "lat=46&lon=inf&timestamp=1648805400",
    "no number at all": "lat=here&lon=there&timestamp=1648805400",
    "half a position": "lat=46&timestamp=1648805400",
    "no time": "lat=46&lon=36",
    "a time of words": "lat=46&lon=36&timestamp=soon",
    "a time before time": "lat=46&lon=36&timestamp=-99999999999999999999",
    "a time after time": "lat=46&lon=36&timestamp=99999999999999999999",
    "tomorrow": "lat=46&lon=36&timestamp=2022-04-02T09:30:00Z",
    "last year": "lat=46&lon=36&timestamp=2021-04-02T09:30:00Z",
    "something else": "hello=world",
    "too many fields": "&".join(f"f{number}=1" for number in range(500)),
}


@pytest.mark.parametrize("kind", POISON)
def test_poison_is_kept_and_answered_so_that_the_queue_moves_on(
    tracker: Tracker, kind: str
) -> None:
    answer = get(_address(tracker, POISON[kind]))

    raw = tracker.raw()
    assert (answer.status_code, answer.content) == (200, b"")
    assert raw.state == State.QUARANTINED
    assert raw.reason
    assert raw.sha256 == sha256(POISON[kind].encode()).hexdigest()
    assert PositionFix.objects.count() == 0


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("id=1&batt=20&cell=255,1,12,3456", "no_position"),
        ("id=1&lat=46.7&lon=36.7&timestamp=1648805400&valid=false", "called_invalid"),
    ],
)
def test_what_is_no_position_is_kept_and_set_aside(tracker: Tracker, query: str, why: str) -> None:
    answer = get(_address(tracker, query))

    raw = tracker.raw()
    assert answer.status_code == 200
    assert (raw.state, raw.reason) == (State.IGNORED, why)


def test_the_address_for_push_messages_is_not_noted(tracker: Tracker) -> None:
    get(_address(tracker, "id=1&notificationToken=secret-of-the-app"))

    assert "secret-of-the-app" not in str(tracker.raw().understood)


def test_an_unknown_or_revoked_token_is_refused_and_nothing_is_kept(
    tracker: Tracker, cast: Cast
) -> None:
    revoke_device(device=tracker.device, at=tracker.device.created_at)

    by_query = get(_address(tracker, OLD_CLIENT))
    by_json = post("/in/osmand/no-such-token", NEW_CLIENT)

    assert (by_query.status_code, by_query.content) == (400, b"")
    assert (by_json.status_code, by_json.content) == (404, b"")
    assert RawMessage.objects.count() == 0


def test_looking_at_the_address_stores_nothing(tracker: Tracker, client: Client) -> None:
    answers = [client.get(_address(tracker)), client.head(_address(tracker, OLD_CLIENT))]

    assert {answer.status_code for answer in answers} == {200}
    assert RawMessage.objects.count() == 0


@pytest.mark.parametrize("is_json", [True, False])
@pytest.mark.parametrize("place", ["good", "none", "poison"])
def test_a_call_for_help_enters_the_log_whatever_its_position(
    tracker: Tracker, cast: Cast, road: Road, is_json: bool, place: str
) -> None:
    now = field_now()
    convoy = make_convoy(cast, road, at=now)
    report_for(tracker.device, convoy, since=now - timedelta(hours=2))

    answer = _call(tracker, now, is_json=is_json, place=place)

    call = LogEvent.objects.get(kind="sos")
    assert answer.status_code == 200
    assert (call.convoy_id, call.via, call.device_id) == (
        convoy.pk,
        Via.TRACKER,
        tracker.device.code,
    )
    assert call.vehicle_id is not None
    assert call.occurred_at == now.replace(microsecond=0)


def _call(tracker: Tracker, at: datetime, *, is_json: bool, place: str) -> Any:
    lat, lon = ("here", "there") if place == "poison" else (46.75, 36.78)
    if is_json:
        location: dict[str, Any] = {"timestamp": f"{at:%Y-%m-%dT%H:%M:%SZ}", "alarm": "sos"}
        if place != "none":
            location["coords"] = {"latitude": lat, "longitude": lon}
        return post(_address(tracker), {"location": location, "device_id": "1"})
    query = f"timestamp={int(at.timestamp())}&alarm=sos"
    return get(_address(tracker, query + ("" if place == "none" else f"&lat={lat}&lon={lon}")))


def test_a_call_of_a_device_that_belongs_nowhere_waits_for_a_person(tracker: Tracker) -> None:
    answer = get(_address(tracker, OLD_CLIENT + "&alarm=sos"))

    raw = tracker.raw()
    assert answer.status_code == 200
    assert (raw.state, raw.reason) == (State.QUARANTINED, "sos_unassigned")
    assert LogEvent.objects.count() == 0
    assert _fix(tracker).fixed_at == SENT_AT


def test_a_button_that_is_held_is_one_entry_a_minute(
    tracker: Tracker, cast: Cast, road: Road
) -> None:
    now = field_now().replace(second=0, microsecond=0) - timedelta(minutes=10)
    report_for(tracker.device, make_convoy(cast, road, at=now), since=now - timedelta(hours=2))

    for seconds in (0, 10, 20, 20, 70):
        _call(tracker, now + timedelta(seconds=seconds), is_json=False, place="good")

    calls = LogEvent.objects.filter(kind="sos").order_by("occurred_at")
    assert [call.occurred_at - now for call in calls] == [
        timedelta(0),
        timedelta(seconds=70),
    ]
