"""Reception centres: room left, and hand-overs that the receiver signs for."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tests.web.sending import send
from tracker.fieldlog.models import LogEvent
from tracker.intake.folding import rebuild
from tracker.reception.models import HandOver, ReceptionCentre


@pytest.fixture
def convoy(cast: Cast, road: Road) -> UUID:
    """Let two buses leave with 97 people."""
    convoy, buses = uuid4(), [uuid4(), uuid4()]
    events = [
        new_event("convoy.planned", data={"code": "M1"}, convoy=convoy, corridor=road.corridor.pk),
        *(
            new_event(
                "vehicle.added", data={"code": f"B{n}", "seats": 50}, convoy=convoy, vehicle=bus
            )
            for n, bus in enumerate(buses, start=1)
        ),
        new_event("people.boarded", data={"people": 97}, convoy=convoy),
        new_event("convoy.departed", convoy=convoy),
    ]
    log(*events, organisation=cast.organisation, by=cast.coordinator)
    return convoy


@pytest.fixture
def centre(cast: Cast, road: Road) -> ReceptionCentre:
    """Return a centre for 60 people at the end of the road."""
    return ReceptionCentre.objects.create(
        organisation=cast.organisation,
        name="School 12",
        place=road.corridor.destination,
        capacity=60,
    )


def sign(client: Client, centre: ReceptionCentre, **typed: Any) -> Any:
    filled = {
        "centre": str(centre.pk),
        "people": "48",
        "receiver_name": "The nurse on duty",
        "is_signed": "on",
        **typed,
    }
    return send(client, reverse("convoy_hand_over", args=["M1"]), **filled)


def vehicle_of(code: str) -> str:
    return str(LogEvent.objects.get(kind="vehicle.added", data__code=code).vehicle_id)


@pytest.mark.usefixtures("convoy")
def test_people_are_signed_for_by_vehicle_and_the_page_says_which_are_left(
    client: Client, cast: Cast, centre: ReceptionCentre
) -> None:
    client.force_login(cast.monitor)

    answer = sign(client, centre, vehicle=vehicle_of("B1"))

    page = client.get(reverse("convoy_hand_over", args=["M1"])).content.decode()
    assert answer.status_code == 302
    assert "Signed for so far: 48." in page
    assert "On board by the ledger: 49." in page
    assert "Not signed for yet:" in page
    assert ">B2</span>" in page
    assert "The nurse on duty" in page


@pytest.mark.usefixtures("convoy")
@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("97", "Everybody is signed for."),
        ("13", "84 not signed for."),
        ("", "Signed for as a whole; whether that was everybody is not known."),
    ],
)
def test_a_whole_convoy_is_signed_for_only_as_far_as_its_number_goes(
    client: Client, cast: Cast, centre: ReceptionCentre, people: str, said: str
) -> None:
    client.force_login(cast.monitor)

    sign(client, centre, people=people)

    page = client.get(reverse("convoy_hand_over", args=["M1"])).content.decode()
    assert said in page
    assert "Every vehicle is signed for" not in page


@pytest.mark.usefixtures("convoy")
def test_the_room_left_is_what_nobody_signed_for(
    client: Client, cast: Cast, centre: ReceptionCentre
) -> None:
    client.force_login(cast.monitor)

    sign(client, centre, vehicle=vehicle_of("B1"))

    page = client.get(reverse("reception_centre", args=[centre.pk])).content.decode()
    assert "People signed for: 48." in page
    assert "Room left: 12." in page


@pytest.mark.usefixtures("convoy")
def test_a_range_leaves_a_range_of_room_and_no_number_leaves_it_open(
    client: Client, cast: Cast, centre: ReceptionCentre
) -> None:
    client.force_login(cast.monitor)

    sign(client, centre, people="", people_low="40", people_high="48")

    page = client.get(reverse("reception_centre", args=[centre.pk])).content.decode()
    assert "People signed for: 40 to 48." in page
    assert "Room left: 12 to 20." in page


@pytest.mark.usefixtures("convoy")
def test_nothing_is_recorded_until_the_receiver_signs(
    client: Client, cast: Cast, centre: ReceptionCentre
) -> None:
    client.force_login(cast.monitor)

    answer = sign(client, centre, is_signed="")

    assert answer.status_code == 422
    assert "Let the receiver read the number and sign" in answer.content.decode()
    assert not HandOver.objects.exists()


@pytest.mark.usefixtures("convoy")
def test_a_centre_that_takes_nobody_in_is_asked_about_once(
    client: Client, cast: Cast, centre: ReceptionCentre
) -> None:
    client.force_login(cast.coordinator)
    client.post(reverse("reception_close", args=[centre.pk]))

    asked = sign(client, centre)
    taken = sign(client, centre, is_confirmed="on")

    assert asked.status_code == 422
    assert "School 12 takes nobody in at present" in asked.content.decode()
    assert taken.status_code == 302


def test_another_organisations_centre_signs_for_none_of_ours(
    client: Client, cast: Cast, road: Road, convoy: UUID
) -> None:
    foreign = ReceptionCentre.objects.create(
        organisation=cast.other_organisation, name="Theirs", place=road.corridor.destination
    )
    client.force_login(cast.monitor)

    answer = sign(client, foreign)

    assert answer.status_code == 422
    assert not LogEvent.objects.filter(convoy=convoy, kind="reception.handed_over").exists()


def test_a_hand_over_taken_back_frees_the_room_and_a_rebuild_agrees(
    cast: Cast, convoy: UUID, centre: ReceptionCentre
) -> None:
    data = {"centre": str(centre.pk), "people": 48, "receiver_name": "The nurse on duty"}
    (signed,) = log(
        new_event("reception.handed_over", data=data, convoy=convoy),
        organisation=cast.organisation,
        by=cast.monitor,
    )
    stood = list(HandOver.objects.values_list("people", "at"))

    log(
        new_event("correction", data={"withdraw": True}, corrects=signed.pk, reason="Not theirs."),
        organisation=cast.organisation,
        by=cast.monitor,
    )
    after = HandOver.objects.count()
    rebuild()

    assert stood == [(48, NOON)]
    assert (after, HandOver.objects.count()) == (0, 0)
