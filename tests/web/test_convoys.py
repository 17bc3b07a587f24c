"""The page of a convoy says what is known, to whom it may be said, and what it rests on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast
from tests.convoys.journeys import Column, held_at_vasylivka, it_is, planned
from tests.convoys.test_vehicles import split
from tests.factories import Road
from tracker.convoys.models import ConvoyShare
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import User


def text_of(client: Client, user: User, url: str, status: int = 200) -> str:
    """Return the words of a page as somebody sees it, without its markup."""
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == status
    html = answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("<main")[2]))


@pytest.fixture
def m1(cast: Cast, road: Road) -> Column:
    """Return the convoy of the day at 17:00 field time."""
    column = held_at_vasylivka(cast, road)
    it_is(540)
    return column


def test_the_page_says_state_people_and_gap_with_their_ages(
    client: Client, cast: Cast, m1: Column
) -> None:
    text = text_of(client, cast.dispatcher, reverse("convoy", args=["M1"]))

    assert "Held at Vasylivka for 2 h 58 since 14:02" in text
    assert "20 min ago 16:40; next due 17:10" in text
    assert "42 buses" in text
    told = f"2,300 counted 12:34, Tokmak; according to {cast.monitor.display_name}; "
    assert f"{told}12 not accounted for since 12:34." in text
    assert "2,332 boarded. 2,300 counted in Tokmak. 20 left by choice (Tokmak)." in text
    assert "No forecast yet: it depends on the checkpoints." in text


def test_a_correction_stands_beside_what_it_corrects_with_who_and_why(
    client: Client, cast: Cast, m1: Column
) -> None:
    client.force_login(cast.viewer)

    html = client.get(reverse("convoy", args=["M1"])).content.decode()

    assert "<del>2,312</del> <ins>2,300</ins>" in html
    assert "Corrected 13:20 by monitor: Bus B17 was counted twice." in html


def test_every_big_number_opens_to_its_entry(client: Client, cast: Cast, m1: Column) -> None:
    client.force_login(cast.dispatcher)
    count = LogEvent.objects.get(kind="people.counted")

    html = client.get(reverse("convoy", args=["M1"])).content.decode()

    entry = reverse("entry", args=[count.pk])
    assert f'<a href="{entry}">2,300</a>' in html
    assert client.get(entry).status_code == 200


def test_the_page_needs_few_queries_however_long_the_day(
    client: Client,
    cast: Cast,
    m1: Column,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client.force_login(cast.dispatcher)

    with django_assert_max_num_queries(26):
        client.get(reverse("convoy", args=["M1"]))


def test_the_list_needs_as_many_queries_for_twelve_convoys_as_for_one(
    client: Client, cast: Cast, road: Road, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    planned(cast, road, code="A0")
    client.force_login(cast.dispatcher)
    with django_assert_num_queries(9):
        client.get(reverse("convoy_list"))
    for number in range(1, 12):
        planned(cast, road, code=f"A{number}")

    with django_assert_num_queries(9):
        answer = client.get(reverse("convoy_list"))

    assert b"A11" in answer.content


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("convoy", {"partner": 404, "outsider": 404}),
        ("convoy_split", {"monitor": 403, "verifier": 403, "viewer": 403, "admin": 403,
                          "partner": 403, "outsider": 404}),
    ],
)  # fmt: skip
def test_only_who_may_sees_a_page_of_a_convoy(
    client: Client, cast: Cast, m1: Column, name: str, statuses: dict[str, int]
) -> None:
    url = reverse(name, args=["M1"])
    seen = {}
    assert client.get(url).status_code == 302

    for who, user in cast.everyone().items():
        client.force_login(user)
        seen[who] = client.get(url).status_code

    assert seen == {who: statuses.get(who, 200) for who in seen}


def test_the_list_shows_each_only_what_is_theirs_or_shared(
    client: Client, cast: Cast, m1: Column
) -> None:
    def sees(user: User) -> bool:
        return "M1" in text_of(client, user, reverse("convoy_list"))

    before = {who: sees(user) for who, user in cast.everyone().items()}
    ConvoyShare.objects.create(convoy=m1.row, organisation=cast.partner_organisation)

    assert {who for who, seen in before.items() if not seen} == {"partner", "outsider"}
    assert sees(cast.partner)


def share(m1: Column, cast: Cast, **parts: bool) -> None:
    ConvoyShare.objects.create(convoy=m1.row, organisation=cast.partner_organisation, **parts)


def test_a_partner_sees_no_hold_no_place_and_no_log_of_a_shared_convoy(
    client: Client, cast: Cast, m1: Column
) -> None:
    share(m1, cast, shares_position=True, shares_counts=True)

    text = text_of(client, cast.partner, reverse("convoy", args=["M1"]))

    assert "2,300 counted in Tokmak" in text
    for secret in ("Held", "Vasylivka", "Log", "42 buses", "Still held", "Entry"):
        assert secret not in text


def test_a_partner_sees_where_a_moving_convoy_has_been_and_never_where_it_is(
    client: Client, cast: Cast, m1: Column
) -> None:
    share(m1, cast, shares_position=True)
    m1.tell("convoy.cleared", 530, checkpoint=m1.road.vasylivka.pk)
    m1.tell("convoy.arrived_at", 538, checkpoint=m1.road.kamianske.pk)

    text = text_of(client, cast.partner, reverse("convoy", args=["M1"]))

    assert "12:10 to 12:35" in text
    assert "reached 16:58" not in text
    assert "It has passed Vasylivka." in client.get(reverse("convoy", args=["M1"])).content.decode()


def test_a_small_number_is_not_told_to_a_partner_without_leave(
    client: Client, cast: Cast, road: Road
) -> None:
    column = planned(cast, road)
    column.tell("people.boarded", 0, data={"people": 3})
    it_is(10)
    share(column, cast)

    text = text_of(client, cast.partner, reverse("convoy", args=["M1"]))

    assert "fewer than 5" in text


def test_detained_people_are_named_as_such_only_to_those_who_may_know(
    client: Client, cast: Cast, m1: Column
) -> None:
    m1.tell("people.detained", 400, data={"people": 2, "note": "taken to the school"})

    knows = text_of(client, cast.dispatcher, reverse("convoy", args=["M1"]))
    does_not = text_of(client, cast.monitor, reverse("convoy", args=["M1"]))

    assert "Detained: 2" in knows
    assert "2 detained." in knows
    assert "2 no longer with the convoy." in does_not
    assert "No longer with the convoy: 2" in does_not
    for secret in ("etained", "school"):
        assert secret not in does_not


def test_the_curfew_is_counted_down(client: Client, cast: Cast, m1: Column) -> None:
    corridor = m1.road.corridor
    corridor.moves_from, corridor.moves_until = "06:00", "20:00"
    corridor.save(update_fields=["moves_from", "moves_until"])

    text = text_of(client, cast.dispatcher, reverse("convoy", args=["M1"]))

    assert "left to drive today: nobody drives from 20:00 to 06:00." in text
    assert "2 h 59" in text


def test_sharing_is_widened_and_taken_back(client: Client, cast: Cast, m1: Column) -> None:
    client.force_login(cast.coordinator)
    form = {"organisation": str(cast.partner_organisation.pk), "shares_counts": "on"}

    client.post(reverse("convoy_share", args=["M1"]), form)
    shared = ConvoyShare.objects.get()
    client.post(reverse("convoy_share_end", args=["M1", shared.pk]))

    assert (shared.shares_counts, shared.shares_position) == (True, False)
    assert not ConvoyShare.objects.exists()


@pytest.mark.parametrize("who", ["monitor", "viewer", "verifier", "partner", "admin"])
def test_who_may_not_plan_may_not_share(client: Client, cast: Cast, m1: Column, who: str) -> None:
    client.force_login(cast.everyone()[who])

    answer = client.post(
        reverse("convoy_share", args=["M1"]), {"organisation": str(cast.partner_organisation.pk)}
    )

    assert answer.status_code == 403
    assert not ConvoyShare.objects.exists()


def test_the_part_that_was_split_off_has_a_page_with_where_it_comes_from(
    client: Client, cast: Cast, m1: Column
) -> None:
    split(m1, 41, 42, people=90, minute=530)

    text = text_of(client, cast.dispatcher, reverse("convoy", args=["M1B"]))

    assert "2 vehicles of M1 go on as M1B." in text
    assert "90 came with the vehicles that were split off." in text


def test_a_page_in_any_language_has_its_words_in_gettext(
    client: Client, cast: Cast, m1: Column, settings: Any
) -> None:
    settings.LANGUAGES_COMPLETE = ["en", "ar"]
    client.force_login(cast.dispatcher)

    answer = client.get(reverse("convoy", args=["M1"]), headers={"accept-language": "ar"})

    assert 'dir="rtl"' in answer.content.decode()
