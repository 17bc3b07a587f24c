"""The contract of layers is kept, and would be broken by an import that goes up."""

import ast
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import ROOT, File, project_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# Each costs a noticeable part of a second to import, so one room pays for it.
HEAVY = ("numpy", "scipy", "shapely", "pyproj", "weasyprint", "openpyxl", "apprise", "pywebpush")
CONTRACTS = {one["id"]: one for one in PROJECT["tool"]["importlinter"]["contracts"]}


def _lint(where: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--no-cache", "pyproject.toml"]
    return subprocess.run(
        command, cwd=where, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def small_house(tmp_path: Path) -> Path:
    """Build a house of a few rooms under the contract of this one."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    rooms = ("web", "api", "intake", "corridors", "convoys", "outbox", "feeds", "lib")
    for name in ("tracker", *(f"tracker/{room}" for room in rooms), "config", "config/embedded"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").touch()
    _plant(tmp_path, "tracker/models.py", "from tracker.corridors import models\n")
    _plant(tmp_path, "tracker/corridors/models.py", "from tracker.outbox import operations\n")
    _plant(tmp_path, "tracker/outbox/operations.py", "import celery\n")
    _plant(tmp_path, "tracker/web/board.py", "from tracker.corridors import models\n")
    return tmp_path


def _plant(where: Path, path: str, source: str) -> None:
    (where / path).write_text(textwrap.dedent(source), encoding="utf-8")


def test_the_house_keeps_every_contract() -> None:
    answer = _lint(ROOT)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "5 kept, 0 broken" in answer.stdout


def test_a_house_in_order_keeps_every_contract(small_house: Path) -> None:
    answer = _lint(small_house)

    assert "5 kept, 0 broken" in answer.stdout, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("path", "source", "contract"),
    [
        ("tracker/corridors/effects.py", "from tracker.convoys import models\n", "1."),
        ("tracker/web/log.py", "from tracker.api import schema\n", "1."),
        ("tracker/drawer.py", "", "1."),
        ("tracker/feeds/as_atom.py", "from django.utils import feedgenerator\n", "2."),
        ("tracker/lib/periods.py", "import redis\n", "2."),
        ("tracker/intake/operations.py", "import celery\n", "3."),
        ("tracker/convoys/queries.py", "from rest_framework import serializers\n", "3."),
        ("tracker/convoys/effects.py", "from tracker.models import Corridor\n", "4."),
        ("tracker/outbox/bell.py", "from config import embedded\n", "5."),
    ],
)
def test_an_import_against_the_direction_is_refused(
    small_house: Path, path: str, source: str, contract: str
) -> None:
    for room in ("convoys/models.py", "api/schema.py"):
        _plant(small_house, f"tracker/{room}", "")
    _plant(small_house, path, source)

    answer = _lint(small_house)

    broken = [line for line in answer.stdout.splitlines() if line.endswith("BROKEN")]
    assert answer.returncode != 0
    assert [line[:2] for line in broken] == [contract], answer.stdout + answer.stderr


def test_every_room_below_the_doors_is_under_the_third_contract() -> None:
    layers = [
        part.strip(" ()") for row in CONTRACTS["layers"]["layers"][1:] for part in row.split("|")
    ]
    named = {one.split(".")[1] for one in CONTRACTS["doors"]["source_modules"]}

    below = set(layers) - {"outbox", "feeds", "lib"}

    assert named == below


def test_the_forecast_engine_is_pure_as_soon_as_it_exists() -> None:
    engine = ROOT / "tracker" / "forecasts" / "engine.py"

    listed = "tracker.forecasts.engine" in CONTRACTS["pure"]["source_modules"]

    assert listed == engine.exists()


def rooms_that_import(library: str, files: list[File]) -> set[str]:
    """Name the rooms that import a library."""
    return {
        file.room
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        if library in {name.partition(".")[0] for name in _imported(node)}
    }


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]


@pytest.mark.parametrize("library", HEAVY)
def test_a_heavy_library_belongs_to_one_room(library: str) -> None:
    rooms = rooms_that_import(library, project_files("tracker/**/*.py"))

    assert len(rooms) <= 1, rooms


def test_a_planted_second_room_of_a_heavy_library_is_found() -> None:
    files = [
        File("tracker/lib/arrays.py", "import numpy as np\n"),
        File("tracker/forecasts/engine.py", "from numpy.random import default_rng\n"),
        File("tracker/convoys/models.py", "import uuid\n"),
    ]

    assert rooms_that_import("numpy", files) == {"lib", "forecasts"}
