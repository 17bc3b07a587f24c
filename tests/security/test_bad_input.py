"""The slips that people make most: a wrong number, a broken list, a convoy that is not there."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.security.forms import FORMS
from tests.security.test_bad_forms import complaint, stored
from tests.security.world import OWN, World
from tracker.convoys.models import Convoy, ConvoyShare
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.models import PeopleEntry


@pytest.fixture
def desk(world: World) -> Client:
    """Return the coordinator's browser."""
    return world.client("coordinator")


def log(desk: Client, world: World, **typed: Any) -> Any:
    """Send the log form about our own convoy with these words."""
    fields = FORMS["log"].filled(desk, world, **typed)
    return FORMS["log"].send(desk, world, fields)


def plan(desk: Client, world: World, vehicles: str, **typed: Any) -> Any:
    """Send a plan with this list of vehicles."""
    fields = FORMS["convoy_plan"].filled(desk, world, vehicles=vehicles, **typed)
    return FORMS["convoy_plan"].send(desk, world, fields)


def test_a_convoy_that_is_not_there_is_not_found(desk: Client, world: World) -> None:
    before = stored()

    pages = [desk.get(f"{reverse('log')}?convoy=NONE"), desk.get(reverse("convoy", args=["NONE"]))]
    sent = desk.post(f"{reverse('log')}?convoy=NONE", FORMS["log"].filled(desk, world))

    assert [answer.status_code for answer in (*pages, sent)] == [404, 404, 404]
    assert stored() == before


def test_fewer_than_no_people_are_refused_beside_the_field(desk: Client, world: World) -> None:
    before = stored()

    answer = log(desk, world, kind="people.counted", people="-5", note="Typed in a hurry.")

    assert answer.status_code == 422
    assert "greater than or equal to 0" in complaint(answer)
    assert "Typed in a hurry." in answer.content.decode()
    assert 'value="-5"' in answer.content.decode()
    assert stored() == before


def test_one_broken_line_of_a_vehicle_list_loads_nothing_and_is_named(
    desk: Client, world: World
) -> None:
    lines = "A1, 50, 40\nA2, many, 40\nA3, 50, 40, 12\nA1, 50, 1"
    convoys, before = Convoy.objects.count(), stored()

    answer = plan(desk, world, lines)

    said = complaint(answer)
    assert answer.status_code == 422
    assert [f"Line {number}" in said for number in (1, 2, 3, 4)] == [False, True, True, True]
    assert "A2, many, 40" in answer.content.decode()
    assert (Convoy.objects.count(), stored()) == (convoys, before)


@pytest.mark.parametrize("people", ["3000", "151"])
def test_more_than_three_people_on_each_seat_are_a_slip_whoever_stands_by_it(
    desk: Client, world: World, people: str
) -> None:
    bus = str(world.parts[OWN].vehicles[0])
    counted = {"kind": "people.counted", "people": people, "vehicle": bus}
    before = stored()

    answers = [log(desk, world, **counted), log(desk, world, **counted, is_confirmed="on")]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert f"{people} people in a vehicle with 50 seats looks like a slip" in complaint(answers[1])
    assert f'value="{people}"' in answers[1].content.decode()
    assert stored() == before


def test_seventy_four_in_a_bus_of_fifty_are_asked_about_once_and_then_taken(
    desk: Client, world: World
) -> None:
    bus = str(world.parts[OWN].vehicles[0])
    before = stored()
    fields = FORMS["log"].filled(desk, world, kind="people.counted", people="74", vehicle=bus)

    asked = FORMS["log"].send(desk, world, fields)
    nothing_yet = stored()
    taken = FORMS["log"].send(desk, world, {**fields, "is_confirmed": "on"})

    assert (asked.status_code, taken.status_code) == (422, 302)
    assert "is that right?" in complaint(asked)
    assert 'name="is_confirmed"' in asked.content.decode()
    assert nothing_yet == before
    assert PeopleEntry.objects.filter(vehicle_id=bus, people=74).count() == 1


def test_a_crowded_line_of_a_plan_is_asked_about_once_and_then_taken(
    desk: Client, world: World
) -> None:
    asked = plan(desk, world, "A1, 50, 74")
    slip = plan(desk, world, "A1, 50, 3000", is_confirmed="on")
    taken = plan(desk, world, "A1, 50, 74", is_confirmed="on")

    assert [answer.status_code for answer in (asked, slip, taken)] == [422, 422, 302]
    assert "Is that right?" in complaint(asked)
    assert Convoy.objects.get(code="M9").people_planned == 74


def test_an_id_sent_again_with_another_body_is_a_conflict_and_changes_nothing(
    world: World,
) -> None:
    event: dict[str, Any] = {
        "id": str(uuid4()),
        "kind": "people.counted",
        "occurred_at": field_now().isoformat(),
        "convoy": "M1",
        "data": {"people": 61},
    }

    def post(body: dict[str, Any]) -> Any:
        return Client().post(
            reverse("api-event"), body, content_type="application/json", **world.bearer("monitor")
        )

    first = post(event)
    other = post({**event, "data": {"people": 62}})
    same = post(event)

    assert [answer.status_code for answer in (first, other, same)] == [201, 409, 200]
    assert "something else" in other.json()["detail"]
    assert LogEvent.objects.get(client_id=event["id"]).data["people"] == 61


def test_a_share_of_another_convoy_cannot_be_ended_through_ones_own(world: World) -> None:
    share = ConvoyShare.objects.get()
    addresses = [
        ("coordinator", reverse("convoy_share_end", args=["M1", share.pk])),
        ("outsider", reverse("convoy_share_end", args=["O1", share.pk])),
    ]

    answers = [world.client(role).post(address).status_code for role, address in addresses]

    assert answers == [302, 302]
    assert ConvoyShare.objects.filter(pk=share.pk).exists()
