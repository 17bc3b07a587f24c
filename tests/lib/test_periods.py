"""Ages round down, unknown stays unknown, and moments are written in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tracker.lib.periods import Age, Limits, age_between, freshness, utc_text

NOW = datetime(2022, 4, 1, 11, 10, tzinfo=UTC)
LIMITS = Limits(ageing=timedelta(hours=1), stale=timedelta(hours=6))
NAIVE = datetime(2022, 4, 1, 11, 10)  # noqa: DTZ001 (the fault under test)


@pytest.mark.parametrize(
    ("passed", "age"),
    [
        (timedelta(0), Age("now")),
        (timedelta(seconds=59), Age("now")),
        (timedelta(minutes=1), Age("minutes", 1)),
        (timedelta(minutes=59, seconds=59), Age("minutes", 59)),
        (timedelta(hours=1), Age("hours", 1)),
        (timedelta(hours=47, minutes=59), Age("hours", 47)),
        (timedelta(hours=48), Age("days", 2)),
        (timedelta(days=400), Age("days", 400)),
        (timedelta(minutes=-5), Age("now")),
    ],
)
def test_an_age_is_whole_units_rounded_down(passed: timedelta, age: Age) -> None:
    assert age_between(then=NOW - passed, now=NOW) == age


def test_an_unknown_time_has_no_age() -> None:
    assert age_between(then=None, now=NOW) == Age("unknown")


@pytest.mark.parametrize(
    ("passed", "word"),
    [
        (timedelta(minutes=59), "recent"),
        (timedelta(hours=1), "ageing"),
        (timedelta(hours=6), "stale"),
    ],
)
def test_information_ages_at_its_limits(passed: timedelta, word: str) -> None:
    assert freshness(then=NOW - passed, now=NOW, limits=LIMITS) == word


def test_information_without_a_time_is_stale() -> None:
    assert freshness(then=None, now=NOW, limits=LIMITS) == "stale"


def test_a_moment_is_written_in_utc_to_the_second() -> None:
    local = datetime(2022, 4, 1, 10, 0, 0, 999, tzinfo=ZoneInfo("Europe/Kyiv"))

    assert utc_text(local) == "2022-04-01T07:00:00Z"


def test_a_moment_without_a_zone_is_refused_everywhere() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        utc_text(NAIVE)
    with pytest.raises(ValueError, match="no time zone"):
        age_between(then=NAIVE, now=NOW)
    with pytest.raises(ValueError, match="no time zone"):
        freshness(then=NOW, now=NAIVE, limits=LIMITS)
