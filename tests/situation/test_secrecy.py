"""What a convoy does changes no public byte until its delay has passed, and then only on a tick."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.cast import Cast
from tests.convoys.journeys import MORNING, Column, planned
from tests.factories import Road, log, make_road, new_event
from tests.situation.scenes import (
    MACHINE_NOW,
    bytes_on_disk,
    drain_and_publish,
    field,
    page,
    publish,
    served,
    status_json,
)
from tracker.corridors.models import Corridor
from tracker.situation.operations import publish_on_tick

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tracker.web.public")]
HOUR = timedelta(hours=1)


@pytest.fixture
def column(cast: Cast, road: Road) -> Column:
    return planned(cast, road, code="SECRET7", people=137)


def arrive(column: Column, *, people: int | None) -> datetime:
    """Let the convoy leave, be held, pass and arrive; return when it arrived."""
    road = column.road
    column.tell("people.boarded", 1, data={"people": 137})
    column.tell("convoy.departed", 5)
    column.tell("convoy.arrived_at", 100, checkpoint=road.vasylivka.pk)
    column.tell("convoy.held", 105, checkpoint=road.vasylivka.pk)
    column.tell("people.counted", 110, data={"people": 131}, checkpoint=road.vasylivka.pk)
    column.tell("convoy.cleared", 300, checkpoint=road.vasylivka.pk)
    column.tell("convoy.arrived", 400)
    if people is not None:
        column.tell("people.arrived", 410, data={"people": people})
    return MORNING + timedelta(minutes=400)


def test_a_whole_journey_changes_no_public_byte(column: Column) -> None:
    publish(at=MORNING)
    before = bytes_on_disk()

    arrived_at = arrive(column, people=131)

    assert drain_and_publish(at=arrived_at) is None
    assert bytes_on_disk() == before


def test_a_tick_after_a_secret_event_differs_in_nothing_but_its_times(column: Column) -> None:
    publish(at=MORNING)
    lengths = {path: len(each.body) for path, each in served().documents.items()}
    content = served().content_hash

    column.tell("convoy.departed", 5)
    drain_and_publish(at=MORNING)
    publish_on_tick(clock=field(MORNING), machine_now=MACHINE_NOW + timedelta(seconds=60))

    assert served().stamp.revision == 2
    assert served().content_hash == content
    assert {path: len(each.body) for path, each in served().documents.items()} == lengths


def test_a_report_on_a_checkpoint_is_no_public_news(cast: Cast, road: Road) -> None:
    publish()
    before = bytes_on_disk()
    log(
        new_event("checkpoint.reported", checkpoint=road.vasylivka.pk, data={"status": "CLOSED"}),
        organisation=cast.organisation,
    )

    assert drain_and_publish() is None
    assert bytes_on_disk() == before


def test_an_arrival_is_told_after_the_delay_rounded_and_without_the_code(column: Column) -> None:
    arrived_at = arrive(column, people=131)

    publish(at=arrived_at + 11 * HOUR)
    too_early = status_json()["journeys"]
    publish(at=arrived_at + 12 * HOUR)

    (journey,) = status_json()["journeys"]
    assert too_early == []
    assert journey["headline"].startswith("Arrived (Zaporizhzhia): 130 people, counted on arrival.")
    assert not [path for path, each in served().documents.items() if b"SECRET7" in each.body]
    assert not [path for path, each in served().documents.items() if b"131 p" in each.body]


def test_an_arrival_of_few_people_tells_no_number(column: Column) -> None:
    arrived_at = arrive(column, people=9)

    publish(at=arrived_at + 12 * HOUR)

    (journey,) = status_json()["journeys"]
    assert journey["headline"].startswith("Confirmed: people have arrived (Zaporizhzhia).")


def test_an_arrival_nobody_counted_is_not_told_as_zero(column: Column) -> None:
    arrived_at = arrive(column, people=None)

    publish(at=arrived_at + 12 * HOUR)

    (journey,) = status_json()["journeys"]
    assert "This does not mean zero." in journey["headline"]


def test_no_arrival_is_told_while_another_part_of_the_convoy_is_on_the_road(
    column: Column,
) -> None:
    part = uuid4()
    bus = {"id": str(column.buses[2]), "code": "B3", "place_in_column": 3}
    column.tell("convoy.departed", 5)
    column.tell(
        "convoy.split",
        30,
        corridor=column.road.corridor.pk,
        other_convoy=part,
        data={"code": "S7B", "vehicles": [bus]},
    )
    column.tell("convoy.arrived", 400)
    arrived_at = MORNING + timedelta(minutes=400)

    publish(at=arrived_at + 12 * HOUR)
    one_part = status_json()["journeys"]
    column.tell("convoy.arrived", 420, convoy=part)
    publish(at=arrived_at + 13 * HOUR)

    assert one_part == []
    assert len(status_json()["journeys"]) == 2


def test_counts_of_our_own_on_an_attempt_are_rounded_and_published_ones_are_not(
    cast: Cast, road: Road
) -> None:
    for day, source in (("2022-03-30", ""), ("2022-03-31", "CNN")):
        attempt = new_event("attempt.planned").client_id
        log(
            new_event(
                "attempt.planned",
                at=MORNING - 50 * HOUR,
                attempt=attempt,
                corridor=road.corridor.pk,
                data={"day": day, "is_public": True, "source_title": source},
            ),
            new_event(
                "attempt.ended",
                at=MORNING - 10 * HOUR,
                attempt=attempt,
                corridor=road.corridor.pk,
                data={"outcome": "PARTLY_SUCCEEDED", "people_arrived": 631},
            ),
            organisation=cast.organisation,
        )

    publish()

    attempts = status_json()["corridors"][0]["attempts"]
    assert [each["people_arrived"] for each in attempts] == [631, 630]
    assert "about 630" in page("/corridors/mariupol-zaporizhzhia/")


@pytest.mark.parametrize("secret", ["a private word", "a private corridor", "a private attempt"])
def test_a_secret_event_never_brings_forward_what_time_alone_changes(
    cast: Cast, road: Road, secret: str
) -> None:
    hidden = make_road(operator=cast.organisation, slug="hidden").corridor
    Corridor.objects.filter(pk=hidden.pk).update(is_public=False)
    word = {"says": "Between us.", "claims": "ANNOUNCED"}
    attempt = uuid4()
    secrets: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "a private word": [
            ("corridor.stated", {"corridor": road.corridor.pk, "source": road.icrc, "data": word})
        ],
        "a private corridor": [("corridor.closed", {"corridor": hidden.pk})],
        "a private attempt": [
            (kind, {"corridor": road.corridor.pk, "attempt": attempt, "data": data})
            for kind, data in (
                ("attempt.planned", {"day": "2022-04-01"}),
                ("attempt.started", {}),
                ("attempt.ended", {"outcome": "FAILED"}),
            )
        ],
    }
    log(
        new_event("corridor.confirmed", corridor=road.corridor.pk, at=MORNING),
        organisation=cast.organisation,
    )
    drain_and_publish(at=MORNING + 5 * HOUR)
    before = bytes_on_disk()

    # By now the confirmation has become old; the public learns that on the tick, as ever.
    later = MORNING + 7 * HOUR
    for kind, told in secrets[secret]:
        log(new_event(kind, at=later, **told), organisation=cast.organisation)

    assert drain_and_publish(at=later) is None
    assert bytes_on_disk() == before
