"""The phone page and its server: sessions that end, refused entries, lost phones, carried files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.phone_kit import Phone, act, count, rows, told_by_phones, type_number
from tests.cast import PASSWORD, Cast
from tracker.convoys.models import Convoy
from tracker.devices.models import Device
from tracker.devices.operations import lose_device

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_session_that_ends_keeps_the_queue_and_the_page_leads_to_the_sign_in_and_back(
    phone: Phone, cast: Cast, under_way: Convoy
) -> None:
    phone.clock = datetime.now(UTC)
    page = phone.signed_in_page(cast.monitor)
    phone.sign_out()
    act(page, "convoy.arrived_at")
    phone.wait(9)
    link = page.locator("[data-chip] a")
    expect(link).to_be_visible(timeout=15000)
    kept = rows(page)

    link.tap()
    page.get_by_label("Username").fill("monitor")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main button[type=submit]").first.tap()

    phone.wait(4)
    expect(page.locator("[data-chip]")).to_contain_text("All sent")
    assert len(kept) == 1
    assert [each.kind for each in told_by_phones(under_way)] == ["convoy.arrived_at"]


def test_a_refused_entry_is_legible_after_sign_in_and_goes_once_it_is_put_right(
    phone: Phone, cast: Cast, under_way: Convoy
) -> None:
    phone.clock = datetime.now(UTC)
    page = phone.signed_in_page(cast.monitor)
    count(page, 9000)
    phone.wait(4)
    needy = page.locator("[data-list] .bad")
    expect(needy).to_contain_text("On board: 9,000")
    # As another day: nothing in memory, the server opens it for the person signed in.
    page.reload()
    expect(needy).to_contain_text("On board: 9,000")
    expect(needy).to_contain_text("It stays here until you decide.")

    needy.locator("[data-do=correct]").tap()
    page.locator("#add [data-key=clear]").tap()
    type_number(page, 90)
    page.locator('#add [data-way="done"]').tap()
    phone.wait(4)

    expect(page.locator("[data-chip]")).to_contain_text("All sent")
    (told,) = told_by_phones(under_way)
    assert told.data["people"] == 90
    assert rows(page) == []


def test_a_phone_marked_lost_forgets_everything_when_it_speaks_again(
    phone: Phone, cast: Cast, under_way: Convoy
) -> None:
    page = phone.signed_in_page(cast.monitor)
    device = Device.objects.get(kind=Device.Kind.PHONE)
    assert phone.context is not None
    phone.context.set_offline(True)
    act(page, "convoy.arrived_at")
    lose_device(device=device, at=timezone.now())

    phone.context.set_offline(False)

    expect(page.get_by_text("Nothing is kept on this phone any more.")).to_be_visible()
    left = page.evaluate(
        """async () => [await caches.keys(), await indexedDB.databases(), {...localStorage},
          (await navigator.serviceWorker.getRegistrations()).length]"""
    )
    assert left == [[], [], {}, 0]
    assert told_by_phones(under_way) == []


def test_an_exported_file_brings_the_entries_in_and_the_phone_doubles_none(
    phone: Phone, cast: Cast, under_way: Convoy, tmp_path: Path
) -> None:
    phone.clock = datetime.now(UTC)
    page = phone.signed_in_page(cast.monitor)
    assert phone.context is not None
    phone.context.set_offline(True)
    act(page, "convoy.arrived_at")
    count(page, 90)
    page.locator("[data-open=more]").tap()
    with page.expect_download() as carried:
        page.locator("[data-file]").tap()
    text = Path(carried.value.path()).read_text(encoding="utf-8")

    desk = Client()
    desk.force_login(cast.dispatcher)
    answer = desk.post(reverse("phone_take"), {"text": text, "take": "1"})
    by_file = sorted(each.kind for each in told_by_phones(under_way))
    page.keyboard.press("Escape")
    phone.context.set_offline(False)
    phone.wait(9)
    expect(page.locator("[data-chip]")).to_contain_text("All sent")

    assert answer.status_code == 302
    assert carried.value.suggested_filename.startswith("notes-")
    clock, *entries = text.split()
    assert clock.startswith("NOW1.")
    assert all(line.startswith("EVT1.") for line in entries)
    assert by_file == ["convoy.arrived_at", "people.counted"]
    assert sorted(each.kind for each in told_by_phones(under_way)) == by_file


def test_one_tap_wipes_the_phone_and_asks_first_only_when_something_is_unsent(
    phone: Phone, cast: Cast, under_way: Convoy
) -> None:
    page = phone.signed_in_page(cast.monitor)
    assert phone.context is not None
    phone.context.set_offline(True)
    act(page, "convoy.arrived_at")
    page.locator("[data-open=more]").tap()

    page.locator("[data-wipe]").tap()
    expect(page.locator("#wipe")).to_contain_text("1 entry is not sent")
    page.locator("#wipe [data-way=wipe]").tap()

    expect(page.get_by_text("Nothing is kept on this phone any more.")).to_be_visible()
    assert phone.all_that_is_kept(page).split() == ['{"sign-out":"1"}', "{}"]
    # Only the server can end the sign-in; it does as soon as the page is opened again.
    phone.context.set_offline(False)
    phone.open(page)
    expect(page.locator("[data-chip] a")).to_be_visible()
    assert page.evaluate("() => ({...localStorage})") == {}
