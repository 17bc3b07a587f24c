"""Copies of the checkout: one that keeps running, one for the tests that start and stop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.runs import Run, copied_checkout, running_up


@pytest.fixture(scope="session")
def checkout() -> Iterator[Path]:
    with copied_checkout() as home:
        yield home


@pytest.fixture(scope="session")
def running() -> Iterator[Run]:
    with copied_checkout() as home, running_up(home) as run:
        yield run
