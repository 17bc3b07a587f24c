"""What a thumb can do within its five seconds and after: undo, add, SOS, and what the list says."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import PHONE, OpenContext
from tests.browser.phone_kit import act, marks, rows, type_number
from tests.browser.phone_served import Answers, open_phone, started
from tests.waiting import until


@pytest.fixture
def answers() -> Answers:
    """Return a server that receives whatever is sent."""
    return Answers(started())


@pytest.fixture
def page(open_context: OpenContext, answers: Answers) -> Page:
    """Open the page with a clock that the test moves."""
    context = open_context(PHONE, silent=False)
    context.clock.install()
    return open_phone(context, answers)


def entries(answers: Answers) -> list[dict[str, Any]]:
    return [entry for batch in answers.sent for entry in batch.get("entries", [])]


def test_undo_within_five_seconds_leaves_nothing_behind(page: Page, answers: Answers) -> None:
    act(page, "convoy.cleared")
    page.clock.run_for(4000)

    page.locator("[data-do=undo]").tap()

    expect(page.locator("[data-list] [data-entry]")).to_have_count(0)
    expect(page.locator("[data-acts] button").first).to_have_text("Let through")
    page.clock.run_for(10000)
    assert rows(page) == []
    assert entries(answers) == []


def test_an_entry_is_sent_only_after_its_seconds_of_undo(page: Page, answers: Answers) -> None:
    act(page, "convoy.cleared")

    page.clock.run_for(4500)
    early = entries(answers)
    page.clock.run_for(5000)
    expect(page.locator("[data-chip]")).to_contain_text("All sent")

    (late,) = entries(answers)
    assert early == []
    # By the clock that nobody can set: how long ago the thumb was there.
    assert 5000 <= late["age_ms"] <= 10000
    assert marks(page) == ["sent"]
    assert rows(page) == []


def test_an_open_sheet_holds_its_entry_back_and_every_change_seals_it_anew(
    page: Page, answers: Answers
) -> None:
    act(page, "convoy.held")
    page.locator("[data-do=add]").tap()
    page.locator("[data-count] summary").tap()
    type_number(page, 230)
    page.locator('[data-step="-10"]').tap()

    page.clock.run_for(20000)
    held_back = entries(answers)
    page.locator('#add [data-way="done"]').tap()
    expect(page.locator("#add")).to_be_hidden()
    page.clock.run_for(4000)
    expect(page.locator("[data-chip]")).to_contain_text("All sent")

    assert held_back == []
    assert len(entries(answers)) == 1
    expect(page.locator("[data-list]")).to_contain_text("Still held, 220 people")


def test_a_headcount_without_a_number_is_no_entry(page: Page, answers: Answers) -> None:
    page.locator("[data-act=headcount]").tap()
    type_number(page, 7)
    page.clock.run_for(1000)
    expect(page.locator("[data-list] [data-entry]")).to_have_count(1)
    page.locator('[data-key="clear"]').tap()

    page.locator('#add [data-way="done"]').tap()

    expect(page.locator("[data-list] [data-entry]")).to_have_count(0)
    assert rows(page) == []


def test_an_sos_needs_a_long_press_or_two_taps_and_goes_at_once(
    page: Page, answers: Answers
) -> None:
    page.locator("[data-act=problem]").tap()
    hold = page.locator("[data-hold]")
    hold.dispatch_event("pointerdown")
    page.clock.run_for(500)
    hold.dispatch_event("pointerup")
    page.clock.run_for(3000)
    short = entries(answers)

    hold.dispatch_event("pointerdown")
    page.clock.run_for(1300)
    expect(page.locator("[data-chip]")).to_contain_text("All sent")
    page.locator("[data-act=problem]").tap()
    twice = page.locator("[data-twice]")
    twice.tap()
    expect(twice).to_have_text("Tap again: SOS")
    twice.tap()
    expect(page.locator("[data-list] [data-entry]")).to_have_count(2)

    expect(page.locator("[data-list] .sent")).to_have_count(2)
    assert short == []
    assert len(entries(answers)) == 2


def test_the_line_at_the_top_says_what_lies_on_the_phone(page: Page, answers: Answers) -> None:
    chip = page.locator("[data-chip]")
    expect(chip).to_contain_text("Nothing to send")
    page.context.set_offline(True)
    for kind in ("convoy.cleared", "convoy.arrived_at"):
        act(page, kind)

    page.clock.run_for(7000)
    expect(chip).to_contain_text("No network. 2 kept on this phone")
    assert marks(page) == ["on phone", "on phone"]
    answers.start = None
    page.context.set_offline(False)
    expect(chip).to_contain_text("2 kept on this phone")
    expect(chip.get_by_role("link")).to_have_text("Sign in to send")

    answers.start = started()

    def all_sent() -> bool:
        # In small steps: a minute at once would be longer than the page waits for an answer.
        page.clock.run_for(1000)
        return "All sent" in chip.inner_text()

    until(all_sent, within_s=20, what="all entries are sent")
    assert marks(page) == ["sent", "sent"]
