"""The benchmark of what comes in is right about its rows, in a database of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection

from tests.stories.processes import running

pytestmark = pytest.mark.django_db(transaction=True)


def databases() -> set[str]:
    """Return the names of the databases on the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {row[0] for row in cursor.fetchall()}


def test_each_path_stores_what_it_should_and_a_replay_nothing(tmp_path: Path) -> None:
    figures, words = tmp_path / "performance.json", tmp_path / "words"
    sizes = ("--rounds", "1", "--size", "6", "--stored", "40")
    figures.write_text('{"serving": "kept"}')
    before = databases()

    with running("manage.py", "bench", "ingest", *sizes, "--out", str(figures), log=words) as bench:
        code = bench.wait(timeout=120)

    assert code == 0, words.read_text()
    kept = json.loads(figures.read_text())
    assert kept["serving"] == "kept"
    assert kept["ingest"]["size"] == 6
    assert [each["name"] for each in kept["ingest"]["figures"]["one event at a time"]] == [
        "raw INSERT",
        "plain ModelViewSet",
        "ours, everything on",
    ]
    assert databases() == before
