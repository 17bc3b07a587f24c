"""A convoy joins another one and a vehicle changes convoys by a page; nobody is counted twice."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.convoys.journeys import EVENING, Column, it_is, planned
from tests.factories import Road
from tests.web.sending import send
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.queries import balances_of
from tracker.headcounts.spans import Span


@pytest.fixture
def two(cast: Cast, road: Road, client: Client) -> tuple[Column, Column]:
    """Return two convoys on one corridor with 120 and 80 people, the coordinator signed in."""
    first, second = planned(cast, road), planned(cast, road, code="M2")
    for column, people in ((first, 120), (second, 80)):
        column.tell("people.boarded", 0, data={"people": people})
        column.tell("convoy.departed", 0)
    it_is(540)
    client.force_login(cast.coordinator)
    return first, second


def aboard(*columns: Column) -> list[Span | None]:
    balances = balances_of([column.row for column in columns], at=EVENING)
    return [balances[column.convoy_id].on_board for column in columns]


def test_a_vehicle_goes_over_with_its_people_and_behind_the_tail_of_the_other(
    client: Client, two: tuple[Column, Column]
) -> None:
    first, second = two
    page = reverse("convoy_transfer", args=["M1"])

    answer = send(
        client,
        page,
        vehicle=str(first.buses[0]),
        other=str(second.convoy_id),
        code="B4",
        people="40",
    )

    assert answer.status_code == 302
    assert answer["Location"] == reverse("convoy", args=["M2"])
    assert [bus.code for bus in first.row.vehicles.all()] == ["B2", "B3"]
    assert [bus.code for bus in second.row.vehicles.all()] == ["B1", "B2", "B3", "B4"]
    assert aboard(first, second) == [Span(80, 80), Span(120, 120)]


def test_a_code_that_the_other_convoy_has_is_asked_for_anew_and_nothing_is_lost(
    client: Client, two: tuple[Column, Column]
) -> None:
    first, second = two
    page = reverse("convoy_transfer", args=["M1"])

    answer = send(
        client, page, vehicle=str(first.buses[0]), other=str(second.convoy_id), people="40"
    )

    assert answer.status_code == 422
    assert "The code B1 is taken." in answer.content.decode()
    assert 'value="40"' in answer.content.decode()
    assert first.row.vehicles.count() == 3


def test_a_convoy_joins_another_one_with_all_its_vehicles_and_its_journey_ends(
    client: Client, two: tuple[Column, Column]
) -> None:
    first, second = two

    answer = send(
        client, reverse("convoy_join", args=["M2"]), other=str(first.convoy_id), people="80"
    )

    assert answer.status_code == 302
    assert second.row.ended_at is not None
    assert (first.row.vehicles.count(), second.row.vehicles.count()) == (6, 0)
    assert aboard(first, second) == [Span(200, 200), Span(0, 0)]


def test_a_join_without_a_number_leaves_the_sum_open_and_never_adds_nobody(
    client: Client, two: tuple[Column, Column]
) -> None:
    first, _second = two

    send(client, reverse("convoy_join", args=["M2"]), other=str(first.convoy_id))

    assert aboard(first) == [Span(120, None)]


@pytest.mark.parametrize("name", ["convoy_join", "convoy_transfer"])
def test_a_move_sent_twice_is_one_entry(
    client: Client, two: tuple[Column, Column], name: str
) -> None:
    first, second = two
    form = {"client_id": str(uuid4()), "other": str(second.convoy_id), "people": "40"}
    if name == "convoy_transfer":
        form |= {"vehicle": str(first.buses[0]), "code": "B4"}
    before = LogEvent.objects.count()

    answers = [client.post(reverse(name, args=["M1"]), form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert LogEvent.objects.count() == before + 1


def test_the_last_vehicle_does_not_leave_its_convoy_alone(
    client: Client, cast: Cast, road: Road, two: tuple[Column, Column]
) -> None:
    lone = planned(cast, road, code="M3", buses=1)
    page = reverse("convoy_transfer", args=["M3"])

    answer = send(client, page, vehicle=str(lone.buses[0]), other=str(two[0].convoy_id), code="B9")

    assert answer.status_code == 422
    assert "Let the whole convoy join the other." in answer.content.decode()


def test_neither_a_convoy_of_others_nor_one_that_has_ended_is_offered(
    client: Client, two: tuple[Column, Column]
) -> None:
    _first, second = two
    second.tell("convoy.arrived", 500)

    html = client.get(reverse("convoy_join", args=["M1"])).content.decode()

    assert "No other convoy is on this corridor" in html
    assert str(second.convoy_id) not in html
