"""Fixtures for tests in a real Chromium: browser, pages by screen, screenshots."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import (
    DESK,
    FLAGS,
    OpenContext,
    Screen,
    SignIn,
    TakePicture,
    find_chromium,
    note_complaints,
)
from tests.browser.phone_kit import Phone
from tests.cast import PASSWORD, Cast
from tests.factories import Road, log, new_event
from tracker.convoys.models import Convoy

# Playwright keeps an event loop in this thread and Django would refuse the ORM beside it; the tests
# never use the ORM from within that loop.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that a machine without a browser can leave them out."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one Chromium for the session."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield chromium
        chromium.close()
        # While Playwright's loop runs Django keeps connections of its own for this thread; left
        # open, they would stand in the way when the test database is dropped.
        connections.close_all()


@pytest.fixture
def open_context(browser: Browser) -> Iterator[OpenContext]:
    """Return a function that opens a fresh person: `open_context(PHONE_DARK, script=False)`.

    At the end of the test the console must have been silent, unless `silent=False`.
    """
    with ExitStack() as stack:
        heard: list[list[str]] = []

        def open_one(
            screen: Screen = DESK,
            *,
            script: bool = True,
            silent: bool = True,
            base_url: str | None = None,
        ) -> BrowserContext:
            context = browser.new_context(
                viewport={"width": screen.width, "height": screen.height},
                color_scheme=screen.scheme,
                has_touch=screen.touch,
                java_script_enabled=script,
                reduced_motion="reduce",
                base_url=base_url,
            )
            stack.callback(context.close)
            complaints = note_complaints(context)
            if silent:
                heard.append(complaints)
            return context

        yield open_one
        assert [line for lines in heard for line in lines] == []


@pytest.fixture
def take_picture() -> TakePicture:
    """Return a function that saves a full-page picture where PICTURES points, else nowhere."""
    folder = os.environ.get("PICTURES")

    def take(page: Page, name: str) -> Path:
        path = Path(folder or "/dev/null") / f"{name}.png"
        if folder:
            path.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=path, full_page=True)
        return path

    return take


@pytest.fixture
def sign_in(open_context: OpenContext, live_server: LiveServer) -> SignIn:
    """Return a function that signs somebody in by the form, without script."""

    def sign_in_as(name: str) -> Page:
        page = open_context(DESK, script=False, base_url=live_server.url).new_page()
        page.goto("/accounts/login/")
        page.fill("input[name=login]", name)
        page.fill("input[name=password]", PASSWORD)
        page.click("main form button")
        return page

    return sign_in_as


@pytest.fixture
def phone(browser: Browser, live_server: LiveServer, tmp_path: Path) -> Iterator[Phone]:
    """Return a phone; at the end its page must have raised nothing."""
    phone = Phone(browser, live_server.url, tmp_path / "phone")
    yield phone
    phone.stop()
    assert phone.errors == []


@pytest.fixture
def under_way(cast: Cast, road: Road) -> Convoy:
    """Return a convoy of two buses that left ten hours ago, with no word since."""
    began = datetime.now(UTC) - timedelta(hours=10)
    subjects = {"convoy": uuid4(), "corridor": road.corridor.pk}
    convoy = subjects["convoy"]
    buses = [{"code": f"B{number}", "seats": 50} for number in (1, 2)]
    log(
        new_event("convoy.planned", at=began, data={"code": "M1"}, **subjects),
        *(
            new_event("vehicle.added", at=began, data=bus, convoy=convoy, vehicle=uuid4())
            for bus in buses
        ),
        new_event("convoy.departed", at=began, convoy=convoy),
        organisation=cast.organisation,
        by=cast.coordinator,
        now=datetime.now(UTC),
    )
    return Convoy.objects.get(pk=convoy)
