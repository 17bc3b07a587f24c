"""A day on the road with every page of it filled: files, reception, links, sheets of paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.convoys.journeys import Column, it_is, planned
from tests.factories import Road
from tests.lib.files import KML, xlsx
from tests.web.sending import send
from tests.web.test_imports import upload
from tracker.devices.models import PaperSheet
from tracker.imports.models import Import
from tracker.reception.models import ReceptionCentre
from tracker.reception.operations import open_centre

LONG_NAME = "Manifest_of_the_buses_from_Berdiansk_2022-04-01_final_(corrected_after_the_call).xlsx"
CENTRE = "School 12, Khortytskyi district, the gym on the ground floor"
HEAD = ["code", "kind", "seats", "expected people", "driver", "plate"]
WRONG = [
    ["B1", "bus", 50, 48, "n", "p"],
    ["X1", "tram", 50, 48, "n", "p"],
    ["X2", "bus", "many", 48, "n", "p"],
    ["X2", "bus", 20, 20, "n", "p"],
    ["this code is far too long for anybody", "bus", 20, 20, "n", "p"],
]
CROWDED = [[f"Q{n}", "car", 4, 9, "n", "p"] for n in range(1, 21)]


@dataclass(frozen=True)
class Scene:
    """The addresses of the pages by name, and the HTML of what is shown once."""

    pages: dict[str, str]
    shown: dict[str, str]


def _receive(client: Client, road: Road, cast: Cast, column: Column) -> ReceptionCentre:
    """Set two centres up and let 48 people be signed for at the first one."""
    places = {"place": road.corridor.destination, "organisation": cast.organisation}
    centre = open_centre(name=CENTRE, capacity=1500, **places)
    open_centre(name="Car park at the ring road", capacity=None, **places)
    send(
        client,
        reverse("convoy_hand_over", args=["M1"]),
        centre=str(centre.pk),
        vehicle=str(column.buses[0]),
        people="48",
        receiver_name="The nurse on duty at the door",
        receiver_role="registration",
        is_signed="on",
    )
    return centre


def _files(client: Client, road: Road) -> dict[str, str]:
    """Send a list with errors, one with questions, and a route; nothing is taken."""
    cars, line = reverse("vehicles_import", args=["M1"]), road.corridor.slug
    upload(client, cars, xlsx([HEAD, *WRONG]), LONG_NAME)
    upload(client, cars, xlsx([HEAD, *CROWDED]), "cars.xlsx")
    upload(client, reverse("route_import", args=[line]), KML, "road.kml")
    files = {"errors": LONG_NAME, "questions": "cars.xlsx", "route": "road.kml"}
    return {
        f"import-{name}": reverse("import", args=[Import.objects.get(file_name=file).pk])
        for name, file in files.items()
    }


def _paper(client: Client, road: Road) -> dict[str, str]:
    """Print a log sheet and a card, and key two lines of the sheet in."""
    client.post(reverse("sheet_new", args=["M1"]))
    sheet = PaperSheet.objects.get()
    client.post(reverse("card_new", args=[road.tokmak.pk]))
    card = PaperSheet.objects.exclude(pk=sheet.pk).get()
    typed = {
        "day": "2022-04-01",
        "line1-occurred_at": "08:40",
        "line1-kind": "convoy.arrived_at",
        "line1-checkpoint": str(road.tokmak.pk),
        "line2-occurred_at": "09:05",
        "line2-kind": "note",
        "line2-note": "Forty cars wait before us.",
    }
    client.post(reverse("sheet_key", args=[sheet.serial]), typed)
    return {
        "sheets": reverse("paper"),
        "sheet-key": reverse("sheet_key", args=[sheet.serial]),
        "sheet-print": reverse("sheet_print", args=[sheet.serial]),
        "card-print": reverse("sheet_print", args=[card.serial]),
    }


def _posted(client: Client, page: str, typed: dict[str, Any]) -> str:
    return client.post(page, typed).content.decode()


def road_scene(client: Client, cast: Cast, road: Road) -> Scene:
    """Let twelve buses be under way with a second convoy behind; a coordinator is signed in."""
    first, second = planned(cast, road, buses=12), planned(cast, road, code="M2")
    for column, people in ((first, 540), (second, 120)):
        column.tell("people.boarded", 0, data={"people": people})
        column.tell("convoy.departed", 0)
    it_is(540)
    client.force_login(cast.coordinator)
    centre = _receive(client, road, cast, first)
    links, key = reverse("driver_links", args=["M1"]), _paper(client, road)
    cards = _posted(client, links, {"vehicles": [str(bus) for bus in first.buses[:3]], "hours": 24})
    pages = {
        "imports": reverse("imports"),
        "import-new": reverse("vehicles_import", args=["M1"]),
        **_files(client, road),
        "join": reverse("convoy_join", args=["M1"]),
        "transfer": reverse("convoy_transfer", args=["M1"]),
        "reception": reverse("reception"),
        "centre": reverse("reception_centre", args=[centre.pk]),
        "hand-over": reverse("convoy_hand_over", args=["M1"]),
        "links": links,
        **key,
    }
    shown = {
        "cards": cards,
        "hand-over-refused": _posted(client, pages["hand-over"], {"people": "many"}),
        "sheet-key-refused": _posted(
            client, pages["sheet-key"], {"day": "2022-04-01", "line3-people": "40"}
        ),
    }
    return Scene(pages, shown)
