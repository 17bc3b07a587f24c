"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django.fixtures import SettingsWrapper

from tests.cast import Cast, make_cast
from tests.factories import Road, make_road


@pytest.fixture(autouse=True)
def _emptying_tables_is_for_teardown_alone(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let Django's flush of a transactional test pass the log's triggers; they stand while a test runs.

    Set up before the database fixture so that it is torn down after it; the flush itself is told by
    `session_replication_role`, which `_flush_may_truncate` sets at the end of the test.
    """
    yield
    if connection.connection is not None and not connection.in_atomic_block:
        connection.close()


@pytest.fixture
def _flush_may_truncate() -> Iterator[None]:
    """Lift the triggers once a transactional test is over, on the connection that will flush."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")


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
def _published_files_apart(settings: SettingsWrapper, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what a test publishes or mails in a folder of its own."""
    folder = tmp_path_factory.mktemp("local")
    settings.PUBLISHED_DIR = folder / "published"
    settings.EMAIL_FILE_PATH = str(folder / "mail")
