"""Positions and events that a Traccar server forwards."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
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
from tracker.devices.models import Channel, Device, RawMessage
from tracker.devices.operations import revoke_channel
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent, Via
from tracker.positions.models import PositionFix

pytestmark = pytest.mark.usefixtures("exercise")

State = RawMessage.State
NAME = "123456789012345"
# As version 6 writes it, null members left out.
POSITION = (
    b'{"position":{"id":5001,"attributes":{"batteryLevel":61.0,"distance":12.1,"motion":true},'
    b'"deviceId":17,"protocol":"teltonika","serverTime":"2022-04-01T09:30:03.000+00:00",'
    b'"deviceTime":"2022-04-01T09:30:00.000+00:00","fixTime":"2022-04-01T09:30:00.000+00:00",'
    b'"outdated":false,"valid":true,"latitude":46.7585,"longitude":36.7868,"altitude":45.0,'
    b'"speed":22.7,"course":310.0,"accuracy":0.0},"device":{"id":17,"attributes":{},'
    b'"groupId":0,"calendarId":0,"name":"Bus 7","uniqueId":"123456789012345",'
    b'"status":"online","lastUpdate":"2022-04-01T09:30:03.000+00:00","positionId":5000,'
    b'"phone":"+380501234567","disabled":false}}'
)


@pytest.fixture
def channel(cast: Cast) -> tuple[Channel, str]:
    return make_channel(cast, Channel.Kind.TRACCAR)


@pytest.fixture
def tracker(cast: Cast, channel: tuple[Channel, str]) -> Tracker:
    return make_tracker(cast, channel=channel[0], external_id=NAME)


def _alarm(alarm: str, *, at: str = "2022-04-01T09:30:02.000+00:00", **event: Any) -> bytes:
    event = {
        "id": 9,
        "attributes": {"alarm": alarm},
        "deviceId": 17,
        "type": "alarm",
        "eventTime": at,
        "positionId": 5001,
        "geofenceId": 0,
        **event,
    }
    return json.dumps({"event": event, **json.loads(POSITION)}).encode()


def _send(channel: tuple[Channel, str], body: bytes) -> Any:
    return post(f"/in/traccar/{channel[1]}", body, content_type="application/json; charset=utf-8")


def test_a_position_is_read_in_knots_and_belongs_to_its_device(
    channel: tuple[Channel, str], tracker: Tracker
) -> None:
    answer = _send(channel, POSITION)

    fix, raw = PositionFix.objects.get(), tracker.raw()
    assert (answer.status_code, answer.content) == (200, b"")
    assert (fix.device, fix.fixed_at) == (tracker.device, SENT_AT)
    assert fix.speed_m_s == pytest.approx(11.678, abs=0.001)
    assert (fix.accuracy_m, fix.battery_pct, fix.course_deg) == (None, 61, 310)
    assert (raw.state, body_of(raw)) == (State.TAKEN, POSITION)
    assert raw.sha256 == sha256(POSITION).hexdigest()
    assert Device.objects.get(pk=tracker.device.pk).last_heard_at == raw.received_at


def test_the_telephone_of_a_device_is_not_noted(
    channel: tuple[Channel, str], tracker: Tracker
) -> None:
    _send(channel, POSITION)

    assert "380501234567" not in str(tracker.raw().understood)


def test_times_in_milliseconds_of_older_servers_are_the_same_moment(
    channel: tuple[Channel, str], tracker: Tracker
) -> None:
    body = POSITION.replace(b'"2022-04-01T09:30:00.000+00:00"', b"1648805400000")

    _send(channel, body)

    assert PositionFix.objects.get().fixed_at == SENT_AT


def test_a_repeat_of_the_server_is_kept_once(
    channel: tuple[Channel, str], tracker: Tracker
) -> None:
    answers = [_send(channel, POSITION).status_code for _turn in range(3)]

    assert answers == [200, 200, 200]
    assert (RawMessage.objects.count(), PositionFix.objects.count()) == (1, 1)


def test_a_message_that_was_kept_and_not_read_is_read_when_it_comes_again(
    channel: tuple[Channel, str], tracker: Tracker
) -> None:
    _send(channel, POSITION)
    PositionFix.objects.all().delete()
    RawMessage.objects.update(state=State.NEW)

    _send(channel, POSITION)

    assert PositionFix.objects.count() == 1
    assert RawMessage.objects.get().state == State.TAKEN


def test_a_device_that_is_not_registered_is_set_aside_by_its_name(
    channel: tuple[Channel, str],
) -> None:
    answer = _send(channel, POSITION)

    raw = RawMessage.objects.get()
    assert answer.status_code == 200
    assert (raw.state, raw.reason) == (State.IGNORED, "device_unknown")
    assert raw.understood["device"] == NAME


def test_a_device_of_another_channel_is_not_taken_for_this_one(
    cast: Cast, channel: tuple[Channel, str]
) -> None:
    other, _token = make_channel(cast, Channel.Kind.TRACCAR)
    make_tracker(cast, channel=other, external_id=NAME)

    _send(channel, POSITION)

    assert PositionFix.objects.count() == 0


def test_an_sos_enters_the_log_once_and_staff_is_alerted(
    cast: Cast, road: Road, channel: tuple[Channel, str], tracker: Tracker
) -> None:
    now = field_now()
    convoy = make_convoy(cast, road, at=now)
    report_for(tracker.device, convoy, since=SENT_AT - timedelta(hours=1))
    with_alarm = POSITION.replace(b'"batteryLevel"', b'"alarm":"sos,lowBattery","batteryLevel"')

    for body in (_alarm("sos"), with_alarm, _alarm("sos")):
        assert _send(channel, body).status_code == 200
    expand_all(at=field_now(), now=RawMessage.objects.latest("received_at").received_at)

    call = LogEvent.objects.get(kind="sos")
    assert (call.convoy, call.via) == (convoy, Via.TRACKER)
    assert Alert.objects.filter(kind="emergency", convoy=convoy).count() == 1


def test_an_sos_of_a_device_without_a_convoy_waits_for_a_person(
    channel: tuple[Channel, str], tracker: Tracker
) -> None:
    _send(channel, _alarm("sos"))

    assert (tracker.raw().state, tracker.raw().reason) == (State.QUARANTINED, "sos_unassigned")


def test_an_sos_of_a_device_nobody_registered_waits_for_a_person(
    channel: tuple[Channel, str],
) -> None:
    _send(channel, _alarm("sos"))

    raw = RawMessage.objects.get()
    assert (raw.state, raw.reason) == (State.QUARANTINED, "sos_device_unknown")


@pytest.mark.parametrize(
    "body",
    [
        _alarm("powerCut"),
        _alarm("jamming"),
        _alarm("", type="deviceOnline", attributes={}),
        _alarm("", type="geofenceExit", geofenceId=3),
    ],
)
def test_other_events_are_understood_and_log_nothing(
    channel: tuple[Channel, str], tracker: Tracker, body: bytes
) -> None:
    answer = _send(channel, body)

    assert answer.status_code == 200
    assert tracker.raw().state == State.TAKEN
    assert tracker.raw().understood["event"] in {"alarm", "deviceOnline", "geofenceExit"}
    assert LogEvent.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [(b'"valid":true', b'"valid":false'), (b'"outdated":false', b'"outdated":true')],
)
def test_a_position_that_the_server_itself_doubts_is_set_aside(
    channel: tuple[Channel, str], tracker: Tracker, change: tuple[bytes, bytes]
) -> None:
    _send(channel, POSITION.replace(*change))

    assert (tracker.raw().state, tracker.raw().reason) == (State.IGNORED, "called_invalid")


def test_poison_is_kept_and_acknowledged(channel: tuple[Channel, str], tracker: Tracker) -> None:
    for lat in (b"0", b"1e400", b'"x"', b"null", b"[]", b"991"):
        body = POSITION.replace(b"46.7585", lat).replace(b"36.7868", b"0")
        assert _send(channel, body).status_code == 200

    assert {raw.state for raw in tracker.raws()} == {State.QUARANTINED}
    assert len(tracker.raws()) == 6


def test_a_channel_out_of_use_or_of_another_kind_is_refused(
    cast: Cast, channel: tuple[Channel, str]
) -> None:
    _other, of_garmin = make_channel(cast, Channel.Kind.INREACH)
    revoke_channel(channel=channel[0], at=SENT_AT)

    answers = [_send(channel, POSITION), post(f"/in/traccar/{of_garmin}", POSITION)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert RawMessage.objects.count() == 0
