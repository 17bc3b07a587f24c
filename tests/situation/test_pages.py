"""What the public pages put where: rows that compare, sources as links, old words folded away."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest

from tests.cast import Cast
from tests.factories import NOON, Road, log, make_road, new_event
from tests.situation.scenes import CORRIDOR, MACHINE_NOW, publish, served
from tracker.corridors.models import Corridor
from tracker.exercises.clock import FieldClock
from tracker.situation.operations import publish_now

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def page(path: str) -> str:
    return served().documents[path].body.decode()


def attempt(cast: Cast, corridor: Corridor, day: date, reason: str = "") -> None:
    number = uuid4()
    planned = {
        "day": day.isoformat(),
        "is_public": True,
        "source_title": "Daily report",
        "source_url": "https://example.org/day",
    }
    ended = {"outcome": "FAILED", "is_day_only": True, "reason": reason}
    log(
        new_event(
            "attempt.planned",
            corridor=corridor.pk,
            attempt=number,
            at=NOON - 5 * DAY,
            data=planned,
        ),
        new_event("attempt.ended", corridor=corridor.pk, attempt=number, at=NOON - DAY, data=ended),
        organisation=cast.organisation,
    )


def said(cast: Cast, road: Road, words: str, *, days: int) -> None:
    data = {"says": words, "claims": "UNKNOWN", "is_public": True}
    log(
        new_event(
            "corridor.stated",
            corridor=road.corridor.pk,
            source=road.icrc,
            at=NOON - days * DAY,
            data=data,
        ),
        organisation=cast.organisation,
    )


def test_every_row_of_days_begins_on_the_first_day_of_the_page(cast: Cast, road: Road) -> None:
    other = make_road(operator=cast.organisation, slug="berdiansk-zaporizhzhia")
    make_road(operator=cast.organisation, slug="melitopol-zaporizhzhia")
    attempt(cast, road.corridor, date(2022, 3, 5))
    attempt(cast, other.corridor, date(2022, 3, 31))

    publish()

    first_days = re.findall(r'class="daysfoot"><span>([^<]+)</span>', page("/"))
    boxes = set(re.findall(r'class="days" viewBox="([^"]+)"', page("/")))
    assert first_days == ["5 March"] * 3
    assert len(boxes) == 1


def test_a_past_day_is_told_in_a_sentence_with_its_source_as_a_link(cast: Cast, road: Road) -> None:
    attempt(cast, road.corridor, date(2022, 3, 31), reason="held at Vasylivka")

    publish()

    assert "<p>Held at Vasylivka.</p>" in page("/")
    assert (
        'Source: <a href="https://example.org/day" rel="noreferrer nofollow">Daily report</a>'
        in page("/")
    )


def test_only_what_was_said_in_the_last_three_days_stands_unfolded(cast: Cast, road: Road) -> None:
    said(cast, road, "It is not clear.", days=1)
    said(cast, road, "Talks go on.", days=5)

    publish()

    unfolded, folded = page(CORRIDOR).split("<details", 1)
    assert "It is not clear." in unfolded
    assert "Talks go on." in folded
    assert "Talks go on." not in unfolded


def test_the_road_is_drawn_without_anybody_on_it(cast: Cast, road: Road) -> None:
    publish()

    assert 'class="strip wide"' in page(CORRIDOR)
    assert "the convoy is here" not in page(CORRIDOR)
    assert "290.5 km by road." in page(CORRIDOR)


@pytest.mark.usefixtures("road")
def test_an_exercise_says_which_of_its_times_is_real() -> None:
    exercise = FieldClock(now=NOON, name="The day of the talks", speed=60)

    publish_now(clock=exercise, machine_now=MACHINE_NOW)

    text = re.sub(r"<[^>]+>", "", page("/"))
    assert "Exercise, 1 April 2022, 12:12, 60x. Not happening now.\n" in text
    assert "(real time). After that, load the page again." in text
