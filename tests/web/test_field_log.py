"""The log form takes one entry in a few words, asks back once, and loses nothing that was typed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.convoys.journeys import MORNING, Column, it_is, planned
from tests.factories import Road
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.models import PeopleEntry

M1 = f"{reverse('log')}?convoy=M1"


@pytest.fixture
def column(cast: Cast, road: Road) -> Column:
    """Return a convoy on its way, at 17:00 field time."""
    moving = planned(cast, road)
    moving.tell("convoy.departed", 0)
    it_is(540)
    return moving


def send(client: Client, kind: str, url: str = M1, **fields: Any) -> HttpResponse:
    form = {"client_id": str(uuid4()), "kind": kind, "part": "whole", **fields}
    answer: HttpResponse = client.post(url, form)
    return answer


@pytest.fixture
def monitor(client: Client, cast: Cast) -> Client:
    """Return a browser in which the monitor is signed in."""
    client.force_login(cast.monitor)
    return client


def test_the_form_begins_with_the_next_checkpoint_and_the_likely_entry(
    monitor: Client, column: Column
) -> None:
    choice = monitor.get(M1).content.decode()
    html = monitor.get(f"{M1}&kind=convoy.arrived_at").content.decode()

    first = choice.index("kind=convoy.arrived_at")
    assert first == choice.index("kind=")
    assert f'<option value="{column.road.tokmak.pk}" selected>' in html


def test_a_hold_with_a_count_is_logged_as_two_entries_at_the_typed_time(
    monitor: Client, column: Column
) -> None:
    answer = send(
        monitor,
        "convoy.held",
        checkpoint=column.road.vasylivka.pk,
        occurred_at="14:02",
        people="120",
        reason="No reason given.",
    )

    assert answer.status_code == 302
    held, count = LogEvent.objects.filter(kind__in=["convoy.held", "people.counted"]).order_by(
        "kind"
    )
    assert held.occurred_at == count.occurred_at == MORNING.replace(hour=11, minute=2)
    assert held.reason == "No reason given."
    assert count.data["people"] == 120
    assert column.row.state == "HELD"


def test_a_count_on_the_way_belongs_to_no_checkpoint_that_lies_ahead(
    monitor: Client, column: Column
) -> None:
    ahead = {"checkpoint": column.road.vasylivka.pk, "people": "120"}

    send(monitor, "people.counted", **ahead)
    send(monitor, "convoy.arrived_at", **ahead)

    first, second = PeopleEntry.objects.order_by("at", "event__client_id")
    assert {first.checkpoint_id, second.checkpoint_id} == {None, column.road.vasylivka.pk}


def test_an_empty_time_is_now_and_an_empty_number_is_not_reported(
    monitor: Client, column: Column
) -> None:
    send(monitor, "people.counted")

    entry = PeopleEntry.objects.get()
    assert entry.people is None
    assert entry.at.strftime("%H:%M") == "14:00"


def test_a_future_time_is_refused_with_what_time_it_is_now(monitor: Client, column: Column) -> None:
    answer = send(monitor, "convoy.held", occurred_at="18:30", note="typed by hand")

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "has not come yet" in html
    assert "typed by hand" in html
    assert not LogEvent.objects.filter(kind="convoy.held").exists()


def test_a_time_before_midnight_typed_after_it_was_last_night(
    monitor: Client, column: Column
) -> None:
    it_is(16 * 60 + 10)

    send(monitor, "convoy.night_stop", occurred_at="23:50")

    assert column.row.state_since == MORNING.replace(hour=20, minute=50)


@pytest.mark.parametrize("time", ["25:00", "12:61", "noon", "1"])
def test_a_time_that_is_none_is_refused_with_an_example(
    monitor: Client, column: Column, time: str
) -> None:
    answer = send(monitor, "convoy.held", occurred_at=time)

    assert answer.status_code == 422
    assert "such as 14:05" in answer.content.decode()


def test_74_in_a_bus_of_50_are_asked_about_once_and_taken_with_the_tick(
    monitor: Client, column: Column
) -> None:
    fields = {"vehicle": column.buses[0], "people": "74"}
    client_id = str(uuid4())

    asked = send(monitor, "people.counted", client_id=client_id, **fields)
    taken = send(monitor, "people.counted", client_id=client_id, is_confirmed="on", **fields)

    html = asked.content.decode()
    assert asked.status_code == 422
    assert "74 people in a vehicle with 50 seats: is that right?" in html
    assert 'type="checkbox" name="is_confirmed"' in html
    assert taken.status_code == 302
    assert PeopleEntry.objects.get().people == 74


def test_3000_in_a_bus_of_50_are_refused_whatever_is_ticked(
    monitor: Client, column: Column
) -> None:
    answer = send(
        monitor, "people.counted", vehicle=column.buses[0], people="3000", is_confirmed="on"
    )

    assert answer.status_code == 422
    assert "looks like a slip" in answer.content.decode()
    assert not PeopleEntry.objects.exists()


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("people.counted", {"people": "-1"}, "greater than or equal to 0"),
        ("people.counted", {"people": "many"}, "whole number"),
        ("convoy.arrived_at", {}, "Say which checkpoint"),
        ("vehicle.broke_down", {}, "Say which vehicle"),
        ("note", {}, "Write the note"),
        ("convoy.departed", {}, "It has left already"),
        ("convoy.beamed_up", {}, "Select a valid choice"),
        ("people.counted", {"people_low": "90", "people_high": "80"}, "Swap them"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(
    monitor: Client, column: Column, kind: str, fields: dict[str, str], words: str
) -> None:
    before = LogEvent.objects.count()

    answer = send(monitor, kind, **fields)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert LogEvent.objects.count() == before


def test_nothing_is_typed_after_the_arrival_but_earlier_facts_may_come(
    monitor: Client, column: Column
) -> None:
    column.tell("convoy.arrived", 500)

    after = send(monitor, "convoy.held")
    before = send(monitor, "convoy.held", occurred_at="14:00", checkpoint=column.road.tokmak.pk)

    assert after.status_code == 422
    assert "planned as another convoy" in after.content.decode()
    assert before.status_code == 302
    assert column.row.state == "ARRIVED"


def test_a_form_sent_twice_is_one_entry(monitor: Client, column: Column) -> None:
    client_id = str(uuid4())

    answers = [send(monitor, "convoy.arrived", client_id=client_id) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert LogEvent.objects.filter(kind="convoy.arrived").count() == 1


def test_without_a_convoy_the_form_asks_which(monitor: Client, column: Column) -> None:
    html = monitor.get(reverse("log")).content.decode()

    assert 'href="/log/?convoy=M1"' in html


def test_an_unknown_convoy_is_not_found(monitor: Client, column: Column) -> None:
    assert monitor.get(f"{reverse('log')}?convoy=XX").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_who_may_log_reaches_the_form(
    client: Client, cast: Cast, column: Column, method: str
) -> None:
    seen = {}
    for who, user in cast.everyone().items():
        client.force_login(user)
        seen[who] = getattr(client, method)(M1).status_code

    good = 200 if method == "get" else 422
    refused = dict.fromkeys(("verifier", "viewer", "admin", "partner"), 403)
    assert seen == {"outsider": 404, **{w: good for w in seen if w != "outsider"}, **refused}


def test_the_form_of_a_kind_asks_for_what_that_kind_says_and_no_more(
    monitor: Client, column: Column
) -> None:
    def names(kind: str) -> set[str]:
        form = monitor.get(f"{M1}&kind={kind}").context["form"]
        return {name for name in form.fields if not name.startswith("group_")}

    always = {"kind", "client_id", "is_confirmed", "occurred_at", "note"}

    assert names("note") == always
    assert names("vehicle.broke_down") == always | {"vehicle", "reason"}
    told = {"source", "new_source", "new_source_detail", "new_source_party"}
    number = {"people", "people_low", "people_high"}
    assert names("people.explained") == always | told | number
    assert {"method", "is_follower", "vehicles", "vehicle"} <= names("people.counted")


def test_the_kinds_are_links_and_an_unknown_one_leads_back_to_them(
    monitor: Client, column: Column
) -> None:
    choice = monitor.get(M1).content.decode()
    unknown = monitor.get(f"{M1}&kind=convoy.beamed_up").content.decode()

    for html in (choice, unknown):
        assert 'href="?convoy=M1&amp;kind=people.explained"' in html
        assert 'href="?convoy=M1&amp;kind=people.counted&amp;who=followers"' in html


def test_groups_of_a_count_are_kept_as_far_as_they_were_typed(
    monitor: Client, column: Column
) -> None:
    too_many = {"people": "100", "group_f_18_59": "60", "group_m_18_59": "41"}

    asked = send(monitor, "people.counted", **too_many)
    send(monitor, "people.counted", people="100", group_f_18_59="60", group_medical="3")

    assert asked.status_code == 422
    assert "The groups add up to 101, more than the 100 people in all." in asked.content.decode()
    assert PeopleEntry.objects.get().groups == {"f_18_59": 60, "medical": 3}


def test_no_explanation_is_taken_without_a_number_and_words(
    monitor: Client, column: Column
) -> None:
    answer = send(monitor, "people.explained")

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Say how many of the missing people this explains." in html
    assert "Say in words where they went, and how you know." in html


def test_a_count_keeps_who_told_it_with_a_new_source_graded_until_somebody_judges_it(
    monitor: Client, column: Column
) -> None:
    named = {
        "new_source": "Driver of the first bus",
        "new_source_party": "FIELD",
    }

    answer = send(monitor, "people.counted", people="88", **named)

    entry = PeopleEntry.objects.get()
    assert answer.status_code == 302
    assert entry.event.source is not None
    assert (entry.event.source.name, entry.event.source.reliability) == (named["new_source"], "F")


def test_a_count_without_a_source_is_that_of_whoever_logs_it(
    monitor: Client, column: Column
) -> None:
    send(monitor, "people.counted", people="88")

    assert PeopleEntry.objects.get().event.source is None
