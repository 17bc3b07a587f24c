"""Reports on checkpoints: status, wait, age, and who said so."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories import Road
from tests.web.sending import send
from tracker.checkpoints.models import CheckpointReport, CheckpointState, CheckpointStatus


def report(client: Client, road: Road, **typed: Any) -> Any:
    return send(client, reverse("checkpoint", args=[road.vasylivka.pk]), **typed)


def test_a_report_shows_on_the_corridor_with_its_age_and_wait(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.monitor)

    answer = report(
        client, road, status="RESTRICTED", wait_low_h="2", wait_high_h="3.5", is_censored="on"
    )

    page = client.get(reverse("corridor", args=[road.corridor.slug])).content.decode()
    assert answer.status_code == 302
    assert CheckpointState.objects.get().status == CheckpointStatus.RESTRICTED
    assert "2 to 3.5 h so far, still waiting" in page
    assert "Letting some through" in page


def test_a_wait_that_nobody_named_is_not_reported_and_not_zero(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.monitor)

    report(client, road, status="OPEN")

    row = CheckpointReport.objects.get()
    assert (row.wait_low_h, row.wait_high_h) == (None, None)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"wait_low_h": "4", "wait_high_h": "2"}, "Swap them"),
        ({"wait_low_h": "-1"}, "greater than or equal to 0"),
        ({"wait_low_h": "NaN"}, "Enter a number"),
        ({"status": "AJAR"}, "Select a valid choice"),
    ],
)
def test_a_report_that_cannot_be_is_refused_with_the_reason(
    client: Client, cast: Cast, road: Road, typed: dict[str, Any], reason: str
) -> None:
    client.force_login(cast.monitor)

    answer = report(client, road, **{"status": "OPEN", "vehicles": "45 buses", **typed})

    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert "45 buses" in answer.content.decode()
    assert not CheckpointReport.objects.exists()


def test_a_report_names_its_source_or_who_entered_it(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.monitor)
    report(client, road, status="OPEN", says="Buses pass.")
    report(client, road, status="CLOSED", says="Nobody passes.", source=str(road.icrc.pk))

    page = client.get(reverse("checkpoint", args=[road.vasylivka.pk])).content.decode()

    assert '<th scope="row">monitor</th>' in page
    assert '<th scope="row">ICRC (B)</th>' in page
