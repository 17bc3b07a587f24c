"""Board, convoy page, log and plan forms in a real browser: readable, reachable, silent."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.browser.chromium import (
    DESK,
    DESK_DARK,
    NARROW,
    PHONE,
    PHONE_DARK,
    OpenContext,
    Screen,
    TakePicture,
    scrolls_sideways,
    small_targets,
    violations,
)
from tests.browser.served import serve
from tests.cast import Cast
from tests.convoys.crowd import thirty
from tests.convoys.journeys import held_at_vasylivka, it_is
from tests.factories import Road
from tracker.organisations.models import User

pytestmark = pytest.mark.django_db

SCREENS = (DESK, PHONE_DARK, NARROW)
PAGES = {
    "convoy": "/convoys/M1/",
    "convoys": "/convoys/",
    "convoy-log": "/log/?convoy=M1&kind=people.counted",
    "convoy-log-kinds": "/log/?convoy=M1",
    "convoy-choose": "/log/",
    "convoy-plan": "/convoys/plan/",
    "convoy-split": "/convoys/M1/split/",
    "board": "/board/",
}


def html_of(client: Client, user: User, url: str, *, language: str = "en") -> str:
    client.force_login(user)
    answer = client.get(url, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def judge(
    open_context: OpenContext, take_picture: TakePicture, screen: Screen, html: str, name: str
) -> list[str]:
    page = open_context(screen).new_page()
    page.goto(serve(page.context, html))
    take_picture(page, f"{name}-{screen}")
    found = [*violations(page), *small_targets(page)]
    return [*found, "scrolls sideways"] if scrolls_sideways(page) else found


@pytest.fixture
def day(cast: Cast, road: Road) -> None:
    """Tell of the convoy of the day up to 17:00."""
    held_at_vasylivka(cast, road)
    it_is(540)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_reads_on_every_screen_and_from_right_to_left(
    client: Client,
    cast: Cast,
    day: None,
    open_context: OpenContext,
    take_picture: TakePicture,
    name: str,
) -> None:
    html = html_of(client, cast.coordinator, PAGES[name])
    arabic = html_of(client, cast.coordinator, PAGES[name], language="ar")

    found = {
        str(screen): judge(open_context, take_picture, screen, html, name) for screen in SCREENS
    }
    found["ar"] = judge(open_context, take_picture, DESK_DARK, arabic, f"{name}.ar")

    assert {screen: lines for screen, lines in found.items() if lines} == {}


def test_thirty_convoys_stand_on_one_screen_and_the_keyboard_moves_among_them(
    client: Client, cast: Cast, road: Road, open_context: OpenContext, take_picture: TakePicture
) -> None:
    thirty(cast, road)
    it_is(540)
    html = html_of(client, cast.dispatcher, reverse("board"))
    context = open_context(DESK, silent=False)
    page = context.new_page()
    page.goto(serve(context, html))
    rows = page.locator("#live-rows tbody tr")

    last = rows.last.bounding_box()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")

    assert last is not None
    assert last["y"] + last["height"] <= 800
    assert rows.count() == 30
    assert page.locator("#live-rows tr.sel").evaluate("row => row.sectionRowIndex") == 1
    take_picture(page, "board-30")
    page.keyboard.press("/")
    page.keyboard.type("k29")
    assert rows.filter(visible=True).count() == 1


def test_no_reason_on_the_board_is_cut(
    client: Client, cast: Cast, road: Road, open_context: OpenContext
) -> None:
    thirty(cast, road)
    it_is(540)
    html = html_of(client, cast.dispatcher, reverse("board"))

    cut = {}
    for screen in (DESK, PHONE):
        page = open_context(screen).new_page()
        page.goto(serve(page.context, html))
        cut[screen] = page.locator("td.need").evaluate_all(
            "cells => cells.filter(c => c.scrollWidth > c.clientWidth).map(c => c.textContent)"
        )

    assert cut == {DESK: [], PHONE: []}
