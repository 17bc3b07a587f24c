"""Forty trackers report at the same moment, and some twice; nothing is lost, doubled or stuck."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.cast import Cast
from tests.factories import Road
from tests.positions.scenes import Trackers, at_km, with_trackers
from tracker.positions.fixes import Outcome
from tracker.positions.models import PositionFix, VehicleTrack

pytestmark = pytest.mark.django_db(transaction=True)


def test_devices_of_one_convoy_report_at_once_and_each_twice(cast: Cast, road: Road) -> None:
    convoy = with_trackers(cast, road, buses=4)

    def send(turn: int) -> list[Outcome]:
        return _report(convoy, turn % 4 + 1)

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(outcome for each in pool.map(send, range(16)) for outcome in each)

    assert outcomes == {Outcome.STORED: 40, Outcome.DUPLICATE: 120}
    assert PositionFix.objects.count() == 40
    assert VehicleTrack.objects.filter(fix__isnull=False).count() == 4


def _report(convoy: Trackers, bus: int) -> list[Outcome]:
    try:
        fixes = [at_km(40 - bus + minute / 2, minute) for minute in range(10)]
        return [result.outcome for result in convoy.report(bus, *fixes)]
    finally:
        connection.close()
