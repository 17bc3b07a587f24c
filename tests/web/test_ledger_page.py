"""The page of a convoy's people: every account, by vehicle and by place, and who told it."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast
from tests.convoys.journeys import Column, it_is, planned
from tests.factories import Road
from tracker.organisations.models import User

PEOPLE = reverse("convoy_people", args=["M1"])


@pytest.fixture
def column(cast: Cast, road: Road) -> Column:
    """Return a convoy of which two buses were counted: three people moved, two are missing."""
    column = planned(cast, road)
    first, second = column.buses[0], column.buses[1]
    column.tell("people.boarded", 0, data={"people": 40, "place": "Berdiansk"}, vehicle=first)
    column.tell("people.boarded", 0, data={"people": 30, "place": "Berdiansk"}, vehicle=second)
    column.tell("convoy.departed", 1)
    column.tell("people.moved", 30, data={"people": 3, "to_vehicle": str(second)}, vehicle=first)
    column.tell("people.detained", 40, data={"people": 1, "place": "Tokmak"}, vehicle=second)
    counted = {"method": "HEADCOUNT", "place": "Tokmak"}
    column.tell("people.counted", 60, data={"people": 35, **counted}, vehicle=first)
    column.tell(
        "people.counted", 61, data={"people": 32, **counted}, vehicle=second, source=road.icrc
    )
    it_is(90)
    return column


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def shown_to(client: Client, user: User) -> str:
    client.force_login(user)
    return text_of(client.get(PEOPLE).content.decode())


def rows_of(html: str, heading: str) -> list[str]:
    """Return the rows of the table below a heading, each as text."""
    table = html.partition(f">{heading}</h2>")[2].partition("</table>")[0]
    body = table.partition("<tbody>")[2]
    return [text_of(row) for row in body.split("<tr")[1:]]


def test_each_vehicle_is_told_from_boarding_to_now(
    client: Client, cast: Cast, column: Column
) -> None:
    client.force_login(cast.dispatcher)
    html = client.get(PEOPLE).content.decode()

    first, second = (row.partition(">")[2] for row in rows_of(html, "By vehicle"))
    assert "B1 2 not accounted for." in first
    assert "40 3 moved to another vehicle 35 , Tokmak, 09:00" in first
    assert "30 3 came from another vehicle 1 detained (Tokmak) 32 , Tokmak, 09:01" in second
    assert "No number was told of 1 other vehicle: B3. Not reported is not zero." in text_of(html)


def test_each_place_is_told_with_who_boarded_and_was_counted_there(
    client: Client, cast: Cast, column: Column
) -> None:
    client.force_login(cast.dispatcher)

    places = [row.partition(">")[2].split() for row in rows_of(
        client.get(PEOPLE).content.decode(), "By place")]  # fmt: skip

    assert [words[0] for words in places] == ["Berdiansk", "Tokmak"]
    assert "70" in places[0]
    assert {"67", "detained"} <= {word.strip(",") for word in places[1]}


def test_each_count_stands_with_who_told_it_and_how_old_it_is(
    client: Client, cast: Cast, column: Column
) -> None:
    text = shown_to(client, cast.coordinator)

    assert f"{column.road.icrc}, grade {column.road.icrc.reliability} , counted one by one" in text
    assert f"{cast.monitor.display_name} , counted one by one" in text
    assert "29 min ago" in text


def test_who_may_not_know_what_befell_somebody_reads_neither_cause_nor_place(
    client: Client, cast: Cast, column: Column
) -> None:
    text = shown_to(client, cast.viewer)

    assert "detained" not in text.lower()
    assert "No longer with the convoy 1" in text
    assert "no place told none told not counted 1 no longer with the convoy" in text


def test_both_sides_of_a_whole_count_come_to_one_number(
    client: Client, cast: Cast, road: Road
) -> None:
    column = planned(cast, road)
    column.tell("people.boarded", 0, data={"people": 100})
    column.tell("people.left", 20, data={"people": 4})
    column.tell("people.counted", 60, data={"people": 93})
    it_is(90)

    text = shown_to(client, cast.dispatcher)

    assert "Both sides come to 100: everybody is in one account. 3 not accounted for" in text
    assert "Set out 100 Together 100" in text
    assert "On board now 93 Left by choice 4 Not accounted for 3 Together 100" in text


def test_nobody_elses_convoy_and_no_shared_one_shows_its_people(
    client: Client, cast: Cast, column: Column
) -> None:
    seen = {}
    for user in (cast.partner, cast.outsider):
        client.force_login(user)
        seen[user.username] = client.get(PEOPLE).status_code

    assert seen == {cast.partner.username: 403, cast.outsider.username: 404}


def test_a_longer_column_asks_the_database_no_more_often(
    client: Client,
    cast: Cast,
    road: Road,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    column = planned(cast, road, buses=12)
    for bus in column.buses:
        column.tell("people.boarded", 0, data={"people": 20}, vehicle=bus)
        column.tell("people.counted", 30, data={"people": 20}, vehicle=bus)
    it_is(90)
    client.force_login(cast.dispatcher)

    with django_assert_max_num_queries(14):
        client.get(PEOPLE)


def test_before_anybody_reported_a_number_it_is_not_known(
    client: Client, cast: Cast, road: Road
) -> None:
    planned(cast, road)
    it_is(0)

    text = shown_to(client, cast.viewer)

    assert "Not known: nobody has reported a number." in text
    assert "No number was told by vehicle. There are 3: B1, B2, B3." in text
