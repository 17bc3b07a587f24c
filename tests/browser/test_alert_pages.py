"""Subscribing, the alert list and the messages in a real browser: accessible, narrow, silent."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from tests.alerts.scenes import FAR_FUTURE, subscribe
from tests.browser.chromium import (
    ALL_SCREENS,
    DESK,
    OpenContext,
    Screen,
    TakePicture,
    scrolls_sideways,
    small_targets,
    violations,
)
from tests.cast import PASSWORD, Cast
from tests.factories import Road, log, new_event
from tracker.alerts.models import Subscription
from tracker.alerts.operations import expander
from tracker.exercises.clock import field_clock
from tracker.outbox.models import OutboxRow
from tracker.outbox.operations import drain

pytestmark = pytest.mark.django_db(transaction=True)
OUTSIDE = ["/subscribe/", "/subscribe/sent/", "/subscribe/confirmed/", "/subscribe/confirm/x/"]


@pytest.fixture
def told(cast: Cast, road: Road) -> None:
    """Leave one open alert, one that is over, and their messages."""
    subscribe("somebody@example.net")
    for kind in ("corridor.confirmed", "corridor.closed"):
        event = new_event(kind, corridor=road.corridor.pk, at=field_clock().now, reason="by radio")
        log(event, organisation=cast.organisation)
        expand = expander(read_clock=field_clock, now=timezone.now())
        drain(consumer=OutboxRow.Consumer.ALERTS, expand=expand, now=FAR_FUTURE)


@pytest.mark.parametrize("screen", ALL_SCREENS, ids=str)
def test_pages_for_people_outside_are_accessible_on_every_screen(
    live_server: Any,
    open_context: OpenContext,
    take_picture: TakePicture,
    road: Road,
    screen: Screen,
) -> None:
    page = open_context(screen, base_url=live_server.url, silent=False).new_page()
    for path in [*OUTSIDE, "/stop/x/"]:
        page.goto(path)

        take_picture(page, f"outside{path.replace('/', '-')}{screen}")
        assert violations(page) == [], path
        assert not scrolls_sideways(page), path
        assert small_targets(page) == [], path


def test_somebody_without_scripts_asks_and_is_told_what_to_do_next(
    live_server: Any, open_context: OpenContext, road: Road
) -> None:
    page = open_context(DESK, script=False, base_url=live_server.url).new_page()
    page.goto(f"/subscribe/?corridor={road.corridor.slug}")
    page.get_by_label("Your e-mail").fill("somebody@example.net")

    page.get_by_role("button", name="Send me the link to confirm").click()

    assert page.get_by_role("heading", name="Open your mail to finish").is_visible()
    assert Subscription.objects.get().corridor == road.corridor


@pytest.mark.parametrize("screen", ALL_SCREENS, ids=str)
@pytest.mark.usefixtures("told")
def test_the_alerts_and_messages_are_accessible_on_every_screen(
    live_server: Any,
    open_context: OpenContext,
    take_picture: TakePicture,
    screen: Screen,
) -> None:
    page = open_context(screen, base_url=live_server.url).new_page()
    page.goto("/accounts/login/?next=/alerts/")
    page.locator("[name=login]").fill("dispatcher")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.get_by_role("heading", name="Alerts").wait_for()
    for path in ("/alerts/", "/messages/"):
        page.goto(path)
        for summary in page.locator("summary").all()[:1]:
            summary.click()

        take_picture(page, f"staff{path.replace('/', '-')}{screen}")
        assert violations(page) == [], path
        assert not scrolls_sideways(page), path
        assert small_targets(page) == [], path
