"""A day without a network: all arrives once, in the order of the road, and nothing is legible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Response, expect

from tests.browser.phone_kit import Phone, act, count, marks, rows, told_by_phones
from tests.cast import Cast
from tests.factories import Road
from tracker.convoys.models import Convoy

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = "Quiet so far, Halyna counts again"
# The phone's clock is this much slow, as of a phone that has been off for long.
SLOW = timedelta(hours=2, minutes=7)


def test_a_day_offline_with_killed_browsers_arrives_once_in_the_order_of_the_road(
    phone: Phone, cast: Cast, under_way: Convoy
) -> None:
    noon = datetime.now(UTC)
    hours = (8, 7, 5)
    acts = ("convoy.arrived_at", "convoy.held", "convoy.departed")
    # In the morning, with a network and a sign-in; then the road.
    phone.signed_in_page(cast.monitor)
    phone.stop()

    # Each act is followed by the end of the browser within the same second.
    for hour, kind in zip(hours, acts, strict=True):
        phone.clock = noon - timedelta(hours=hour) - SLOW
        act(phone.start(offline=True), kind)
        phone.kill()
    phone.clock = noon - SLOW
    page = phone.start()
    phone.wait(4)
    expect(page.locator("[data-chip]")).to_contain_text("All sent")

    events = told_by_phones(under_way)
    true = [noon - timedelta(hours=hour) for hour in hours]
    away = [at - each.ordered_at for at, each in zip(true, events, strict=True)]
    assert [each.kind for each in events] == [*acts[:2], "convoy.cleared"]
    assert [each for each in away if abs(each) > timedelta(minutes=1)] == []
    assert rows(page) == []


def test_two_tabs_send_each_entry_once(phone: Phone, cast: Cast, under_way: Convoy) -> None:
    phone.clock = datetime.now(UTC)
    first = phone.signed_in_page(cast.monitor)
    assert phone.context is not None
    phone.context.set_offline(True)
    sent: list[str] = []

    def note(answer: Response) -> None:
        if answer.url.endswith("/f/send") and answer.ok:
            sent.extend(each["id"] for each in answer.request.post_data_json["entries"])

    phone.context.on("response", note)
    second = phone.tab()
    for page, kind in ((first, "convoy.held"), (second, "convoy.held"), (first, "convoy.cleared")):
        act(page, kind)
    phone.context.set_offline(False)
    # Past the seconds of undo, which both tabs respect.
    phone.wait(4)
    assert sent == []
    phone.wait(8)
    for page in (first, second):
        expect(page.locator("[data-chip]")).to_contain_text("All sent")

    assert (
        sorted(each.kind for each in told_by_phones(under_way))
        == ["convoy.cleared"] + ["convoy.held"] * 2
    )
    assert len(sent) == len(set(sent)) == 3
    assert set(marks(first)) == set(marks(second)) == {"sent"}


def test_whoever_searches_the_phone_reads_neither_convoy_nor_place_nor_name(
    phone: Phone, cast: Cast, under_way: Convoy, road: Road
) -> None:
    page = phone.signed_in_page(cast.monitor)
    assert phone.context is not None
    phone.context.set_offline(True)
    act(page, "convoy.arrived_at")
    page.locator("[data-do=add]").tap()
    page.locator("[data-notes] summary").tap()
    page.fill("#note", NOTE)
    page.locator('#add [data-way="done"]').tap()
    count(page, 2317)
    expect(page.locator("[data-chip]")).to_contain_text("2 kept")

    kept = phone.all_that_is_kept(page)
    phone.stop()
    raw = phone.raw_bytes()

    secrets = [NOTE, "Halyna", "Tokmak", "Vasylivka", "Mariupol", cast.organisation.name]
    secrets += [str(under_way.pk), str(road.tokmak.pk)]
    encoded = [one.encode(code) for one in secrets for code in ("utf-8", "utf-16-le")]
    assert [one for one in (*secrets, '"M1"', "2317", '"monitor"') if one in kept] == []
    assert [one for one in encoded if one in raw] == []
