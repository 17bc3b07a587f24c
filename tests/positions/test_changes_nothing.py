"""Positions never change a status, and nobody outside the organisation sees one byte of them."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.api.callers import Caller, caller_for
from tests.cast import Cast
from tests.convoys.journeys import it_is
from tests.factories import Road
from tests.positions import tracks
from tests.positions.scenes import START, Trackers, as_fixes, at_km, tracker, with_trackers
from tests.situation.scenes import (
    MACHINE_NOW,
    bytes_on_disk,
    drain_and_publish,
    field,
    publish,
    served,
)
from tracker.checkpoints.models import CheckpointReport, CheckpointState
from tracker.convoys.models import Convoy, ConvoyShare, Passage, Vehicle
from tracker.corridors.models import CorridorState
from tracker.devices.operations import assign_device
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.models import PeopleEntry
from tracker.intake.folding import rebuild
from tracker.outbox.models import OutboxRow
from tracker.positions.models import PositionFix, VehicleTrack
from tracker.positions.operations import add_fixes
from tracker.situation.operations import publish_on_tick

pytestmark = pytest.mark.django_db
FOLDED: tuple[type[Model], ...] = (
    Convoy,
    Vehicle,
    Passage,
    CheckpointState,
    CheckpointReport,
    CorridorState,
    PeopleEntry,
    LogEvent,
    OutboxRow,
)
_RENEWED = re.compile(rb'data-now="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"')


def folded() -> bytes:
    """Return every row of every table that is folded from the log, and the log, as bytes."""
    rows = [
        sorted(str(sorted(row.items())) for row in model._default_manager.values())
        for model in FOLDED
    ]
    return repr(rows).encode()


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Trackers:
    convoy = with_trackers(cast, road)
    convoy.column.tell("people.boarded", -5, data={"people": 137})
    convoy.column.tell("convoy.departed", 0)
    convoy.column.tell("convoy.arrived_at", 30, checkpoint=road.tokmak.pk)
    convoy.column.tell("convoy.held", 40, checkpoint=road.tokmak.pk)
    ConvoyShare.objects.create(
        convoy=convoy.column.row, organisation=cast.partner_organisation, shares_position=True
    )
    return convoy


def forty_false_tracks(cast: Cast, convoy: Trackers) -> list[Any]:
    """Let forty devices of one bus report one false track each; return the devices."""
    devices = []
    for number in range(40):
        device = tracker(cast, f"F{number}")
        assign_device(
            device=device,
            convoy=convoy.column.row,
            vehicle=convoy.bus(1),
            at=START - timedelta(days=1),
            by=None,
        )
        make = tracks.FALSE[number % len(tracks.FALSE)]
        fixes = as_fixes(make(random.Random(number)))
        add_fixes(device=device, fixes=fixes, raw=None, at=fixes[-1].fixed_at)
        devices.append(device)
    return devices


def test_forty_false_tracks_are_all_flagged_and_change_no_row_of_any_fold(
    cast: Cast, convoy: Trackers
) -> None:
    before = folded()

    devices = forty_false_tracks(cast, convoy)

    flagged = PositionFix.objects.filter(device__in=devices).exclude(flags=[])
    assert flagged.values("device").distinct().count() == 40
    assert folded() == before


def test_rebuilding_all_from_the_log_leaves_every_track_as_it_was(convoy: Trackers) -> None:
    moved(convoy)
    before, tracks_before = folded(), list(VehicleTrack.objects.order_by("vehicle").values())

    rebuild()

    assert folded() == before
    assert list(VehicleTrack.objects.order_by("vehicle").values()) == tracks_before


def moved(convoy: Trackers) -> None:
    """Let the trackers report, on the road and off it, up to now."""
    for bus in (1, 2, 3):
        convoy.report(bus, *(at_km(40 + n / 2 - bus, n * 2) for n in range(5)))
    convoy.report(1, *(at_km(42 + n / 2, 10 + 2 * n, north_m=1_500) for n in range(1, 5)))


def test_trackers_change_no_public_byte_not_even_on_a_tick(convoy: Trackers) -> None:
    publish(at=START)
    before = bytes_on_disk()
    content = served().content_hash

    moved(convoy)

    assert drain_and_publish(at=START + timedelta(minutes=30)) is None
    assert bytes_on_disk() == before
    publish_on_tick(clock=field(START), machine_now=MACHINE_NOW + timedelta(seconds=60))
    assert served().content_hash == content


def seen_by_partner(client: Client, cast: Cast, caller: Caller) -> list[tuple[int, bytes]]:
    """Return the pages and what the API says, as far as a partner sees them."""
    client.force_login(cast.partner)
    convoy = Convoy.objects.get()
    answers = [
        client.get(reverse("convoy", args=["M1"])),
        client.get(reverse("convoy_list")),
        caller.get("convoys"),
        caller.get(f"convoys/{convoy.pk}"),
        caller.get("checkpoints"),
    ]
    return [(answer.status_code, _RENEWED.sub(b"", answer.content)) for answer in answers]


@pytest.mark.parametrize("kind", ["convoy.held", "convoy.cleared"])
def test_a_partner_sees_the_same_bytes_with_trackers_and_without(
    client: Client, cast: Cast, road: Road, convoy: Trackers, kind: str
) -> None:
    convoy.column.tell(kind, 50, checkpoint=road.tokmak.pk)
    it_is(60)
    caller = caller_for(cast.partner)
    before = seen_by_partner(client, cast, caller)

    moved(convoy)
    after = seen_by_partner(client, cast, caller)

    assert VehicleTrack.objects.exclude(off_route_since=None).exists()
    assert {status for status, _body in before} == {200}
    assert _without_times(after) == _without_times(before)


def _without_times(answers: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Leave out what changes by the second in an exercise."""
    clock = re.compile(rb"\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?|nonce-[^']*")
    return [(status, clock.sub(b"", body)) for status, body in answers]
