"""Old tracks are thinned and then deleted, but not those of a convoy that an incident names."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from msgspec.structs import replace

from tests.cast import Cast
from tests.factories import Road, log, new_event
from tests.positions.scenes import START, Trackers, at_km, with_trackers
from tracker.devices.models import RawMessage
from tracker.devices.operations import Sender, keep_raw, settle
from tracker.exercises.operations import begin_exercise
from tracker.positions.models import PositionFix
from tracker.positions.operations import add_fixes

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Trackers:
    return with_trackers(cast, road)


def forget(*, days_later: float, days: int = 30) -> str:
    at = START + days_later * DAY
    begin_exercise(name="later", starts_at=at, speed=1, machine_now=timezone.now())
    out = StringIO()
    call_command("forget_tracks", days=days, stdout=out)
    return out.getvalue()


def sent(convoy: Trackers, body: bytes, *, gateway: str = "osmand") -> RawMessage:
    raw, _new = keep_raw(
        sender=Sender(convoy.cast.organisation, convoy.devices[0]),
        gateway=gateway,
        body=body,
        received_at=START,
        field_at=START,
    )
    return raw


def hour_of_fixes(convoy: Trackers) -> None:
    convoy.report(1, *(at_km(40 + minute / 3, minute) for minute in range(60)))


def test_after_a_week_one_fix_in_five_minutes_is_left_and_after_a_month_none(
    convoy: Trackers,
) -> None:
    hour_of_fixes(convoy)

    within_the_week = forget(days_later=6)
    whole = PositionFix.objects.count()
    after_a_week = forget(days_later=8)
    thinned = PositionFix.objects.count()
    after_a_month = forget(days_later=31)

    assert (whole, thinned) == (60, 13)
    assert within_the_week.startswith("Deleted 0 fixes older than 30 days, thinned 0;")
    assert "thinned 47;" in after_a_week
    assert after_a_month.startswith("Deleted 13 fixes")
    assert not PositionFix.objects.exists()
    assert convoy.track(1).fix is None


def test_a_convoy_that_an_incident_names_keeps_its_tracks_whole(
    cast: Cast, road: Road, convoy: Trackers
) -> None:
    hour_of_fixes(convoy)
    incident = new_event(
        "incident.reported",
        at=START,
        incident=uuid4(),
        corridor=road.corridor.pk,
        convoy=convoy.column.convoy_id,
        data={"alleged": "Shots at the column."},
    )
    log(incident, organisation=cast.organisation)

    said = forget(days_later=400)

    assert PositionFix.objects.count() == 60
    assert "60 stay for incidents" in said


def test_what_the_tracker_sent_is_emptied_with_its_fixes_and_its_hash_stays(
    convoy: Trackers,
) -> None:
    raw = sent(convoy, b"lat=47")
    add_fixes(device=convoy.devices[0], fixes=[at_km(40, 0)], raw=raw, at=START)
    settle(raw=raw, state=RawMessage.State.TAKEN)

    said = forget(days_later=31)

    stored = RawMessage.objects.get()
    assert (bytes(stored.body_sealed), stored.sha256) == (b"", raw.sha256)
    assert "1 messages emptied" in said


def test_a_file_that_nobody_loaded_is_emptied_and_what_waits_for_a_person_is_not(
    convoy: Trackers,
) -> None:
    for state in (RawMessage.State.NEW, RawMessage.State.QUARANTINED):
        raw = sent(convoy, b"<gpx/>", gateway="gpx")
        settle(raw=raw, state=state)

    forget(days_later=8)

    full = RawMessage.objects.exclude(body_sealed=b"").values_list("state", flat=True)
    assert list(full) == [RawMessage.State.QUARANTINED]


def test_what_a_device_sent_that_called_for_help_is_kept(convoy: Trackers) -> None:
    raw = sent(convoy, b"alarm=sos")
    settle(raw=raw, state=RawMessage.State.TAKEN)
    call = replace(
        new_event("sos", at=START, convoy=convoy.column.convoy_id), device_id=convoy.devices[0].code
    )
    log(call, organisation=convoy.cast.organisation)

    forget(days_later=400)

    assert bytes(RawMessage.objects.get().body_sealed) != b""


def test_nothing_younger_than_a_week_can_be_forgotten() -> None:
    with pytest.raises(CommandError, match="from 7 on"):
        call_command("forget_tracks", days=6)
