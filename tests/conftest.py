"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.cast import Cast, make_cast
from tests.factories import Road, make_road


@pytest.fixture
def _flush_may_truncate() -> Iterator[None]:
    """Lift the log's triggers once a transactional test is over, for Django's flush alone."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")


@pytest.fixture(autouse=True)
def _triggers_stand_again() -> Iterator[None]:
    """Give every test a connection on which the log's triggers are on."""
    yield
    # Torn down after the database fixtures: the connection that flushed is not used again.
    if connection.connection is not None and not connection.in_atomic_block:
        connection.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every transactional test the fixture that lets its flush pass."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        transactional = marker is not None and marker.kwargs.get("transaction")
        names = getattr(item, "fixturenames", [])
        if transactional or {"transactional_db", "live_server"} & set(names):
            # Last in the list: set up last, torn down first, before the flush.
            names.append("_flush_may_truncate")


@pytest.fixture
def cast(db: None) -> Cast:
    """Return one account per role, and an outsider of another organisation."""
    return make_cast()


@pytest.fixture
def road(cast: Cast) -> Road:
    """Return a public corridor with its route and three checkpoints."""
    return make_road(operator=cast.organisation)


@pytest.fixture(autouse=True)
def _published_files_apart(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what a test publishes or mails in a folder of its own."""
    folder = tmp_path_factory.mktemp("local")
    settings.PUBLISHED_DIR = folder / "published"
    settings.EMAIL_FILE_PATH = str(folder / "mail")
