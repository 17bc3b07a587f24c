"""The Atom feed is read by an independent reader, and is quiet between changes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest

from tests.feeds.samples import EXERCISE, LATER_STAMP, STAMP, corridor, snapshot, statement
from tracker.feeds import as_atom
from tracker.feeds.snapshot import PointView, Snapshot


def feed(of: Snapshot, language: str = "en") -> Any:
    read = feedparser.parse(as_atom.render(of, STAMP, language=language))
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == "atom10"
    return read


def entry(of: Snapshot, part: str) -> Any:
    (found,) = (entry for entry in feed(of).entries if entry.id.endswith(part))
    return found


def test_there_is_an_entry_for_each_corridor_window_and_statement() -> None:
    ids = {entry.id for entry in feed(snapshot()).entries}

    start = "tag:evacuation.example.org,2026:corridors/mariupol-zaporizhzhia"
    assert ids == {start, f"{start}/windows/w-1", f"{start}/statements/s-1"}


def test_the_corridor_entry_says_its_status_and_on_whose_word() -> None:
    found = entry(snapshot(), "corridors/mariupol-zaporizhzhia")

    assert found.title == "Mariupol – Zaporizhzhia: announced"
    assert found.content[0].value.startswith("According to a party to the conflict")
    assert found.link == "https://evacuation.example.org/corridors/mariupol-zaporizhzhia/"
    assert ("ANNOUNCED", "urn:x-evacuation-tracker:feed:status") in [
        (tag.term, tag.scheme) for tag in found.tags
    ]


def test_a_statement_never_stands_without_its_speaker() -> None:
    found = entry(snapshot(), "statements/s-1")

    assert "Russian defence ministry" in found.title
    assert "Russian defence ministry, M. Mizintsev" in found.content[0].value
    assert [link.href for link in found.links if link.rel == "via"] == [
        "https://example.org/statement"
    ]


def test_an_entry_is_as_old_as_its_word_and_the_feed_as_its_newest_entry() -> None:
    read = feed(snapshot())

    assert entry(snapshot(), "statements/s-1").updated == "2022-03-31T18:00:00Z"
    assert read.feed.updated == "2022-04-01T06:30:00Z"
    assert read.entries[0].updated == "2022-04-01T06:30:00Z"


def test_a_corrected_statement_counts_as_new() -> None:
    at = datetime(2022, 4, 1, 9, 0, tzinfo=UTC)
    corrected = statement(corrected=True, corrected_at=at)

    found = entry(snapshot(corridors=(corridor(statements=(corrected,)),)), "statements/s-1")

    assert found.updated == "2022-04-01T09:00:00Z"


def test_between_changes_only_the_stamp_differs() -> None:
    stamped = re.compile(rb"<tracker:(generated_at|valid_until|revision)>[^<]*</tracker:\1>")

    first = as_atom.render(snapshot(exercise=EXERCISE), STAMP)
    second = as_atom.render(snapshot(exercise=EXERCISE), LATER_STAMP)

    assert first != second
    assert stamped.sub(b"", first) == stamped.sub(b"", second)


def test_the_line_is_read_as_the_road() -> None:
    where = entry(snapshot(), "corridors/mariupol-zaporizhzhia").where

    assert where["type"] == "LineString"
    assert where["coordinates"][0] == (37.54131, 47.09514)


def test_a_single_known_place_is_a_point() -> None:
    points = (PointView(name="Mariupol", km=0, lat=47.1, lon=37.5, kind="TOWN"),)

    found = entry(snapshot(corridors=(corridor(points=points),)), "mariupol-zaporizhzhia")

    assert found.where == {"type": "Point", "coordinates": (37.5, 47.1)}


def test_every_title_of_an_exercise_says_so_first() -> None:
    read = feed(snapshot(exercise=EXERCISE))

    titles = [read.feed.title, *(entry.title for entry in read.entries)]
    assert all(title.startswith("EXERCISE: ") for title in titles)
    assert all("EXERCISE" in [tag.term for tag in entry.tags] for entry in read.entries)


@pytest.mark.parametrize("language", ["en", "uk", "ar"])
def test_each_language_has_its_own_feed(language: str) -> None:
    read = feed(snapshot(), language)

    assert read.feed.language == language
    assert read.feed.id.endswith("feeds/status" if language == "en" else f"status.{language}")


def test_a_feed_without_corridors_is_still_a_feed() -> None:
    read = feed(snapshot(corridors=()))

    assert read.entries == []
    assert read.feed.title == "No corridor is confirmed open"


def test_a_corridor_of_which_nothing_was_ever_heard_is_listed() -> None:
    silent = corridor(status="UNKNOWN", status_since=None, last_word_at=None, statements=())

    assert entry(snapshot(corridors=(silent,)), "mariupol-zaporizhzhia").title
