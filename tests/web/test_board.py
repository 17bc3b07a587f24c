"""The board puts the convoy that needs a person first, and says why in a few words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast
from tests.convoys.crowd import thirty
from tests.convoys.journeys import Column, it_is, planned
from tests.factories import Road
from tracker.convoys.models import Convoy
from tracker.exercises.clock import field_now
from tracker.web.board import Row, rows_of
from tracker.web.convoy_needs import ROOM

BOARD = reverse("board")


def rows(*columns: Column) -> list[Row]:
    convoys = list(
        Convoy.objects.filter(pk__in=[column.convoy_id for column in columns]).select_related(
            "corridor__origin", "corridor__destination", "at_checkpoint", "route", "state_event"
        )
    )
    return rows_of(convoys, now=field_now(), who_has={})


def codes(found: Sequence[Row]) -> list[str]:
    return [row.convoy.code for row in found]


def test_a_call_for_help_stands_before_silence_before_missing_people_before_a_hold(
    cast: Cast, road: Road
) -> None:
    held, short, silent, sos = (planned(cast, road, code=code) for code in ("A", "B", "C", "D"))
    for column in (held, short, silent, sos):
        column.tell("convoy.departed", 0)
    for minute in range(40, 540, 40):
        for column in (held, short, sos):
            column.tell("contact.made", minute)
    held.tell("convoy.held", 400)
    short.tell("people.boarded", -1, data={"people": 100})
    short.tell("people.counted", 520, data={"people": 88})
    held.tell("contact.made", 530)
    sos.tell("sos", 530)
    it_is(540)

    found = rows(held, short, silent, sos)

    assert codes(found) == ["D", "C", "B", "A"]
    assert [row.need.text for row in found] == [
        "SOS 16:50",
        "No word for 9 h 00: call it",
        "12 not accounted for",
        "Held 2 h 20",
    ]


def test_a_convoy_in_order_says_when_its_next_word_is_due(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 530)
    it_is(540)

    (row,) = rows(column)

    assert (row.need.group, row.need.text) == (3, "next word 17:20")


def test_the_older_of_two_equal_needs_comes_first(cast: Cast, road: Road) -> None:
    younger, older = planned(cast, road, code="A"), planned(cast, road, code="B")
    older.tell("convoy.departed", 0)
    younger.tell("convoy.departed", 60)
    it_is(540)

    assert codes(rows(younger, older)) == ["B", "A"]


def test_no_reason_is_longer_than_its_place_on_the_board(cast: Cast, road: Road) -> None:
    columns = thirty(cast, road)
    it_is(540)

    found = rows(*columns)

    assert len(found) == 30
    assert {len(row.need.text) <= ROOM for row in found} == {True}
    assert {row.need.group for row in found} == {1, 2, 3}


def test_thirty_convoys_need_as_many_queries_as_a_few(
    client: Client,
    cast: Cast,
    road: Road,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    thirty(cast, road)
    it_is(540)
    client.force_login(cast.dispatcher)

    with django_assert_max_num_queries(31):
        answer = client.get(BOARD)

    assert answer.content.count(b"<tr ") == 30


def test_the_convoy_asked_for_is_shown_beside_the_rows(
    client: Client, cast: Cast, road: Road
) -> None:
    thirty(cast, road)
    it_is(540)
    client.force_login(cast.dispatcher)

    html = client.get(BOARD, {"show": "K1"}).content.decode()

    side = html.partition("<aside")[2]
    assert re.search(r"<h2><a href=\"/convoys/K1/\">K1</a>", side)
    assert f"{reverse('log')}?convoy=K1" in side


def test_what_is_sought_is_found_by_code_or_place(client: Client, cast: Cast, road: Road) -> None:
    planned(cast, road, code="A1")
    planned(cast, road, code="B2")
    client.force_login(cast.dispatcher)

    by_code = client.get(BOARD, {"q": "b2"}).content.decode()
    by_place = client.get(BOARD, {"q": "zapor"}).content.decode()

    assert ("A1" in by_code, "B2" in by_code) == (False, True)
    assert ("A1" in by_place, "B2" in by_place) == (True, True)


def test_the_board_is_for_people_of_the_organisation_alone(
    client: Client, cast: Cast, road: Road
) -> None:
    planned(cast, road, code="SECRET")
    seen = {}

    for who, user in cast.everyone().items():
        client.force_login(user)
        answer = client.get(BOARD)
        seen[who] = (answer.status_code, b"SECRET" in answer.content)

    others = {"partner": (403, False), "outsider": (200, False)}
    assert seen == {who: others.get(who, (200, True)) for who in seen}


def test_an_empty_board_says_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.viewer)

    assert "No convoy is at work" in client.get(BOARD).content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_board_only_answers(client: Client, cast: Cast, method: str) -> None:
    client.force_login(cast.dispatcher)

    assert getattr(client, method)(BOARD).status_code == 405
