"""Every component in a real browser: accessible, never wider than the screen, within the policy."""

import datetime as dt
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page

from tests.browser import showcase
from tests.browser.chromium import (
    ALL_SCREENS,
    DESK,
    NARROW,
    PHONE,
    OpenContext,
    Screen,
    TakePicture,
    scrolls_sideways,
    small_targets,
    violations,
)
from tests.browser.served import serve

pytestmark = pytest.mark.urls("tests.browser.addresses")


def _open(open_context: OpenContext, screen: Screen, html: str, *, script: bool = True) -> Page:
    context = open_context(screen, script=script)
    page = context.new_page()
    page.goto(serve(context, html))
    return page


@pytest.mark.parametrize(
    ("screen", "language"),
    [*((screen, "en") for screen in ALL_SCREENS), (DESK, "ar"), (PHONE, "ar")],
    ids=str,
)
def test_every_component_is_accessible_on_every_screen(
    open_context: OpenContext, take_picture: TakePicture, screen: Screen, language: str
) -> None:
    page = _open(open_context, screen, showcase.render("showcase", language=language))

    take_picture(page, f"components-{language}-{screen}")
    assert violations(page) == []
    assert not scrolls_sideways(page)
    assert small_targets(page) == []


def test_a_phone_shows_the_list_of_stops_and_a_desk_the_drawing(open_context: OpenContext) -> None:
    html = showcase.render("showcase")

    desk, phone = (_open(open_context, screen, html) for screen in (DESK, PHONE))

    assert desk.locator("svg.strip").first.is_visible()
    assert not desk.locator("ol.line").first.is_visible()
    assert phone.locator("ol.line").first.is_visible()
    assert not phone.locator("svg.strip").first.is_visible()


def test_labels_of_the_road_do_not_touch_as_drawn(open_context: OpenContext) -> None:
    page = _open(open_context, DESK, showcase.render("showcase"))
    page.evaluate("() => document.fonts.ready")

    touching = page.evaluate(
        """() => [...document.querySelectorAll('svg.strip')].flatMap(svg => {
          const boxes = [...svg.querySelectorAll('text')]
            .map(t => [t.textContent, t.getBoundingClientRect()]);
          return boxes.flatMap(([a, p], i) => boxes.slice(i + 1)
            .filter(([b, q]) => p.left < q.right && q.left < p.right
              && p.top + 4 < q.bottom && q.top + 4 < p.bottom)
            .map(([b]) => a + ' / ' + b));
        })"""
    )

    assert touching == []


def test_the_road_runs_from_right_to_left_in_arabic(open_context: OpenContext) -> None:
    page = _open(open_context, DESK, showcase.render("showcase", language="ar"))

    first = page.locator("svg.strip circle.stop").first.bounding_box()
    assert first
    assert first["x"] > 1000


def test_staff_pages_are_set_in_the_type_they_bring(open_context: OpenContext) -> None:
    page = _open(open_context, DESK, showcase.render("showcase"))

    loaded = page.evaluate(
        "() => document.fonts.ready.then(() => document.fonts.check('600 16px Plex'))"
    )

    assert loaded


def test_a_page_past_its_time_turns_grey_and_says_how_old_it_is(
    open_context: OpenContext, take_picture: TakePicture
) -> None:
    born = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=17)
    html = showcase.render(
        "showcase", valid_until=born + dt.timedelta(minutes=15), generated_at=born
    )

    page = _open(open_context, PHONE, html)
    bar = page.get_by_role("alert").filter(has_text="Do not rely on it")
    bar.wait_for()

    assert bar.inner_text() == "This information is 17 min old. Do not rely on it."
    grey = page.evaluate(
        "() => getComputedStyle(document.querySelector('.pill[data-s=closed]')).color"
    )
    unknown = page.evaluate(
        "() => getComputedStyle(document.querySelector('.pill[data-s=unknown]')).color"
    )
    assert grey == unknown
    assert violations(page) == []
    take_picture(page, "stale-390")


def test_a_page_within_its_time_stays_as_it_is(open_context: OpenContext) -> None:
    born = dt.datetime.now(dt.UTC)
    html = showcase.render(
        "showcase", valid_until=born + dt.timedelta(minutes=15), generated_at=born
    )

    page = _open(open_context, PHONE, html)
    page.wait_for_load_state("networkidle")

    assert page.locator(".stalebar").count() == 0


def test_a_slow_phone_clock_does_not_keep_an_old_page_fresh(open_context: OpenContext) -> None:
    born = dt.datetime.now(dt.UTC)
    html = showcase.render(
        "showcase", valid_until=born + dt.timedelta(minutes=15), generated_at=born
    )
    context = open_context(PHONE)
    context.clock.install(time=born - dt.timedelta(hours=5))
    page = context.new_page()
    page.goto(serve(context, html))

    page.clock.run_for(16 * 60 * 1000)

    assert page.locator(".stalebar").count() == 1


def test_ages_grow_with_field_time_while_the_page_is_open(open_context: OpenContext) -> None:
    twice_as_fast = SimpleNamespace(name="Drill", now=showcase.NOW, speed=2)
    html = showcase.render("showcase", exercise_banner=twice_as_fast)
    context = open_context(DESK)
    context.clock.install()
    page = context.new_page()
    page.goto(serve(context, html))
    chip = page.locator(".age[data-age=fresh]", has_text="12 min ago")
    handle = chip.element_handle()

    # Half an hour at the desk is an hour in the field.
    page.clock.run_for(30 * 60_000)

    assert handle
    assert handle.inner_text() == "1 h 12 ago"
    assert handle.get_attribute("data-age") == "ageing"


def test_everything_is_there_without_scripts(open_context: OpenContext) -> None:
    page = _open(open_context, NARROW, showcase.render("showcase"), script=False)

    assert page.get_by_text("52 min ago").is_visible()
    assert page.get_by_role("button", name="Log it").is_visible()


def test_a_refused_field_is_tied_to_what_to_do_about_it(open_context: OpenContext) -> None:
    page = _open(open_context, DESK, showcase.render("showcase"))

    field = page.locator("#id_bad-people")
    named = (field.get_attribute("aria-describedby") or "").split()

    assert field.get_attribute("aria-invalid") == "true"
    assert [page.locator(f"#{name}").count() for name in named] == [1, 1]
    assert page.locator(".sum-err a[href='#id_bad-people']").is_visible()


def test_a_time_is_typed_as_text_so_that_no_browser_makes_it_ten_pm(
    open_context: OpenContext,
) -> None:
    page = _open(open_context, DESK, showcase.render("showcase"))

    assert page.locator("#id_at").get_attribute("type") == "text"


def test_fields_and_buttons_are_48_px_high(open_context: OpenContext) -> None:
    page = _open(open_context, PHONE, showcase.render("showcase"))

    heights = page.evaluate(
        """() => [...document.querySelectorAll(
            '.form input:not([type=radio], [type=checkbox]), .form select, .form .btn, .form .opt, '
            + '.form fieldset label')]
          .filter(e => e.type !== 'hidden').map(e => e.getBoundingClientRect().height)"""
    )

    assert heights
    assert min(heights) >= 48


def test_the_exercise_is_named_on_screen_and_on_paper(open_context: OpenContext) -> None:
    page = _open(open_context, DESK, showcase.render("showcase"))
    banner = page.get_by_text("Exercise, 1 April 2022, 17:00, 60x.")

    on_screen = banner.is_visible()
    page.emulate_media(media="print")

    assert on_screen
    assert banner.is_visible()
    assert not page.locator(".nav").first.is_visible()
