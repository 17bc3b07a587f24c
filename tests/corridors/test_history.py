"""Every change of a corridor's status, including those that come by a word growing old."""

from __future__ import annotations

from datetime import timedelta
from uuid import NAMESPACE_OID, uuid5

import pytest
from msgspec.structs import replace

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.corridors.history import Change, changes
from tracker.corridors.models import CorridorStatus
from tracker.corridors.queries import validity_of
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.queries import entries_of_unit
from tracker.intake.registry import kinds_of_unit

VALIDITY = validity_of(passable_h=6, barred_h=24)
OPEN, CLOSED = CorridorStatus.OPEN, CorridorStatus.CLOSED
UNKNOWN, ANNOUNCED = CorridorStatus.UNKNOWN, CorridorStatus.ANNOUNCED


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def told(cast: Cast, road: Road, *events: NewEvent, after: float) -> list[tuple[str, float]]:
    """Record `events`; return the changes until `after` hours past noon as (status, hour)."""
    log(*events, organisation=cast.organisation, by=cast.coordinator)
    entries = entries_of_unit(
        unit="corridor", subject_id=road.corridor.pk, kinds=kinds_of_unit("corridor")
    )
    found: tuple[Change, ...] = changes(entries, validity=VALIDITY, now=NOON + hours(after))
    return [(one.verdict.status, (one.at - NOON) / hours(1)) for one in found]


def act(road: Road, kind: str, hour: float) -> NewEvent:
    return new_event(f"corridor.{kind}", at=NOON + hours(hour), corridor=road.corridor.pk)


def claim(road: Road, status: str, hour: float) -> NewEvent:
    return new_event(
        "corridor.stated",
        at=NOON + hours(hour),
        data={"says": "So.", "claims": status},
        source=road.russia,
        corridor=road.corridor.pk,
    )


def test_a_confirmation_that_grows_old_is_a_change_of_its_own(cast: Cast, road: Road) -> None:
    found = told(cast, road, act(road, "confirmed", 0), after=10)

    assert found == [(OPEN, 0), (UNKNOWN, 6)]


@pytest.mark.parametrize("worse", ["restricted", "suspended", "closed"])
@pytest.mark.parametrize("turn", range(4))
def test_of_two_acts_at_the_same_moment_the_worse_stands(
    cast: Cast, road: Road, worse: str, turn: int
) -> None:
    good, bad = act(road, "confirmed", 0), act(road, worse, 0)
    first, second = sorted((uuid5(NAMESPACE_OID, f"{worse}{turn}{n}") for n in range(2)), key=str)
    swapped = turn % 2 == 0
    events = (
        replace(good, client_id=first if swapped else second),
        replace(bad, client_id=second if swapped else first),
    )

    found = told(cast, road, *events, after=1)

    assert found[-1] == (worse.upper(), 0)


def test_a_word_that_has_not_grown_old_yet_has_not_changed(cast: Cast, road: Road) -> None:
    assert told(cast, road, act(road, "confirmed", 0), after=5) == [(OPEN, 0)]


def test_a_renewed_word_keeps_the_status_as_it_is(cast: Cast, road: Road) -> None:
    events = (act(road, "confirmed", 0), act(road, "confirmed", 5))

    assert told(cast, road, *events, after=10) == [(OPEN, 0)]


def test_claims_and_acts_change_it_in_the_order_in_which_they_happened(
    cast: Cast, road: Road
) -> None:
    events = (
        act(road, "closed", 3),
        claim(road, OPEN, 0),
        act(road, "confirmed", 1),
        claim(road, CLOSED, 2),
    )

    found = told(cast, road, *events, after=4)

    assert found == [(ANNOUNCED, 0), (OPEN, 1), (UNKNOWN, 2), (CLOSED, 3)]


def test_an_announcement_lapses_after_a_day(cast: Cast, road: Road) -> None:
    found = told(cast, road, claim(road, ANNOUNCED, 0), after=30)

    assert found == [(ANNOUNCED, 0), (UNKNOWN, 24)]


@pytest.mark.parametrize("after", [1, 30])
def test_what_comes_later_is_not_told_yet(cast: Cast, road: Road, after: float) -> None:
    events = (act(road, "closed", 0), act(road, "confirmed", 40))

    found = told(cast, road, *events, after=after)

    assert found == ([(CLOSED, 0)] if after == 1 else [(CLOSED, 0), (UNKNOWN, 24)])
