"""What renews itself on a page takes nothing out of anybody's hand: focus, finger, open detail."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser.chromium import DESK, OpenContext
from tests.browser.served import ORIGIN, serve
from tests.browser.test_convoy_pages import html_of
from tests.cast import Cast
from tests.convoys.journeys import Column, it_is, planned
from tests.factories import Road

pytestmark = pytest.mark.django_db

STEP = 'a[href$="/silence/steps/SECOND_DEVICE/"]'
NEWS = "Heard, not confirmed"


@pytest.fixture
def dark(cast: Cast, road: Road) -> Column:
    """Return a convoy let through at Tokmak at 08:30; it is 10:30 and nobody has heard of it."""
    column = planned(cast, road)
    column.tell("convoy.departed", 0)
    column.tell("convoy.cleared", 30, checkpoint=road.tokmak.pk)
    it_is(150)
    return column


@pytest.fixture
def page(client: Client, cast: Cast, dark: Column, open_context: OpenContext) -> Page:
    """Open the convoy's page; at its next look a short message stands in it, above the steps."""
    before = html_of(client, cast.dispatcher, "/convoys/M1/")
    dark.tell("contact.made", 140, via="sms")
    after = html_of(client, cast.dispatcher, "/convoys/M1/")
    # The step's own page is not served here.
    context = open_context(DESK, silent=False)
    context.clock.install()
    page = context.new_page()
    page.goto(serve(context, before))
    context.route(
        "**/silence/steps/**", lambda route: route.fulfill(body="", content_type="text/html")
    )
    context.route(f"{ORIGIN}/", lambda route: route.fulfill(body=after, content_type="text/html"))
    return page


def look_again(page: Page) -> None:
    with page.expect_response(f"{ORIGIN}/"):
        page.clock.run_for(5000)


def test_a_step_in_focus_stays_in_focus_while_news_comes_in_above_it(page: Page) -> None:
    step = page.locator(STEP)
    step.focus()

    look_again(page)

    expect(page.locator("#silence")).to_contain_text(NEWS)
    expect(step).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/silence/steps/SECOND_DEVICE/")


def test_a_step_pressed_while_the_page_renews_itself_is_the_step_taken(page: Page) -> None:
    page.locator(STEP).hover()
    page.mouse.down()
    look_again(page)

    page.mouse.up()

    page.wait_for_url("**/silence/steps/SECOND_DEVICE/")


def test_an_open_detail_stays_open_and_the_page_still_tells_the_news(page: Page) -> None:
    detail = page.locator("#live-convoy details").last
    detail.locator("summary").click()
    page.clock.run_for(400)

    look_again(page)

    expect(page.locator("#silence")).to_contain_text(NEWS)
    expect(detail).to_have_attribute("open", "")
