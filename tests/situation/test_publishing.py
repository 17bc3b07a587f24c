"""A publication is whole, rises, and comes only on the tick or when public content changes."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tests.situation.scenes import (
    CORRIDOR,
    MACHINE_NOW,
    bytes_on_disk,
    drain_and_publish,
    drain_situation,
    field,
    folder,
    page,
    publish,
    served,
    status_json,
    statuses_in_feeds,
)
from tracker.exercises.clock import FieldClock
from tracker.situation import files
from tracker.situation.models import Publication
from tracker.situation.operations import publish_if_wanted, publish_on_tick
from tracker.situation.queries import is_publication_old, newest_publication

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tracker.web.public")]
SECOND = timedelta(seconds=1)


@pytest.mark.usefixtures("road")
def test_the_first_publication_holds_every_page_and_feed() -> None:
    revision = publish()

    paths = set(served().documents)
    assert revision == 1
    assert {"/", "/t/", "/about/", CORRIDOR} <= paths
    assert {"/feeds/status.json", "/feeds/corridors.geojson", "/feeds/status.atom"} <= paths
    assert {"/ar/", f"/ar{CORRIDOR}", "/feeds/status.ar.json"} <= paths


def test_a_corridor_that_an_operator_closes_is_closed_everywhere_after_one_drain(
    cast: Cast, road: Road
) -> None:
    publish()
    log(
        new_event("corridor.closed", corridor=road.corridor.pk, reason="shelling at the bridge"),
        organisation=cast.organisation,
        by=cast.dispatcher,
    )

    revision = drain_and_publish()

    assert revision == 2
    assert statuses_in_feeds() == ["CLOSED", "CLOSED", "CLOSED"]
    assert 'data-s="closed"' in page(CORRIDOR)
    assert "the corridor from Mariupol to Zaporizhzhia is closed" in page("/")
    assert "is closed" in page("/t/")


def test_what_an_operator_types_as_a_reason_stays_inside(cast: Cast, road: Road) -> None:
    log(
        new_event("corridor.closed", corridor=road.corridor.pk, reason="M1 stands at Vasylivka"),
        organisation=cast.organisation,
        by=cast.dispatcher,
    )

    publish()

    assert not [path for path, each in served().documents.items() if b"M1 stands" in each.body]


def test_a_fact_that_changes_nothing_public_publishes_nothing(cast: Cast, road: Road) -> None:
    publish()
    before = bytes_on_disk()
    secret = {"says": "A private word.", "claims": "UNKNOWN", "is_public": False}
    log(
        new_event("corridor.stated", corridor=road.corridor.pk, source=road.icrc, data=secret),
        organisation=cast.organisation,
    )

    revision = drain_and_publish()

    assert revision is None
    assert bytes_on_disk() == before
    assert not Publication.objects.filter(wanted__gt=0, met=0).exists()


def test_a_publication_that_was_asked_for_and_never_came_is_made_up_for(
    cast: Cast, road: Road
) -> None:
    publish()
    log(new_event("corridor.closed", corridor=road.corridor.pk), organisation=cast.organisation)
    drain_situation()

    # The process that drained died here; the rows are done, and another process comes by.
    revision = publish_if_wanted(read_clock=field, machine_now=MACHINE_NOW + SECOND)

    assert revision == 2
    assert status_json()["corridors"][0]["status"] == "CLOSED"
    assert publish_if_wanted(read_clock=field, machine_now=MACHINE_NOW + SECOND) is None


@pytest.mark.usefixtures("road")
def test_each_tick_is_published_once_and_says_the_time_of_the_tick() -> None:
    publish()
    later = MACHINE_NOW + timedelta(seconds=67)

    first = publish_on_tick(clock=field(), machine_now=later)
    second = publish_on_tick(clock=field(), machine_now=later + SECOND)

    assert (first, second) == (2, None)
    assert served().stamp.generated_at == MACHINE_NOW + timedelta(seconds=60)
    assert status_json()["generated_at"] == "2026-05-01T12:01:00Z"


@pytest.mark.usefixtures("road")
def test_an_exercise_ticks_every_ten_seconds_and_marks_every_page() -> None:
    exercise = FieldClock(now=NOON, name="The day of the talks", speed=60)
    publish()

    revision = publish_on_tick(clock=exercise, machine_now=MACHINE_NOW + timedelta(seconds=11))

    assert revision == 2
    for path, document in served().documents.items():
        assert b"xercise" in document.body.lower() or b"EXERCISE" in document.body, path
    assert status_json()["exercise"]["speed"] == 60


@pytest.mark.usefixtures("road")
def test_a_revision_never_goes_back_even_when_the_database_was_restored() -> None:
    publish()
    publish(machine_now=MACHINE_NOW + SECOND)
    Publication.objects.update(revision=0)

    revision = publish(machine_now=MACHINE_NOW + 2 * SECOND)

    assert revision == 3


@pytest.mark.usefixtures("road")
def test_nothing_is_published_while_somebody_else_is_at_it() -> None:
    with files.only_publisher(folder()) as is_mine:
        revision = publish()

    assert is_mine
    assert revision is None
    assert publish() == 1


@pytest.mark.usefixtures("road")
def test_only_the_newest_revisions_stay_on_disk() -> None:
    for number in range(6):
        publish(machine_now=MACHINE_NOW + number * SECOND)

    assert sorted(path.name for path in folder().glob("r*")) == [
        "r000000004",
        "r000000005",
        "r000000006",
    ]


@pytest.mark.usefixtures("road")
def test_a_publication_past_its_time_is_called_old() -> None:
    assert is_publication_old(machine_now=MACHINE_NOW)
    publish()

    assert not is_publication_old(machine_now=MACHINE_NOW + timedelta(minutes=14))
    assert is_publication_old(machine_now=MACHINE_NOW + timedelta(minutes=15))
    assert (stamp := newest_publication()) is not None
    assert stamp.revision == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_publish_at_once_none_loses_a_fact(cast: Cast, road: Road) -> None:
    publish()
    log(new_event("corridor.closed", corridor=road.corridor.pk), organisation=cast.organisation)
    revisions: list[int | None] = []

    def run() -> None:
        try:
            revisions.append(drain_and_publish(machine_now=timezone.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [each for each in revisions if each] == [2]
    assert statuses_in_feeds() == ["CLOSED", "CLOSED", "CLOSED"]


def test_a_word_that_comes_right_after_the_clock_was_read_is_not_taken_as_told(
    cast: Cast, road: Road
) -> None:
    publish()
    said = {"claims": "ANNOUNCED", "is_public": True}

    def tell(says: str, at: datetime) -> None:
        event = new_event(
            "corridor.stated",
            at=at,
            corridor=road.corridor.pk,
            source=road.russia,
            data={**said, "says": says},
        )
        log(event, organisation=cast.organisation)
        drain_situation()

    tell("The first word.", NOON - SECOND)
    moments = iter((NOON, NOON + 2 * SECOND))

    def read_clock() -> FieldClock:
        now = next(moments)
        if now == NOON:
            tell("The second word.", NOON + SECOND)
        return field(now)

    publish_if_wanted(read_clock=read_clock, machine_now=MACHINE_NOW + SECOND)

    assert "The second word." in page(CORRIDOR)
