"""Entries about followers, groups and missing people: what is taken, asked about and refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import Cast
from tests.convoys.journeys import EVENING, planned
from tests.convoys.test_vehicles import refusals
from tests.factories import Road
from tracker.headcounts.models import PeopleEntry
from tracker.headcounts.queries import accounts_of, balance_of
from tracker.headcounts.spans import Gap, Span
from tracker.intake.operations import Refused
from tracker.reception.models import ReceptionCentre


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("people.counted", {"people": 20, "method": "GUESS"}, "bad_data"),
        ("people.counted", {"people": 20, "groups": {"f_0_3": 2}}, "bad_data"),
        (
            "people.counted",
            {"people": 20, "groups": {"f_0_4": 12, "m_60": 9}},
            "groups_above_total",
        ),
        ("people.counted", {"people": 20, "groups": {"medical": 21}}, "groups_above_total"),
        ("people.counted", {"people": 20, "vehicles": 4}, "cars_without_followers"),
        ("people.explained", {"note": "They went home."}, "explained_without_number"),
        ("people.explained", {"people": 2}, "explained_without_words"),
        ("people.explained", {"people_low": 3, "people_high": 2, "note": "x"}, "range_reversed"),
    ],
)
def test_what_does_not_fit_is_answered_with_its_reason(
    cast: Cast, road: Road, kind: str, data: dict[str, Any], code: str
) -> None:
    column = planned(cast, road)

    assert refusals(column, kind, data) == {code}
    assert not PeopleEntry.objects.exists()


def test_followers_sit_in_no_vehicle_of_the_convoy(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    data = {"people": 3, "is_follower": True}

    assert refusals(column, "people.counted", data, vehicle=column.buses[0]) == {
        "follower_in_vehicle"
    }


def test_groups_above_the_total_are_taken_once_the_sender_stands_by_them(
    cast: Cast, road: Road
) -> None:
    column = planned(cast, road)
    data = {"people": 20, "groups": {"f_18_59": 12, "m_18_59": 9, "disability": 3}}

    column.tell("people.counted", 0, data=data, is_confirmed=True)

    entry = PeopleEntry.objects.get()
    assert (entry.people, entry.groups) == (20, data["groups"])


@pytest.mark.parametrize("via", ["sms", "link", "tracker", "api", "import"])
def test_no_machine_explains_where_somebody_went(cast: Cast, road: Road, via: str) -> None:
    column = planned(cast, road)

    with pytest.raises(Exception, match="refused"):
        column.tell("people.explained", 5, data={"people": 2, "note": "They left."}, via=via)

    assert not PeopleEntry.objects.exists()


@pytest.mark.parametrize("via", ["", "phone", "paper"])
def test_somebody_signed_in_explains_where_somebody_went(cast: Cast, road: Road, via: str) -> None:
    column = planned(cast, road)

    told = column.tell("people.explained", 5, data={"people": 2, "note": "They left."}, via=via)

    assert told.by == cast.monitor
    assert PeopleEntry.objects.get().category == "EXPLAINED"


@pytest.mark.parametrize(
    "change",
    [{"data": {"people": 9}}, {"occurred_at": "2022-04-01T05:08:00+00:00"}, {"withdraw": True}, {}],
)
def test_no_program_changes_what_a_person_explained(
    cast: Cast, road: Road, change: dict[str, Any]
) -> None:
    column = planned(cast, road)
    told = column.tell("people.explained", 5, data={"people": 2, "note": "They left."})

    with pytest.raises(Refused) as refused:
        column.tell("correction", 9, corrects=told, data=change, reason="Wrong.", via="api")

    assert {each.code for each in refused.value.findings} == {"explained_by_machine"}
    assert PeopleEntry.objects.get().people == 2


def test_more_followers_than_the_convoy_has_seats_are_no_slip(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    data = {"people_low": 500, "people_high": 1000, "is_follower": True, "vehicles": 40}

    column.tell("people.counted", 30, data={**data, "method": "ESTIMATE"})

    followers = balance_of(column.row, at=EVENING).followers
    assert followers is not None
    assert followers.people == Span(500, 1000, is_estimate=True)
    assert followers.cars == 40


def test_a_correction_of_the_cars_that_follow_replaces_them(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    told = column.tell(
        "people.counted", 30, data={"people": 90, "is_follower": True, "vehicles": 14}
    )

    column.tell(
        "correction", 40, corrects=told, data={"data": {"vehicles": 40}}, reason="Heard wrong."
    )

    followers = balance_of(column.row, at=EVENING).followers
    assert followers is not None
    assert followers.cars == 40


def test_a_convoy_that_is_counted_explained_and_handed_over_is_in_balance(
    cast: Cast, road: Road
) -> None:
    column = planned(cast, road)
    centre = ReceptionCentre.objects.create(
        organisation=cast.organisation, name="School 12", place=road.corridor.destination
    )
    column.tell("people.boarded", 0, data={"people": 120, "method": "HEADCOUNT"})
    column.tell("people.turned_back", 30, data={"people": 10})
    column.tell("people.arrived", 300, data={"people": 107})
    column.tell("people.explained", 310, data={"people": 3, "note": "Boarded twice on the list."})
    column.tell(
        "reception.handed_over",
        320,
        data={"centre": str(centre.pk), "receiver_name": "The nurse", "people": 107},
        is_confirmed=True,
    )

    result = accounts_of(column.row, at=EVENING)

    assert balance_of(column.row, at=EVENING).gap == Gap(0, 0)
    assert (result.aboard.exact, result.handed_over.exact, result.explained.exact) == (0, 107, 3)
    assert result.comes == result.goes
