"""A correction stands beside its entry with who and why; it removes nothing, opens no road."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.convoys.journeys import EVENING, Column, held_at_vasylivka, it_is
from tests.factories import Road, log, new_event
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.queries import balance_of
from tracker.headcounts.spans import Gap


@pytest.fixture
def m1(cast: Cast, road: Road) -> Column:
    """Return the convoy of the day at 17:00 field time."""
    column = held_at_vasylivka(cast, road)
    it_is(540)
    return column


def page_of(event: LogEvent) -> str:
    return reverse("entry_correct", args=[event.pk])


def send(client: Client, event: LogEvent, **fields: Any) -> HttpResponse:
    """Send the form as the page fills it in, with some fields typed over; `None` leaves one out."""
    form = client.get(page_of(event)).context["form"]
    filled = {field.name: field.value() for field in form}
    happened = form["happened_at"].value()
    filled["happened_at"] = happened if isinstance(happened, str) else happened.isoformat()
    filled |= {"client_id": str(uuid4()), **fields}
    sent = {name: value for name, value in filled.items() if value not in (None, False, "")}
    answer: HttpResponse = client.post(page_of(event), sent)
    return answer


def test_a_number_is_corrected_and_the_balance_follows(
    client: Client, cast: Cast, m1: Column
) -> None:
    client.force_login(cast.monitor)
    count = LogEvent.objects.get(kind="people.counted")

    answer = send(client, count, people="2308", reason="Counted again at the school.")

    assert answer.status_code == 302
    assert balance_of(m1.row, at=EVENING).gap == Gap(4, 4)
    assert LogEvent.objects.get(pk=count.pk).data["people"] == 2312
    assert LogEvent.objects.filter(corrects=count).count() == 2


def test_the_form_shows_the_entry_as_it_stands_now(client: Client, cast: Cast, m1: Column) -> None:
    client.force_login(cast.monitor)
    count = LogEvent.objects.get(kind="people.counted")

    form = client.get(page_of(count)).context["form"]

    assert form["people"].value() == 2300


def test_a_time_is_corrected_in_the_zone_of_the_corridor(
    client: Client, cast: Cast, m1: Column
) -> None:
    client.force_login(cast.dispatcher)
    held = LogEvent.objects.get(kind="convoy.held")

    send(client, held, happened_at="2022-04-01T15:30", reason="Misread the watch.")

    assert m1.row.state_since == EVENING.replace(hour=12, minute=30)


def test_an_entry_is_taken_back_and_the_state_before_it_stands(
    client: Client, cast: Cast, m1: Column
) -> None:
    client.force_login(cast.dispatcher)
    held = LogEvent.objects.get(kind="convoy.held")

    send(client, held, withdraw="on", reason="It was another convoy.")

    assert m1.row.state == "MOVING"
    page = client.get(reverse("convoy", args=["M1"])).content.decode()
    assert "<del>Held at Vasylivka. No reason given.</del>" in page
    assert "Taken back 17:00 by dispatcher: It was another convoy." in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"people": "2300", "reason": "none"}, "Nothing is different"),
        ({"people": "2250"}, "This field is required"),
        ({"happened_at": "2022-04-01T23:00", "reason": "late"}, "This time has not come yet"),
        ({"people": "-3", "reason": "typed"}, "greater than or equal to 0"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused_and_changes_nothing(
    client: Client, cast: Cast, m1: Column, fields: dict[str, str], words: str
) -> None:
    client.force_login(cast.monitor)
    before = LogEvent.objects.count()

    answer = send(client, LogEvent.objects.get(kind="people.counted"), **fields)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert LogEvent.objects.count() == before


def test_a_correction_sent_twice_is_one_entry(client: Client, cast: Cast, m1: Column) -> None:
    client.force_login(cast.monitor)
    count = LogEvent.objects.get(kind="people.counted")
    fields = {"client_id": str(uuid4()), "people": "2308", "reason": "Counted again."}

    answers = [send(client, count, **fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert LogEvent.objects.filter(corrects=count).count() == 2


def test_to_take_back_a_closure_takes_the_right_to_open(
    client: Client, cast: Cast, road: Road
) -> None:
    opened = new_event("corridor.confirmed", corridor=road.corridor.pk, reason="seen")
    closing = new_event("corridor.closed", corridor=road.corridor.pk, reason="shelling")
    log(opened, closing, organisation=cast.organisation, by=cast.coordinator)
    closed = LogEvent.objects.get(kind="corridor.closed")
    seen = {}

    for who, user in cast.everyone().items():
        client.force_login(user)
        seen[who] = client.get(page_of(closed)).status_code

    assert {who for who, status in seen.items() if status == 200} == {"coordinator", "verifier"}
    assert seen["outsider"] == 404


def test_what_befell_people_is_corrected_only_by_those_who_may_know(
    client: Client, cast: Cast, m1: Column
) -> None:
    detained = m1.tell("people.detained", 400, data={"people": 2})

    client.force_login(cast.monitor)
    hidden = client.get(page_of(detained)).status_code
    client.force_login(cast.dispatcher)
    shown = client.get(page_of(detained)).status_code

    assert (hidden, shown) == (404, 200)


@pytest.mark.parametrize(("claims", "answer"), [("CLOSED", 403), ("ANNOUNCED", 200)])
def test_to_correct_a_word_that_the_road_is_shut_takes_the_right_to_open(
    client: Client, cast: Cast, road: Road, claims: str, answer: int
) -> None:
    (stated,) = log(
        new_event(
            "corridor.stated",
            corridor=road.corridor.pk,
            source=road.russia,
            data={"says": "So.", "claims": claims},
        ),
        organisation=cast.organisation,
    )

    client.force_login(cast.dispatcher)
    by_dispatcher = client.get(page_of(stated)).status_code
    client.force_login(cast.verifier)

    assert by_dispatcher == answer
    assert client.get(page_of(stated)).status_code == 200
