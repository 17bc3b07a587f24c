"""Files come in by a dry run first: errors by row, nothing half-loaded, taken once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories import Road, log, new_event
from tests.lib.files import CSV, GPX, xlsx
from tracker.convoys.models import Vehicle
from tracker.corridors.models import Route
from tracker.fieldlog.models import LogEvent
from tracker.imports.models import Import


@pytest.fixture
def convoy(cast: Cast, road: Road) -> UUID:
    """Plan a convoy that has one vehicle."""
    convoy = uuid4()
    log(
        new_event("convoy.planned", data={"code": "M1"}, convoy=convoy, corridor=road.corridor.pk),
        new_event("vehicle.added", data={"code": "B9"}, convoy=convoy, vehicle=uuid4()),
        organisation=cast.organisation,
        by=cast.coordinator,
    )
    return convoy


def upload(client: Client, page: str, body: bytes, name: str = "buses.csv") -> Any:
    return client.post(page, {"file": SimpleUploadedFile(name, body)}, follow=True)


def take(client: Client) -> Any:
    found = Import.objects.latest("created_at")
    return client.post(reverse("import_take", args=[found.pk]), follow=True)


@pytest.mark.usefixtures("convoy")
def test_a_list_is_shown_first_and_loaded_only_when_taken(client: Client, cast: Cast) -> None:
    client.force_login(cast.dispatcher)

    shown = upload(client, reverse("vehicles_import", args=["M1"]), CSV).content.decode()
    before = Vehicle.objects.count()
    taken = take(client).content.decode()

    assert "Take all of it" in shown
    assert ">B3</th>" in shown
    assert "not reported" in shown
    assert before == 1
    assert "Taken, all of it." in taken
    assert "3 of 3" in taken
    column = Vehicle.objects.order_by("place_in_column")
    assert list(column.values_list("code", "people_planned")) == [
        ("B9", None),
        ("B1", 48),
        ("B2", None),
        ("B3", 17),
    ]
    assert set(LogEvent.objects.filter(via="import").values_list("by", flat=True)) == {
        cast.dispatcher.pk
    }


@pytest.mark.usefixtures("convoy")
def test_one_wrong_row_keeps_the_whole_file_out_and_is_named(client: Client, cast: Cast) -> None:
    client.force_login(cast.dispatcher)
    book = xlsx([["code", "seats"], ["B1", 50], ["B9", 50], ["B2", "many"]])

    shown = upload(client, reverse("vehicles_import", args=["M1"]), book, "b.xlsx").content.decode()
    take(client)

    assert "Row 3: The convoy has a vehicle B9 already." in shown
    assert "Row 4: “many” is not a number." in shown
    assert "Take all of it" not in shown
    assert Vehicle.objects.count() == 1


@pytest.mark.usefixtures("convoy")
def test_a_file_is_taken_once_however_often_the_button_is_pressed(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.dispatcher)
    upload(client, reverse("vehicles_import", args=["M1"]), CSV)

    take(client)
    again = take(client).content.decode()

    assert Vehicle.objects.count() == 4
    assert "was taken before" in again


@pytest.mark.usefixtures("convoy")
def test_a_vehicle_added_meanwhile_stops_the_whole_file(
    client: Client, cast: Cast, convoy: UUID
) -> None:
    client.force_login(cast.dispatcher)
    upload(client, reverse("vehicles_import", args=["M1"]), CSV)
    log(
        new_event("vehicle.added", data={"code": "B2"}, convoy=convoy, vehicle=uuid4()),
        organisation=cast.organisation,
    )

    answer = take(client).content.decode()

    assert "Nothing was taken." in answer
    assert "The code B2 is taken." in answer
    assert set(Vehicle.objects.values_list("code", flat=True)) == {"B9", "B2"}


@pytest.mark.usefixtures("convoy")
def test_no_file_and_an_empty_one_are_refused_beside_the_field(client: Client, cast: Cast) -> None:
    client.force_login(cast.dispatcher)
    page = reverse("vehicles_import", args=["M1"])

    none, empty = client.post(page, {}), upload(client, page, b"")

    assert (none.status_code, empty.status_code) == (422, 422)
    assert "This field is required." in none.content.decode()
    assert "The submitted file is empty." in empty.content.decode()


def test_a_road_from_a_file_becomes_the_newest_version_and_keeps_the_old(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.coordinator)

    page = reverse("route_import", args=[road.corridor.slug])
    shown = upload(client, page, GPX, "road.gpx").content.decode()
    take(client)

    newest = Route.objects.order_by("-version")[0]
    assert "km along the line." in shown
    assert (newest.version, Route.objects.count()) == (2, 2)
    assert newest.path[0] == [37.54131, 47.09514]
    assert [point.place.name for point in newest.points.all()] == ["Mariupol", "Zaporizhzhia"]


def test_a_road_somewhere_else_is_refused_with_the_distance(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.coordinator)
    elsewhere = b'{"type":"LineString","coordinates":[[30.5,50.4],[36.2,50.0]]}'

    page = reverse("route_import", args=[road.corridor.slug])
    shown = upload(client, page, elsewhere, "road.json").content.decode()

    assert "The line begins far from where the corridor does: Mariupol" in shown
    assert Route.objects.count() == 1


@pytest.mark.usefixtures("convoy")
def test_a_hostile_name_is_shown_as_text(client: Client, cast: Cast) -> None:
    client.force_login(cast.dispatcher)

    page = reverse("vehicles_import", args=["M1"])
    shown = upload(client, page, CSV, "<script>alert(1)</script>.csv").content.decode()

    assert "<script>alert" not in shown
