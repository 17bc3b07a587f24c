"""The phone page on small screens, at night and from right to left: readable and reachable."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import (
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
from tests.browser.phone_kit import act, type_number
from tests.browser.phone_served import Answers, open_phone, started

THUMB = 64
# Those with the most beside each other; the others only grow longer.
TIGHT = ("toast", "add", "problem", "more")
STATES = ("held", "toast", "add", "headcount", "problem", "more", "change", "codes", "needs")


def bring_about(page: Page, state: str) -> None:
    """Bring the page into a state, from the one before it in the list."""
    page.keyboard.press("Escape")
    if state == "toast":
        act(page, "convoy.held")
    elif state == "add":
        # Anew: the seconds of undo may have passed while the toast was looked at.
        act(page, "convoy.held")
        page.locator("[data-do=add]").tap()
        for each in page.locator("#add details:visible > summary").all():
            each.tap()
    elif state == "headcount":
        page.locator("[data-act=headcount]").tap()
        type_number(page, 2300)
    elif state == "problem":
        page.locator("[data-act=problem]").tap()
    elif state in {"more", "change"}:
        page.locator(f"[data-open={state}]").first.tap()
    elif state == "codes":
        page.locator("[data-open=more]").tap()
        page.locator("[data-open=codes]").tap()
        expect(page.locator(".scan")).to_be_visible()


def faults(page: Page) -> list[str]:
    found = [*violations(page), *small_targets(page)]
    return [*found, "scrolls sideways"] if scrolls_sideways(page) else found


@pytest.mark.parametrize(
    ("screen", "language"),
    [(PHONE, "en"), (PHONE_DARK, "ar"), (NARROW, "en")],
    ids=["light", "dark-arabic", "narrow"],
)
def test_every_state_reads_on_a_small_screen(
    open_context: OpenContext, take_picture: TakePicture, screen: Screen, language: str
) -> None:
    context = open_context(screen, silent=False)
    page = open_phone(context, Answers(started(refused=True)), language=language)

    found = {}
    for state in TIGHT if screen == NARROW else STATES:
        bring_about(page, state)
        take_picture(page, f"phone-{state}-{screen}-{language}")
        found[state] = faults(page)

    assert {state: lines for state, lines in found.items() if lines} == {}


def test_what_a_thumb_presses_is_large_and_within_the_screen(open_context: OpenContext) -> None:
    page = open_phone(open_context(PHONE, silent=False), Answers(started()))

    boxes = [each.bounding_box() for each in page.locator("[data-acts] button").all()]

    assert len(boxes) == 4
    for box in boxes:
        assert box is not None
        assert box["height"] >= THUMB
        assert box["y"] + box["height"] <= PHONE.height


@pytest.mark.parametrize("is_known", [True, False])
def test_the_likely_next_act_comes_first_and_without_knowledge_all_are_offered(
    open_context: OpenContext, is_known: bool
) -> None:
    context = open_context(PHONE, silent=False)

    page = open_phone(context, Answers(started() if is_known else None))

    names = page.locator("[data-acts] button").all_inner_texts()
    known = ["Let through", "Still held", "Headcount", "Problem"]
    assert names == (known if is_known else ["Arrived", "Departed", "Stopped", *known[2:]])


def test_the_left_hand_big_text_and_night_are_kept_for_the_next_time(
    open_context: OpenContext,
) -> None:
    context = open_context(PHONE, silent=False)
    page = open_phone(context, Answers(started()))
    page.locator("[data-open=more]").tap()

    for setting in ("left", "big", "night"):
        page.check(f"[data-setting={setting}]")
    page.reload()

    root = page.locator("html[data-left][data-big][data-theme=dark]")
    expect(root).to_have_count(1)
    expect(page.locator("[data-acts] button")).to_have_count(4)
    first, second = page.locator("[data-acts] button").all()[:2]
    assert first.evaluate("one => one.offsetLeft") > second.evaluate("one => one.offsetLeft")
