"""Two snapshots have one hash when and only when a reader would see the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.feeds.samples import EXERCISE, SAID_AT, corridor, snapshot, statement
from tracker.feeds.content import content_hash


def test_the_same_facts_have_the_same_hash() -> None:
    assert content_hash(snapshot()) == content_hash(snapshot())


def test_the_running_time_of_an_exercise_is_no_content() -> None:
    later = replace(EXERCISE, field_time=EXERCISE.field_time + timedelta(hours=1))

    assert content_hash(snapshot(exercise=EXERCISE)) == content_hash(snapshot(exercise=later))


def test_one_moment_in_two_zones_is_one_content() -> None:
    local = statement(said_at=SAID_AT.astimezone(ZoneInfo("Europe/Kyiv")))

    same = snapshot(corridors=(corridor(statements=(local,)),))

    assert content_hash(same) == content_hash(snapshot())


@pytest.mark.parametrize(
    "other",
    [
        snapshot(exercise=EXERCISE),
        snapshot(headline={"en": "1 corridor is confirmed open"}),
        snapshot(corridors=(corridor(status="CLOSED"),)),
        snapshot(corridors=(corridor(sentence={"en": "x", "uk": "y"}),)),
        snapshot(corridors=(corridor(statements=(statement(grade="C4"),)),)),
        snapshot(corridors=(corridor(next_update_by=SAID_AT),)),
        snapshot(incidents=()),
    ],
)
def test_whatever_a_reader_could_notice_changes_the_hash(other: object) -> None:
    assert content_hash(other) != content_hash(snapshot())  # type: ignore[arg-type]  # snapshots
