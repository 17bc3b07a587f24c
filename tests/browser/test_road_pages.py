"""Pages of files, reception, links and paper in a real browser: readable, reachable, silent."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.browser.chromium import DESK, PHONE, PHONE_DARK, OpenContext, Screen, TakePicture
from tests.browser.road_scene import Scene, road_scene
from tests.browser.test_convoy_pages import html_of, judge
from tests.cast import Cast
from tests.factories import Road

pytestmark = pytest.mark.django_db

# The fullest tables and forms are looked at from right to left as well.
FULLEST = ("import-questions", "hand-over", "links", "sheet-key")


@pytest.fixture
def scene(client: Client, cast: Cast, road: Road) -> Scene:
    return road_scene(client, cast, road)


# One day for all pages of a screen: telling it takes longer than looking at a page of it.
# The desk, where the same pages have more room, is looked at in the drill.
@pytest.mark.parametrize(
    "screen", [pytest.param(DESK, marks=pytest.mark.drill), PHONE_DARK], ids=str
)
def test_each_page_of_the_road_reads_on_a_desk_and_on_a_phone(
    client: Client,
    cast: Cast,
    scene: Scene,
    open_context: OpenContext,
    take_picture: TakePicture,
    screen: Screen,
) -> None:
    pages = {name: html_of(client, cast.coordinator, url) for name, url in scene.pages.items()}

    found = {
        name: judge(open_context, take_picture, screen, html, f"road-{name}")
        for name, html in {**pages, **scene.shown}.items()
    }

    assert {name: lines for name, lines in found.items() if lines} == {}


def test_the_fullest_pages_of_the_road_read_from_right_to_left(
    client: Client, cast: Cast, scene: Scene, open_context: OpenContext, take_picture: TakePicture
) -> None:
    pages = {
        name: html_of(client, cast.coordinator, scene.pages[name], language="ar")
        for name in FULLEST
    }

    found = {
        name: judge(open_context, take_picture, PHONE, html, f"road-{name}.ar")
        for name, html in pages.items()
    }

    assert {name: lines for name, lines in found.items() if lines} == {}
