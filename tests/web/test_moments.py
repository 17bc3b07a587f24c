"""A moment is typed as the clock on the wall shows it, with its day where that matters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from tracker.web.forms_log import DayField, MomentField

KYIV = ZoneInfo("Europe/Kyiv")


@pytest.fixture
def moment() -> MomentField:
    """Return a field in Kyiv shortly after midnight of 1 April 2022."""
    field = MomentField()
    field.zone, field.now = KYIV, datetime(2022, 3, 31, 21, 30, tzinfo=UTC)
    return field


@pytest.mark.parametrize(
    "typed", ["2022-04-01 14:10", "2022-04-01T14:10", "1.4.2022 14:10", "14:10"]
)
def test_every_usual_way_to_write_it_is_understood(moment: MomentField, typed: str) -> None:
    assert moment.clean(typed) == datetime(2022, 4, 1, 14, 10, tzinfo=KYIV)


def test_a_time_alone_is_of_the_day_that_the_place_has(moment: MomentField) -> None:
    assert moment.clean(" 0:05 ") == datetime(2022, 4, 1, 0, 5, tzinfo=KYIV)


@pytest.mark.parametrize(
    "typed", ["2:10 PM", "25:00", "2022-02-31 10:00", "yesterday", "10/04/2022"]
)
def test_anything_else_is_refused_and_shown_how_to_write_it(
    moment: MomentField, typed: str
) -> None:
    with pytest.raises(ValidationError, match="Write the time as 14:10"):
        moment.clean(typed)


@pytest.mark.parametrize("typed", ["2022-04-01", "1.4.2022", "01.04.22"])
def test_a_day_is_typed_with_the_year_first_or_with_dots(typed: str) -> None:
    assert DayField().clean(typed) == date(2022, 4, 1)


@pytest.mark.parametrize("typed", ["04/01/2022", "2022-02-31", "Friday"])
def test_a_day_that_could_be_read_two_ways_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="Write the day as 2022-04-01"):
        DayField().clean(typed)
