"""One world for all tests of a module: each test undoes what it did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from tests.security.world import World, make_world
from tracker.exercises.clock import field_clock
from tracker.situation.operations import publish_now


@pytest.fixture(scope="module")
def shared_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Create the world once, in a transaction that the module never commits."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(shared_world: World, db: None) -> World:
    """Return the world; what the test changes is undone after it."""
    return shared_world


@pytest.fixture(scope="module")
def public_folder(
    shared_world: World,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Publish the world once, in a folder of its own."""
    folder = tmp_path_factory.mktemp("published")
    with django_db_blocker.unblock(), override_settings(PUBLISHED_DIR=folder):
        publish_now(clock=field_clock(), machine_now=timezone.now())
    return folder


@pytest.fixture
def published(public_folder: Path, settings: Any) -> Path:
    """Serve the published world, and return where its files lie."""
    settings.PUBLISHED_DIR = public_folder
    return public_folder
