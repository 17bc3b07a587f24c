"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.cast import Cast, make_cast
from tests.factories import Road, make_road


def _is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    wanted = {"transactional_db", "live_server"} & set(request.fixturenames)
    return bool(wanted) or (marker is not None and bool(marker.kwargs.get("transaction")))


@pytest.fixture(autouse=True)
def _flush_may_truncate(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lift the log's triggers once a transactional test is over, for Django's flush alone.

    The flush is a TRUNCATE, which the log refuses. Django closes the connection after it, so the
    next test gets one on which the triggers are on.
    """
    if not _is_transactional(request):
        yield
        return
    # Asked for here so that it is torn down, and flushes, after this fixture.
    request.getfixturevalue("transactional_db")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")


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
    settings.LOCAL_DIR = folder
    settings.PUBLISHED_DIR = folder / "published"
    settings.EMAIL_FILE_PATH = str(folder / "mail")
