"""The published pages in a real browser: readable on every screen and in both directions."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from tests.browser.chromium import (
    ALL_SCREENS,
    DESK_DARK,
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
from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tests.situation.scenes import CORRIDOR, served
from tracker.exercises.clock import FieldClock
from tracker.fieldlog.kinds import NewEvent
from tracker.situation.files import Served
from tracker.situation.operations import publish_now

pytestmark = pytest.mark.django_db
# Every screen for the two pages that people come for; the widest and the narrowest for the others.
PAGES = {
    "/": ALL_SCREENS,
    CORRIDOR: ALL_SCREENS,
    "/t/": (DESK_DARK, NARROW),
    "/about/": (DESK_DARK, NARROW),
    "/reported/": (DESK_DARK, NARROW),
}
STATUS_RAW, STATUS_PACKED = 20_000, 14_000
EXERCISE = FieldClock(now=NOON, name="The day of the talks", speed=60)
HOUR = timedelta(hours=1)


def _word(road: Road, source: str, claims: str, says: str, hours: float) -> NewEvent:
    return new_event(
        "corridor.stated",
        corridor=road.corridor.pk,
        source=getattr(road, source),
        at=NOON - hours * HOUR,
        data={
            "says": says,
            "claims": claims,
            "is_public": True,
            "credibility": 4,
            "source_title": "Interfax",
            "source_url": "https://example.org/word",
        },
    )


def _attempt(road: Road, day: str, outcome: str, reason: str, people: int | None) -> list[NewEvent]:
    attempt = uuid4()
    return [
        new_event(
            "attempt.planned",
            at=NOON - 100 * HOUR,
            attempt=attempt,
            corridor=road.corridor.pk,
            data={"day": day, "is_public": True, "buses": 45, "source_title": "CNN"},
        ),
        new_event(
            "attempt.ended",
            at=NOON - 20 * HOUR,
            attempt=attempt,
            corridor=road.corridor.pk,
            data={
                "outcome": outcome,
                "is_day_only": True,
                "reason": reason,
                "people_arrived": people,
            },
        ),
    ]


def _window(road: Road) -> NewEvent:
    opens_at, closes_at = NOON + HOUR, NOON + 8 * HOUR
    return new_event(
        "window.announced",
        corridor=road.corridor.pk,
        window=uuid4(),
        source=road.russia,
        at=NOON - 3 * HOUR,
        data={"opens_at": opens_at.isoformat(), "closes_at": closes_at.isoformat()},
    )


def _agreed(road: Road) -> NewEvent:
    point = {"item": "DESTINATION", "party": "HUMANITARIAN", "position": "AGREED"}
    return new_event(
        "agreement.stated",
        corridor=road.corridor.pk,
        source=road.icrc,
        data={**point, "note": "named by both", "is_public": True},
    )


def _incident(road: Road) -> list[NewEvent]:
    incident = uuid4()
    alleged = {"kind": "AIR_STRIKE", "alleged": "A fuel depot was struck.", "is_public": True}
    says = {"says": "Two helicopters struck it.", "injured": 2, "is_public": True}
    return [
        new_event(
            "incident.reported",
            incident=incident,
            corridor=road.corridor.pk,
            at=NOON - 5 * HOUR,
            data=alleged,
        ),
        *(
            new_event(
                "incident.claimed",
                incident=incident,
                source=source,
                data={**says, "stance": stance, "source_url": "https://example.org/claim"},
            )
            for source, stance in ((road.russia, "CLAIMS"), (road.icrc, "NEITHER"))
        ),
    ]


@pytest.fixture
def day(cast: Cast, road: Road) -> dict[str, Served]:
    """Publish the morning of 1 April 2022 as an exercise, and return its documents."""
    log(
        _word(road, "russia", "ANNOUNCED", "The corridor is to reopen from Friday morning.", 3),
        _word(road, "icrc", "UNKNOWN", "It is not yet clear whether it will take place today.", 1),
        *_attempt(road, "2022-03-28", "CANCELLED", "fear of provocations", None),
        *_attempt(road, "2022-03-30", "SUCCEEDED", "", 2717),
        *_attempt(road, "2022-03-31", "PARTLY_SUCCEEDED", "held at Vasylivka", 631),
        _window(road),
        _agreed(road),
        *_incident(road),
        organisation=cast.organisation,
    )
    publish_now(clock=EXERCISE, machine_now=timezone.now())
    return dict(served().documents)


def _open(
    open_context: OpenContext, document: Served, screen: Screen = PHONE, *, script: bool = True
) -> Page:
    context = open_context(screen, script=script)
    page = context.new_page()
    policy = document.headers["Content-Security-Policy"]
    page.goto(serve(context, document.body.decode(), policy=policy))
    return page


@pytest.mark.parametrize(("path", "screens"), PAGES.items())
def test_every_public_page_is_accessible_on_its_screens(
    open_context: OpenContext,
    take_picture: TakePicture,
    day: dict[str, Served],
    path: str,
    screens: tuple[Screen, ...],
) -> None:
    for screen in screens:
        page = _open(open_context, day[path], screen)

        take_picture(page, f"public{path.replace('/', '_')}{screen}")
        assert violations(page) == [], screen
        assert not scrolls_sideways(page), screen
        assert small_targets(page) == [], screen


@pytest.mark.parametrize("path", ["/ar/", f"/ar{CORRIDOR}"])
def test_a_page_read_from_the_right_is_accessible(
    open_context: OpenContext, take_picture: TakePicture, day: dict[str, Served], path: str
) -> None:
    page = _open(open_context, day[path])

    take_picture(page, f"public{path.replace('/', '_')}")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert violations(page) == []
    assert not scrolls_sideways(page)


@pytest.mark.parametrize("path", ["/", CORRIDOR, "/about/", "/reported/"])
def test_on_paper_too_an_exercise_says_that_it_is_one(
    open_context: OpenContext, take_picture: TakePicture, day: dict[str, Served], path: str
) -> None:
    page = _open(open_context, day[path], DESK_DARK)

    page.emulate_media(media="print")

    take_picture(page, f"public{path.replace('/', '_')}print")
    assert page.get_by_text("Not happening now.").first.is_visible()
    assert not page.get_by_role("link", name="Evacuation status").is_visible()


def test_the_first_line_says_who_says_so_and_that_nobody_has_seen_it(
    open_context: OpenContext, day: dict[str, Served]
) -> None:
    page = _open(open_context, day["/"], script=False)

    lede = page.locator(".lede").inner_text()
    assert page.get_by_role("heading", level=1).inner_text() == "No corridor is confirmed open"
    assert lede.startswith("According to Russian information, the corridor from Mariupol")
    assert "Not confirmed from the field." in lede
    assert lede.endswith("It is not yet clear whether an evacuation will take place today.")
    assert page.get_by_text("Not happening now.").is_visible()


def test_an_old_page_turns_grey_by_itself(
    open_context: OpenContext, day: dict[str, Served], take_picture: TakePicture
) -> None:
    publish_now(clock=EXERCISE, machine_now=timezone.now() - timedelta(minutes=17))

    page = _open(open_context, served().documents["/"])

    page.get_by_text("This information is 17 min old. Do not rely on it.").wait_for()
    take_picture(page, "public_stale")
    assert violations(page) == []


def test_without_scripts_a_page_says_until_when_it_holds(
    open_context: OpenContext, day: dict[str, Served]
) -> None:
    page = _open(open_context, day[CORRIDOR], script=False)

    assert page.get_by_text("After that, load the page again.").is_visible()


def test_the_status_page_fits_its_budget(day: dict[str, Served]) -> None:
    assert len(day["/"].body) <= STATUS_RAW
    assert len(day["/"].packed) <= STATUS_PACKED
    assert len(day["/t/"].body) <= 3_000
