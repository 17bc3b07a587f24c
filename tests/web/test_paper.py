"""Numbered sheets of paper, keyed in later with the times that stand on them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy, ConvoyState
from tracker.devices.models import PaperSheet
from tracker.fieldlog.models import LogEvent

EVENING = datetime(2022, 4, 1, 18, 0, tzinfo=UTC)


@pytest.fixture
def convoy(cast: Cast, road: Road) -> UUID:
    """Plan a convoy at noon."""
    convoy = uuid4()
    plan = new_event(
        "convoy.planned", data={"code": "M1"}, convoy=convoy, corridor=road.corridor.pk
    )
    log(plan, organisation=cast.organisation, by=cast.coordinator)
    return convoy


@pytest.fixture
def evening() -> Any:
    """Let it be nine in the evening in Kyiv."""
    with time_machine.travel(EVENING, tick=False) as traveller:
        yield traveller


def print_sheet(client: Client) -> PaperSheet:
    client.post(reverse("sheet_new", args=["M1"]))
    return PaperSheet.objects.latest("printed_at")


def key_in(client: Client, sheet: PaperSheet, **fields: str) -> Any:
    return client.post(
        reverse("sheet_key", args=[sheet.serial]),
        {"day": "2022-04-01", **{name.replace("__", "-"): value for name, value in fields.items()}},
    )


@pytest.mark.usefixtures("convoy", "evening")
def test_lines_enter_the_log_with_their_own_times(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.dispatcher)
    sheet = print_sheet(client)

    answer = key_in(
        client,
        sheet,
        line1__occurred_at="13:05",
        line1__kind="convoy.departed",
        line2__occurred_at="17:40",
        line2__kind="convoy.held",
        line2__checkpoint=str(road.vasylivka.pk),
        line2__note="Search.",
    )

    entries = LogEvent.objects.filter(device_id=f"sheet:{sheet.serial}").order_by("device_seq")
    assert answer.status_code == 302
    assert [(entry.kind, entry.device_seq, entry.via) for entry in entries] == [
        ("convoy.departed", 1, "paper"),
        ("convoy.held", 2, "paper"),
    ]
    assert entries[1].ordered_at == datetime(2022, 4, 1, 14, 40, tzinfo=UTC)
    assert Convoy.objects.get().state == ConvoyState.HELD


@pytest.mark.usefixtures("convoy", "evening")
def test_a_line_keyed_in_twice_is_one_entry(client: Client, cast: Cast) -> None:
    client.force_login(cast.dispatcher)
    sheet = print_sheet(client)
    line = {"line1__occurred_at": "13:05", "line1__kind": "convoy.departed"}

    first, second = key_in(client, sheet, **line), key_in(client, sheet, **line)

    assert (first.status_code, second.status_code) == (302, 302)
    assert LogEvent.objects.filter(kind="convoy.departed").count() == 1


@pytest.mark.usefixtures("convoy", "evening")
def test_one_wrong_line_keeps_all_of_them_out_and_everything_typed_in(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.dispatcher)
    sheet = print_sheet(client)

    answer = key_in(
        client,
        sheet,
        line1__occurred_at="13:05",
        line1__kind="convoy.departed",
        line2__occurred_at="25:99",
        line2__kind="note",
        line2__note="Road wet.",
        line3__kind="people.counted",
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write the time as 14:10" in page
    assert "Write the time that stands on the sheet." in page
    assert "Write the number, or choose another line kind." in page
    assert "Road wet." in page
    assert not LogEvent.objects.filter(via="paper").exists()


@pytest.mark.usefixtures("convoy", "evening")
def test_a_time_that_has_not_come_is_refused_beside_its_line(client: Client, cast: Cast) -> None:
    client.force_login(cast.dispatcher)
    sheet = print_sheet(client)

    answer = key_in(client, sheet, line1__occurred_at="23:30", line1__kind="convoy.departed")

    assert answer.status_code == 422
    assert "has not come yet" in answer.content.decode()


@pytest.mark.usefixtures("convoy")
def test_paper_of_a_week_ago_still_counts(client: Client, cast: Cast) -> None:
    with time_machine.travel(NOON + timedelta(days=9), tick=False):
        client.force_login(cast.dispatcher)
        sheet = print_sheet(client)
        key_in(client, sheet, line1__occurred_at="13:05", line1__kind="convoy.departed")

    entry = LogEvent.objects.get(kind="convoy.departed")
    assert not entry.time_disputed
    assert Convoy.objects.get().state == ConvoyState.MOVING


@pytest.mark.usefixtures("convoy", "evening")
def test_a_card_of_a_checkpoint_takes_a_line_for_any_convoy_there(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.monitor)
    client.post(reverse("card_new", args=[road.vasylivka.pk]))
    card = PaperSheet.objects.get()

    key_in(
        client,
        card,
        line1__occurred_at="17:40",
        line1__kind="convoy.arrived_at",
        line1__convoy="M1",
    )

    entry = LogEvent.objects.get(via="paper")
    assert (entry.kind, entry.checkpoint_id) == ("convoy.arrived_at", road.vasylivka.pk)


@pytest.mark.usefixtures("convoy")
def test_a_sheet_is_found_by_its_serial_and_printed_with_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.monitor)
    sheet = print_sheet(client)

    listed = client.get(
        reverse("paper"), {"serial": sheet.serial.lower()}, follow=True
    ).content.decode()
    printed = client.get(reverse("sheet_print", args=[sheet.serial.lower()])).content.decode()

    assert sheet.serial in listed
    assert sheet.serial in printed
    assert printed.count('<th scope="row">') == sheet.lines
    for checkpoint in Checkpoint.objects.all():
        assert checkpoint.name in printed
