"""A convoy is planned from a pasted list, all of it or nothing, and vehicles are split off it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.convoys.journeys import it_is, planned
from tests.factories import Road
from tracker.convoys.models import Convoy, Vehicle
from tracker.fieldlog.models import LogEvent

PLAN = reverse("convoy_plan")


@pytest.fixture
def dispatcher(client: Client, cast: Cast, road: Road) -> Client:
    """Return a browser in which the dispatcher is signed in, at noon of the day."""
    client.force_login(cast.dispatcher)
    it_is(240)
    return client


def plan(client: Client, road: Road, **fields: Any) -> HttpResponse:
    form = {
        "client_id": str(uuid4()),
        "corridor": str(road.corridor.pk),
        "code": "M1",
        "vehicles": "B1, 50, 48\nB2, 50, 50",
        "contact_interval_min": "30",
        "grace_min": "15",
        **fields,
    }
    answer: HttpResponse = client.post(PLAN, form)
    return answer


def test_a_plan_makes_the_convoy_with_its_vehicles_and_adds_up_the_people(
    dispatcher: Client, road: Road
) -> None:
    answer = plan(dispatcher, road, planned_departure_at="2022-04-01T13:30")

    assert answer["Location"] == reverse("convoy", args=["M1"])
    row = Convoy.objects.get()
    assert (row.people_planned, row.route) == (98, road.route)
    assert row.planned_departure_at is not None
    assert f"{row.planned_departure_at:%H:%M}" == "10:30"
    assert [(bus.code, bus.seats) for bus in row.vehicles.all()] == [("B1", 50), ("B2", 50)]


def test_a_list_with_a_gap_leaves_the_number_of_people_unknown(
    dispatcher: Client, road: Road
) -> None:
    plan(dispatcher, road, vehicles="B1, 50, 48\nB2, 50")

    assert Convoy.objects.get().people_planned is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"vehicles": "B1, 50, 48\nB2, fifty, 1"}, "Line 2: “fifty” is not a number."),
        ({"vehicles": "B1, 50, 3000"}, "Line 1: 3000/50 people to seats looks like a slip."),
        ({"vehicles": "B1, 50\nB1, 50"}, "Line 2: this vehicle stands in the list already"),
        ({"code": "M 1"}, "Use letters, digits and hyphens."),
        ({"code": "plan"}, "Choose another code."),
        ({"corridor": str(uuid4())}, "Select a valid choice"),
        ({"people_planned": "-1"}, "greater than or equal to 0"),
        ({"contact_interval_min": "0"}, "greater than or equal to 5"),
    ],
)
def test_a_bad_line_or_field_is_named_and_nothing_is_half_loaded(
    dispatcher: Client, road: Road, fields: dict[str, str], words: str
) -> None:
    answer = plan(dispatcher, road, **fields)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not LogEvent.objects.exists()


def test_74_in_a_bus_of_50_are_asked_about_once_with_the_list_kept(
    dispatcher: Client, road: Road
) -> None:
    asked = plan(dispatcher, road, vehicles="B1, 50, 74")
    taken = plan(dispatcher, road, vehicles="B1, 50, 74", is_confirmed="on")

    html = asked.content.decode()
    assert "Line 1: 74/50 people to seats. Is that right?" in html
    assert "B1, 50, 74</textarea>" in html
    assert taken.status_code == 302
    assert Vehicle.objects.get().people_planned == 74


def test_a_code_that_is_taken_is_refused(dispatcher: Client, cast: Cast, road: Road) -> None:
    planned(cast, road)

    answer = plan(dispatcher, road)

    assert "The code M1 is taken." in answer.content.decode()
    assert Convoy.objects.count() == 1


def test_a_plan_sent_twice_is_one_convoy(dispatcher: Client, road: Road) -> None:
    client_id = str(uuid4())

    answers = [plan(dispatcher, road, client_id=client_id) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Convoy.objects.count() == 1
    assert Vehicle.objects.count() == 2


def test_vehicles_are_split_off_under_a_code_of_their_own_even_when_sent_twice(
    dispatcher: Client, cast: Cast, road: Road
) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)
    form = {
        "client_id": str(uuid4()),
        "code": "M1B",
        "vehicles": [str(column.buses[2])],
        "people": "40",
        "reason": "Tyre burst.",
    }

    answers = [dispatcher.post(reverse("convoy_split", args=["M1"]), form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    part = Convoy.objects.get(code="M1B")
    assert [bus.code for bus in part.vehicles.all()] == ["B3"]
    assert (part.state, part.split_from_id, part.people_planned) == ("MOVING", column.convoy_id, 40)


def test_at_least_one_vehicle_stays(dispatcher: Client, cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    form = {"client_id": str(uuid4()), "code": "M1B", "vehicles": [str(b) for b in column.buses]}

    answer = dispatcher.post(reverse("convoy_split", args=["M1"]), form)

    assert answer.status_code == 422
    assert "Leave at least one vehicle" in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_who_may_plan_reaches_the_form(
    client: Client, cast: Cast, road: Road, method: str
) -> None:
    seen = {}
    for who, user in cast.everyone().items():
        client.force_login(user)
        seen[who] = getattr(client, method)(PLAN).status_code

    allowed = {"coordinator", "dispatcher", "outsider"}
    good = 200 if method == "get" else 422
    assert seen == {who: good if who in allowed else 403 for who in seen}


def test_another_organisation_cannot_plan_on_our_corridor(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.outsider)

    answer = plan(client, road)

    assert answer.status_code == 422
    assert not Convoy.objects.exists()
