"""A driver's day through the link, and a sheet of paper printed and keyed in, without script."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import PHONE, OpenContext, SignIn, small_targets
from tests.cast import Cast
from tests.factories import Road
from tracker.convoys.models import Convoy
from tracker.fieldlog.models import LogEvent, Via

pytestmark = pytest.mark.django_db(transaction=True)

KYIV = ZoneInfo("Europe/Kyiv")
TAPS = ("At a checkpoint", "We have stopped", "Let through", "We have arrived")


def told_by(via: Via) -> list[LogEvent]:
    return list(LogEvent.objects.filter(via=via).order_by("received_at", "device_seq"))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_drivers_taps_stand_in_the_log_until_the_link_is_ended(
    under_way: Convoy,
    sign_in: SignIn,
    open_context: OpenContext,
    live_server: LiveServer,
    settings: Any,
) -> None:
    settings.PUBLIC_BASE_URL = live_server.url
    desk = sign_in("dispatcher")
    desk.goto("/convoys/M1/links/")
    desk.get_by_label("B1").check()
    press(desk, "Make the links")
    # What answers a link that has ended is 410, of which the browser complains.
    phone = open_context(PHONE, script=False, silent=False).new_page()
    phone.goto(desk.locator(".card .code").inner_text())
    small = small_targets(phone, least=48)

    for words in TAPS:
        phone.get_by_role("button", name=words).tap()
        expect(phone.get_by_role("status")).to_contain_text(words)
    phone.get_by_label("People in this vehicle").fill("47")
    phone.get_by_role("button", name="Send the number").tap()
    desk.goto("/convoys/M1/")
    log = desk.locator("ol.log").inner_text()
    desk.goto("/convoys/M1/links/")
    press(desk, "End the link of B1")
    phone.get_by_role("button", name="We have stopped").tap()

    expect(phone.locator("h1")).to_have_text("This link no longer works")
    assert small == []
    told = told_by(Via.LINK)
    does = ["AT_CHECKPOINT", "STOPPED", "LET_THROUGH", "ARRIVED"]
    assert [each.data.get("does") for each in told] == [*does, None]
    assert [each.vehicle.code for each in told if each.vehicle] == ["B1"] * 5
    assert told[-1].data["people"] == 47
    assert log.count("B1") >= 5
    assert Convoy.objects.get().state == "MOVING"


def test_a_sheet_is_printed_found_by_its_serial_and_keyed_in_with_its_times(
    cast: Cast, road: Road, under_way: Convoy, sign_in: SignIn
) -> None:
    held = (datetime.now(UTC) - timedelta(hours=9)).replace(second=0, microsecond=0)
    cleared = held + timedelta(minutes=50)
    desk = sign_in("monitor")
    desk.goto("/convoys/M1/")
    press(desk, "Print a log sheet")
    serial = desk.locator(".serial .code").inner_text()
    printed = desk.pdf(prefer_css_page_size=True)

    desk.goto("/paper/")
    desk.get_by_label("Find a serial").fill(serial.lower())
    press(desk, "Find")
    desk.get_by_label("Day of the sheet").fill(f"{held.astimezone(KYIV):%Y-%m-%d}")
    first, second = (desk.get_by_role("group", name=f"Line {n}", exact=True) for n in (1, 2))
    first.get_by_label("Time").fill(f"{held.astimezone(KYIV):%H:%M}")
    first.get_by_label("What happened").select_option("Held")
    first.get_by_label("Checkpoint").select_option(str(road.tokmak.pk))
    # A day of its own, as where the sheet runs past midnight.
    second.get_by_label("Time").fill(f"{cleared.astimezone(KYIV):%Y-%m-%d %H:%M}")
    second.get_by_label("What happened").select_option("Let through")
    press(desk, "Record these lines")

    told = told_by(Via.PAPER)
    assert printed.count(b"/Type /Page\n") == 1
    assert [(each.kind, each.device_seq) for each in told] == [
        ("convoy.held", 1),
        ("convoy.cleared", 2),
    ]
    assert [each.ordered_at for each in told] == [held, cleared]
    assert {each.by_id for each in told} == {cast.monitor.pk}
    expect(desk.locator(".keyed li")).to_have_count(2)
    expect(first).to_have_count(0)
