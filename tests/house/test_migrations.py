"""Migrations form one straight line, are named, can be undone and import nothing of the app."""

import ast
import re
from collections.abc import Sequence

from django.apps import apps
from django.core.management import call_command
from django.db import migrations, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tests.house.tree import ROOT, File, project_files

NAMED = re.compile(r"^\d{4}_(?!auto)[a-z][a-z0-9_]+$")
FOLDER = ROOT / "tracker" / "migrations"


def names_out_of_line(names: list[str]) -> list[str]:
    """List the migrations that are unnamed or do not carry the next number."""
    return [
        name
        for number, name in enumerate(sorted(names), start=1)
        if not NAMED.match(name) or not name.startswith(f"{number:04d}_")
    ]


def app_imports(files: list[File]) -> list[str]:
    """List imports of the app, which would break the old migration when the code moves on."""
    return [
        f"{file.path}:{node.lineno}"
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        if "tracker" in ast.unparse(node).replace("import", "").split(".")[0]
    ]


def mixed_or_one_way(name: str, operations: Sequence[Operation]) -> list[str]:
    """Say what is wrong with one migration: rows and columns together, or no way back."""
    rows = [one for one in operations if isinstance(one, migrations.RunPython)]
    one_way = [
        f"{name}: {type(one).__name__} has no way back" for one in operations if not one.reversible
    ]
    mixed = [f"{name}: rows and columns together"] if rows and len(rows) < len(operations) else []
    return one_way + mixed


def _loader() -> MigrationLoader:
    return MigrationLoader(None, ignore_no_migrations=True)


def _own(loader: MigrationLoader) -> dict[str, migrations.Migration]:
    return {name: one for (app, name), one in loader.disk_migrations.items() if app == "tracker"}


def test_the_migrations_form_one_straight_line() -> None:
    loader = _loader()
    own = _own(loader)

    parents = [[name for app, name in one.dependencies if app == "tracker"] for one in own.values()]

    assert names_out_of_line(list(own)) == []
    assert sorted(parents) == [[], *([name] for name in sorted(own)[:-1])]
    assert loader.graph.leaf_nodes("tracker") == [("tracker", max(own))]


def test_the_last_migration_is_written_down_so_that_two_branches_collide() -> None:
    newest = (FOLDER / "max_migration.txt").read_text(encoding="utf-8").strip()

    assert newest == max(_own(_loader()))


def test_the_migrations_make_the_tables_the_code_describes() -> None:
    loader = _loader()
    described = ProjectState.from_apps(apps)

    changes = MigrationAutodetector(loader.project_state(), described).changes(graph=loader.graph)

    assert "tracker" not in changes


def test_every_migration_can_be_undone_and_keeps_rows_and_columns_apart() -> None:
    found = [
        wrong
        for name, one in _own(_loader()).items()
        for wrong in mixed_or_one_way(name, one.operations)
    ]

    assert not found, "\n".join(found)


def test_no_migration_imports_the_app() -> None:
    found = app_imports(project_files("tracker/migrations/*.py"))

    assert not found, "\n".join(found)


def test_a_planted_name_out_of_line_is_found() -> None:
    names = ["0001_the_log", "0002_auto_20260101_1200", "0004_routes"]

    found = names_out_of_line(names)

    assert found == ["0002_auto_20260101_1200", "0004_routes"]


def test_a_planted_import_of_the_app_is_found() -> None:
    sources = ("import tracker.lib\n", "from tracker.convoys import models\n", "import uuid\n")
    files = [File(f"tracker/migrations/{n}.py", text) for n, text in enumerate(sources)]

    found = app_imports(files)

    assert found == ["tracker/migrations/0.py:1", "tracker/migrations/1.py:1"]


def test_a_planted_one_way_and_mixed_migration_is_found() -> None:
    forward_only = migrations.RunPython(lambda _apps, _editor: None)
    column = migrations.AddField("convoy", "code", models.CharField(max_length=8))

    found = mixed_or_one_way("0002_codes", [forward_only, column])

    assert found == [
        "0002_codes: RunPython has no way back",
        "0002_codes: rows and columns together",
    ]


def test_the_system_checks_find_nothing() -> None:
    call_command("check", "--fail-level", "WARNING")
