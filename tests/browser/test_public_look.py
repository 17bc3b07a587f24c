"""The public frame in a real browser: one request for a page, its style allowed by hash alone."""

import datetime as dt
import gzip

import pytest
from playwright.sync_api import Page

from tests.browser import showcase
from tests.browser.chromium import (
    ALL_SCREENS,
    PHONE,
    POLICY,
    OpenContext,
    Screen,
    TakePicture,
    scrolls_sideways,
    small_targets,
    violations,
)
from tests.browser.served import serve
from tracker.templatetags.pieces import public_style_hash

pytestmark = pytest.mark.urls("tests.browser.addresses")


def _policy() -> str:
    return POLICY.replace("style-src 'self'", f"style-src 'self' {public_style_hash()}")


def _open(open_context: OpenContext, screen: Screen, html: str, *, script: bool = True) -> Page:
    context = open_context(screen, script=script)
    page = context.new_page()
    page.goto(serve(context, html, policy=_policy()))
    return page


@pytest.mark.parametrize(
    ("screen", "language"), [*((screen, "en") for screen in ALL_SCREENS), (PHONE, "ar")], ids=str
)
def test_the_public_frame_is_accessible_on_every_screen(
    open_context: OpenContext, take_picture: TakePicture, screen: Screen, language: str
) -> None:
    page = _open(open_context, screen, showcase.render("showcase_public", language=language))

    take_picture(page, f"public-{language}-{screen}")
    assert violations(page) == []
    assert not scrolls_sideways(page)
    assert small_targets(page) == []


def test_a_public_page_asks_for_nothing_but_its_sign(open_context: OpenContext) -> None:
    context = open_context(PHONE)
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))

    page.goto(serve(context, showcase.render("showcase_public"), policy=_policy()))
    page.wait_for_load_state("networkidle")

    assert [url for url in asked if not url.endswith(("/", "icon.svg"))] == []


def test_a_public_page_fits_its_budget() -> None:
    html = showcase.render("showcase_public").encode()

    # Six corridors, attempts, claims and a form on one page: more than any real page carries.
    assert len(html) < 40_000
    assert len(gzip.compress(html)) < 14_000


def test_without_the_hash_the_policy_refuses_the_style(open_context: OpenContext) -> None:
    context = open_context(PHONE, silent=False)
    page = context.new_page()

    page.goto(serve(context, showcase.render("showcase_public")))

    assert page.evaluate("() => getComputedStyle(document.body).margin") == "8px"


def test_a_public_page_past_its_time_turns_grey(open_context: OpenContext) -> None:
    born = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=17)
    html = showcase.render(
        "showcase_public", valid_until=born + dt.timedelta(minutes=15), generated_at=born
    )

    page = _open(open_context, PHONE, html)

    page.get_by_text("This information is 17 min old. Do not rely on it.").wait_for()
    assert violations(page) == []


def test_a_public_page_says_until_when_it_holds_without_scripts(open_context: OpenContext) -> None:
    born = dt.datetime(2022, 4, 1, 14, 0, tzinfo=dt.UTC)
    html = showcase.render(
        "showcase_public", valid_until=born + dt.timedelta(minutes=15), generated_at=born
    )

    page = _open(open_context, PHONE, html, script=False)

    assert page.get_by_text("Valid until 17:15").is_visible()
