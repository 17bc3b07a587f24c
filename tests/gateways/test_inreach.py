"""Events of Garmin's inReach service, versions 2 to 4, with the calls for help among them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.alerts.scenes import expand_all
from tests.cast import Cast
from tests.factories import Road
from tests.gateways.senders import (
    SENT_AT,
    Tracker,
    body_of,
    make_channel,
    make_convoy,
    make_tracker,
    post,
    report_for,
)
from tracker.alerts.models import Alert
from tracker.convoys.models import Convoy
from tracker.devices.models import Channel, RawMessage
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent, Via
from tracker.positions.models import PositionFix

pytestmark = pytest.mark.usefixtures("exercise")

State = RawMessage.State
IMEI = "100000000000001"
SECRET = "a static token of the portal"
MS = 1648805400000
# The example of Garmin's guide, at the time and place of these tests.
TEXT = (
    b'{"Version":"2.0","Events":[{"imei":"100000000000001","messageCode":3,"freeText":'
    b'"On my way.","timeStamp":1648805400000,"pingbackReceived":null,"pingbackResponded":null,'
    b'"addresses":[{"address":"2075752244"}],"point":{"latitude":46.7585,"longitude":36.7868,'
    b'"altitude":45,"gpsFix":2,"course":45,"speed":50},"status":{"autonomous":0,"lowBattery":1,'
    b'"intervalChange":0,"resetDetected":0}}]}'
)


@pytest.fixture
def channel(cast: Cast) -> tuple[Channel, str]:
    return make_channel(cast, Channel.Kind.INREACH, secret=SECRET)


@pytest.fixture
def tracker(cast: Cast, channel: tuple[Channel, str]) -> Tracker:
    return make_tracker(cast, channel=channel[0], external_id=IMEI)


@pytest.fixture
def convoy(cast: Cast, road: Road, tracker: Tracker) -> Convoy:
    convoy = make_convoy(cast, road, at=field_now())
    report_for(tracker.device, convoy, since=SENT_AT - timedelta(hours=1))
    return convoy


def _event(code: int, **more: Any) -> dict[str, Any]:
    event = json.loads(TEXT)["Events"][0]
    return {**event, "messageCode": code, "freeText": "", **more}


def _batch(*events: Any, version: str = "3.0") -> dict[str, Any]:
    return {"Version": version, "Events": list(events)}


def _send(channel: tuple[Channel, str], body: Any, *, secret: str = SECRET) -> Any:
    return post(f"/in/inreach/{channel[1]}", body, HTTP_X_OUTBOUND_AUTH_TOKEN=secret)


def test_a_text_is_for_a_person_to_read_and_its_place_is_a_fix(
    channel: tuple[Channel, str], tracker: Tracker
) -> None:
    answer = _send(channel, TEXT)

    fix, raw = PositionFix.objects.get(), tracker.raw()
    assert (answer.status_code, answer.content) == (200, b"")
    assert (raw.state, raw.reason) == (State.QUARANTINED, "free_text")
    assert raw.understood["text"] == "On my way."
    assert raw.understood["low_battery"] is True
    assert raw.understood["speed_read_as"] == "km/h"
    assert "2075752244" not in str(raw.understood)
    assert (fix.fixed_at, fix.altitude_m, fix.course_deg) == (SENT_AT, 45, 45)
    assert fix.speed_m_s == pytest.approx(13.889, abs=0.001)
    assert body_of(raw) == TEXT


@pytest.mark.parametrize(("code", "kind"), [(4, "sos"), (6, "sos"), (7, "note")])
def test_the_codes_of_a_call_for_help_enter_the_log(
    channel: tuple[Channel, str], tracker: Tracker, convoy: Convoy, code: int, kind: str
) -> None:
    body = _batch(_event(code, freeText="Two wounded."))

    answers = [_send(channel, body).status_code for _turn in range(2)]

    call = LogEvent.objects.get(device_id=tracker.device.code)
    assert answers == [200, 200]
    assert (call.kind, call.convoy, call.via) == (kind, convoy, Via.TRACKER)
    assert call.occurred_at == SENT_AT
    assert "Two wounded." in call.data["note"]
    assert tracker.raw().state == State.TAKEN


def test_a_declared_sos_alerts_staff_and_its_cancelling_ends_nothing(
    channel: tuple[Channel, str], tracker: Tracker, convoy: Convoy
) -> None:
    _send(channel, _batch(_event(4), _event(7, timeStamp=MS + 20_000)))
    expand_all(at=field_now(), now=RawMessage.objects.get().received_at)

    assert Alert.objects.filter(kind="emergency", convoy=convoy, state="OPEN").count() == 1


@pytest.mark.parametrize("code", [4, 6, 7])
def test_a_call_that_belongs_nowhere_waits_for_a_person_before_all_else(
    channel: tuple[Channel, str], tracker: Tracker, code: int
) -> None:
    _send(channel, _batch(_event(3, freeText="Hello."), _event(0), _event(code)))

    assert (tracker.raw().state, tracker.raw().reason) == (State.QUARANTINED, "sos_unassigned")


def test_a_call_without_a_time_or_place_is_a_call(
    channel: tuple[Channel, str], tracker: Tracker, convoy: Convoy
) -> None:
    event = _event(4, point=None)
    del event["timeStamp"]

    _send(channel, _batch(event))

    assert LogEvent.objects.filter(kind="sos", convoy=convoy).count() == 1


def test_a_call_from_a_clock_that_is_ahead_is_heard_at_once(
    channel: tuple[Channel, str], tracker: Tracker, convoy: Convoy
) -> None:
    _send(channel, _batch(_event(4, timeStamp=MS + 86_400_000)))

    call = LogEvent.objects.get(kind="sos")
    assert call.occurred_at <= field_now()
    assert not call.time_disputed


def test_a_point_that_somebody_chose_on_the_map_is_no_fix(
    channel: tuple[Channel, str], tracker: Tracker
) -> None:
    _send(channel, _batch(_event(8)))

    assert PositionFix.objects.count() == 0
    assert (tracker.raw().state, tracker.raw().reason) == (State.IGNORED, "no_position")


def test_a_point_without_a_gps_fix_is_no_fix(
    channel: tuple[Channel, str], tracker: Tracker
) -> None:
    point = {"latitude": 0, "longitude": 0, "altitude": 0, "gpsFix": 0, "course": 0, "speed": 0}

    _send(channel, _batch(_event(11, point=point)))

    assert (tracker.raw().state, tracker.raw().reason) == (State.IGNORED, "no_position")


@pytest.mark.parametrize("code", [0, 2, 10, 11, 12, 14, 17, 21, 24, 63, 65, 68, 3099, 9999])
def test_known_and_unknown_codes_are_kept_with_their_place(
    channel: tuple[Channel, str], tracker: Tracker, code: int
) -> None:
    event = _event(code, transportMode="Satellite", somethingNew={"a": [1]})

    answer = _send(channel, _batch(event, version="4.0"))

    assert answer.status_code == 200
    assert tracker.raw().understood["code"] == code
    assert PositionFix.objects.count() == 1


def test_a_binary_event_of_version_2_has_no_time_and_waits_for_a_person(
    channel: tuple[Channel, str], tracker: Tracker
) -> None:
    event = _event(66, payload="AAEC")
    del event["timeStamp"], event["freeText"]

    _send(channel, _batch(event, version="2.0"))

    assert (tracker.raw().state, tracker.raw().reason) == (State.QUARANTINED, "time_missing")


def test_media_of_version_4_is_kept_raw_and_understood_by_its_kind(
    channel: tuple[Channel, str], tracker: Tracker
) -> None:
    media = {"mediaId": "1", "mediaType": "image/avif", "mediaBytes": "QUJD" * 400_000}

    answer = _send(channel, _batch(_event(68, **media), version="4.0"))

    raw = tracker.raw()
    assert answer.status_code == 200
    assert raw.understood["media"] == "image/avif"
    assert len(str(raw.understood)) < 1000
    assert len(body_of(raw)) > 1_600_000


def test_one_name_of_several_is_enough(channel: tuple[Channel, str], tracker: Tracker) -> None:
    _send(channel, _batch(_event(0, imei=f"300000000000009, {IMEI}")))

    assert PositionFix.objects.get().device == tracker.device


def test_events_of_several_devices_go_each_to_their_own(
    cast: Cast, channel: tuple[Channel, str], tracker: Tracker
) -> None:
    other = make_tracker(cast, channel=channel[0], external_id="200000000000002")

    _send(channel, _batch(_event(0), _event(0, imei="200000000000002"), _event(0, imei="3")))

    assert {fix.device for fix in PositionFix.objects.all()} == {tracker.device, other.device}
    assert len(RawMessage.objects.get().understood["parts"]) == 3


def test_one_poisoned_event_stops_no_other(channel: tuple[Channel, str], tracker: Tracker) -> None:
    poisoned = [None, [], "x", 17, _event(0, timeStamp="soon"), _event(0, point={"latitude": []})]

    _send(channel, _batch(*poisoned, _event(0)))

    assert PositionFix.objects.count() == 1
    assert RawMessage.objects.get().state == State.QUARANTINED


def test_a_wrong_or_missing_token_in_the_header_is_refused(
    channel: tuple[Channel, str], tracker: Tracker
) -> None:
    answers = [
        _send(channel, TEXT, secret="wrong"),
        _send(channel, TEXT, secret="\u0444"),
        post(f"/in/inreach/{channel[1]}", TEXT),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert RawMessage.objects.count() == 0
