"""Pages of positions in a real browser: readable on a phone, from right to left, and silent."""

from __future__ import annotations

import random

import pytest
from django.test import Client

from tests.browser.chromium import DESK, PHONE_DARK, OpenContext, TakePicture
from tests.browser.test_convoy_pages import html_of, judge
from tests.cast import Cast
from tests.convoys.journeys import it_is
from tests.factories import Road
from tests.positions.scenes import Trackers, as_fixes, at_km, with_trackers
from tests.positions.tracks import with_a_jump

pytestmark = pytest.mark.django_db


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Trackers:
    """Tell of six buses: four report, one of them off the road, one only false positions."""
    convoy = with_trackers(cast, road, buses=6)
    convoy.column.tell("convoy.departed", 0)
    convoy.column.tell("contact.made", 75)
    for bus, km in ((1, 153.1), (2, 151), (3, 147.8), (4, 141)):
        convoy.report(bus, at_km(km - 2, 8, battery_pct=60), at_km(km, 16, battery_pct=58))
    convoy.report(4, *(at_km(141.5 + n / 2, 16 + n, north_m=1_100) for n in range(1, 4)))
    convoy.report(5, *as_fixes(with_a_jump(random.Random(1))[:40]))
    it_is(84)
    return convoy


@pytest.mark.parametrize("name", ["positions", "track"])
def test_each_page_reads_on_a_desk_and_a_phone_and_from_right_to_left(
    client: Client,
    cast: Cast,
    convoy: Trackers,
    open_context: OpenContext,
    take_picture: TakePicture,
    name: str,
) -> None:
    address = {
        "positions": "/convoys/M1/positions/",
        "track": f"/convoys/M1/positions/{convoy.bus(5).pk}/",
    }[name]
    html = html_of(client, cast.coordinator, address)
    arabic = html_of(client, cast.coordinator, address, language="ar")

    found = {
        str(screen): judge(open_context, take_picture, screen, html, f"positions-{name}")
        for screen in (DESK, PHONE_DARK)
    }
    found["ar"] = judge(open_context, take_picture, DESK, arabic, f"positions-{name}-ar")

    assert found == {str(DESK): [], str(PHONE_DARK): [], "ar": []}
