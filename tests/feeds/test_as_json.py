"""The JSON feed says what its schema says, and nothing that nobody decided to publish."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import tracker.feeds
from tests.feeds.samples import EXERCISE, STAMP, corridor, snapshot, statement
from tracker.feeds import as_json
from tracker.feeds.snapshot import Snapshot

SCHEMA = json.loads(
    (Path(tracker.feeds.__path__[0]) / "schema" / "status.schema.json").read_text("utf-8")
)


def document(of: Snapshot, language: str = "en") -> dict[str, Any]:
    read: dict[str, Any] = json.loads(as_json.render(of, STAMP, language=language))
    return read


def test_the_schema_is_a_sound_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("exercise", [None, EXERCISE])
@pytest.mark.parametrize("corridors", [(), (corridor(),), (corridor(base_rate=None, points=()),)])
def test_the_document_fits_its_schema(exercise: object, corridors: object) -> None:
    read = document(snapshot(exercise=exercise, corridors=corridors))

    jsonschema.validate(read, SCHEMA, cls=jsonschema.Draft202012Validator)


def test_the_schema_refuses_a_key_that_nobody_decided_on() -> None:
    read = document(snapshot())
    read["corridors"][0]["convoys"] = []

    with pytest.raises(jsonschema.ValidationError, match="convoys"):
        jsonschema.validate(read, SCHEMA, cls=jsonschema.Draft202012Validator)


def test_the_document_says_when_it_was_made_and_how_long_it_holds() -> None:
    read = document(snapshot())

    assert read["generated_at"] == "2026-05-01T12:00:00Z"
    assert read["valid_until"] == "2026-05-01T12:10:00Z"
    assert read["revision"] == 7


def test_every_statement_stands_with_its_speaker_its_grade_and_its_source() -> None:
    read = document(snapshot())["corridors"][0]["statements"][0]

    assert (read["who"], read["grade"], read["claims"]) == (
        "Russian defence ministry",
        "C3",
        "ANNOUNCED",
    )
    assert read["source_url"] == "https://example.org/statement"


def test_not_reported_is_null_and_never_zero() -> None:
    read = document(snapshot())["corridors"][0]["attempts"][0]

    assert read["people_arrived"] is None


def test_a_language_is_used_where_there_are_words_and_english_where_not() -> None:
    read = document(snapshot(), language="ar")["corridors"][0]

    assert read["status_word"] == "مُعلَن"
    assert read["windows"][0]["sentence"] == "Passage is planned from 10:00 to 18:00."


def test_an_exercise_is_marked_in_the_document() -> None:
    read = document(snapshot(exercise=EXERCISE))

    assert read["exercise"]["name"] == "1 April 2022"
    assert document(snapshot())["exercise"] is None


def test_a_moment_without_a_zone_is_refused() -> None:
    vague = replace(statement(), said_at=datetime(2022, 4, 1, 7, 0))  # noqa: DTZ001 (the fault)

    with pytest.raises(ValueError, match="no time zone"):
        document(snapshot(corridors=(corridor(statements=(vague,)),)))
