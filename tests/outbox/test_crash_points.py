"""Whoever is killed wherever, a row of the outbox is pending or fully expanded: no in between."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.alerts.scenes import subscribe
from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tests.situation.scenes import publish, statuses_in_feeds
from tests.stories.processes import running
from tracker.alerts.models import Alert, Delivery
from tracker.corridors.models import CorridorState
from tracker.exercises.models import Exercise
from tracker.fieldlog.models import LogEvent
from tracker.management import delivering
from tracker.outbox.crashpoints import POINTS
from tracker.outbox.models import OutboxRow
from tracker.situation.models import Publication

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE_COMMIT = (
    "before_log_insert",
    "after_log_insert",
    "after_fold",
    "before_outbox_insert",
    "after_outbox_insert",
    "before_commit",
)
AFTER_COMMIT = ("before_doorbell",)
EXPANDING = (
    "after_claim",
    "after_expand",
    "before_expand_commit",
    "after_expand_commit",
    "after_send",
)
READERS = 3
CLOSE = """
from tests.factories import log, new_event
from tracker.corridors.models import Corridor
corridor = Corridor.objects.get()
log(new_event("corridor.closed", corridor=corridor.pk), organisation=corridor.operator)
"""


@pytest.fixture(autouse=True)
def road_with_readers(cast: Cast, road: Road) -> None:
    """Publish a corridor that three people outside follow; field time is noon."""
    Exercise.objects.create(name="Noon", starts_at=NOON, begun_at=timezone.now(), speed=1)
    for number in range(READERS):
        subscribe(f"reader{number}@example.net")
    publish(machine_now=timezone.now())


def killed_at(point: str, *arguments: str, folder: Path) -> bool:
    """Run a program of the project that dies at a point; tell whether it did."""
    chaos = {"CHAOS_SERVERS": "own", "CHAOS_POINT": point, "DEBUG": "1"}
    words = folder / "words"
    with running("manage.py", *arguments, log=words, extra=chaos) as process:
        code = process.wait(timeout=60)
    assert code in {0, -signal.SIGKILL}, words.read_text()
    return code == -signal.SIGKILL


def finish() -> None:
    """Do what is left to do, as the next process would once leases and pauses have passed."""
    delivering.work_once()
    owner = delivering.new_owner()
    while delivering.send_once(owner=owner):
        continue


def assert_everybody_knows() -> None:
    """The public page and every reader have it, once; nothing waits."""
    assert statuses_in_feeds() == ["CLOSED"] * 3
    assert not OutboxRow.objects.filter(done_at=None).exists()
    told = Alert.objects.filter(is_public=True, corridor__isnull=False)
    assert told.count() == 1
    mails = Delivery.objects.filter(alert__in=told, subscriber__isnull=False)
    assert sorted(mails.values_list("state", flat=True)) == ["sent"] * READERS


def test_every_point_of_the_house_is_tried_here() -> None:
    assert {*BEFORE_COMMIT, *AFTER_COMMIT, *EXPANDING} == set(POINTS)


@pytest.mark.parametrize("point", BEFORE_COMMIT)
def test_a_writer_killed_before_its_commit_has_written_nothing(tmp_path: Path, point: str) -> None:
    died = killed_at(point, "shell", "-c", CLOSE, folder=tmp_path)

    assert died
    assert not LogEvent.objects.exists()
    assert not CorridorState.objects.exists()
    assert not OutboxRow.objects.exists()


@pytest.mark.parametrize("point", AFTER_COMMIT)
def test_a_writer_killed_before_the_bell_has_promised_everything(
    tmp_path: Path, point: str
) -> None:
    died = killed_at(point, "shell", "-c", CLOSE, folder=tmp_path)

    assert died
    assert LogEvent.objects.count() == 1
    assert sorted(OutboxRow.objects.values_list("consumer", "done_at")) == [
        ("alerts", None),
        ("situation", None),
    ]
    finish()
    assert_everybody_knows()


@pytest.mark.parametrize("point", EXPANDING)
def test_a_killed_consumer_leaves_each_row_untouched_or_fully_expanded(
    cast: Cast, road: Road, tmp_path: Path, point: str
) -> None:
    log(new_event("corridor.closed", corridor=road.corridor.pk), organisation=cast.organisation)

    died = killed_at(point, "deliver", "--once", folder=tmp_path)

    assert died
    rows = {row.consumer: row.done_at is not None for row in OutboxRow.objects.all()}
    wanted = Publication.objects.get().wanted
    deliveries = Delivery.objects.filter(subscriber__isnull=False).count()
    assert rows["situation"] is (wanted == 1)
    assert deliveries == (READERS if rows["alerts"] else 0)
    assert Alert.objects.filter(is_public=True).exists() is rows["alerts"]
    finish()
    assert_everybody_knows()


def test_a_publisher_that_dies_after_the_drain_is_made_up_for(cast: Cast, road: Road) -> None:
    log(new_event("corridor.closed", corridor=road.corridor.pk), organisation=cast.organisation)
    Publication.objects.update(wanted=1)
    OutboxRow.objects.filter(consumer="situation").update(
        done_at=timezone.now() - timedelta(seconds=1)
    )

    finish()

    assert_everybody_knows()
