"""The convoy page tells the ledger to each reader as far as it is theirs."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.convoys.journeys import Column, it_is, planned
from tests.factories import Road
from tracker.convoys.models import ConvoyShare
from tracker.organisations.models import User

GROUPS = {"f_0_4": 3, "m_0_4": 20, "f_18_59": 50, "m_18_59": 40, "medical": 2}


@pytest.fixture
def column(cast: Cast, road: Road) -> Column:
    """Return a convoy of which 113 are counted, one was detained and six are missing."""
    column = planned(cast, road)
    column.tell("people.boarded", 0, data={"people": 120, "method": "HEADCOUNT"})
    column.tell("convoy.departed", 1)
    column.tell("people.detained", 30, data={"people": 1})
    column.tell("people.counted", 60, data={"people": 113, "groups": GROUPS})
    it_is(120)
    return column


def shown_to(client: Client, user: User) -> str:
    client.force_login(user)
    text = client.get(reverse("convoy", args=["M1"])).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_the_own_organisation_reads_every_group(client: Client, cast: Cast, column: Column) -> None:
    text = shown_to(client, cast.coordinator)

    assert "By group: girls under 5: 3, boys under 5: 20, women 18 to 59: 50" in text
    assert "in need of medical care: 2" in text
    assert "kept back" not in text


def test_a_partner_with_counts_reads_no_group_that_names_a_person(
    client: Client, cast: Cast, column: Column
) -> None:
    ConvoyShare.objects.create(
        convoy=column.row, organisation=cast.partner_organisation, shares_counts=True
    )

    text = shown_to(client, cast.partner)

    assert "By group: women 18 to 59: 50, men 18 to 59: 40, small groups kept back." in text
    assert "under 5" not in text
    assert "detained" not in text.lower()


def test_only_who_may_log_is_led_to_explain_a_gap(
    client: Client, cast: Cast, column: Column
) -> None:
    links = {}
    for user in (cast.monitor, cast.viewer):
        client.force_login(user)
        html = client.get(reverse("convoy", args=["M1"])).content.decode()
        links[user.pk] = "kind=people.explained" in html
        assert "6 not accounted for since 09:00." in html

    assert links == {cast.monitor.pk: True, cast.viewer.pk: False}


def test_who_may_not_know_what_befell_people_reads_one_number_without_it(
    client: Client, cast: Cast, column: Column
) -> None:
    column.tell("people.died", 70, data={"people": 2})

    text = shown_to(client, cast.viewer)

    assert "3 no longer with the convoy." in text
    assert "1 detained" not in text
    assert "2 died" not in text
