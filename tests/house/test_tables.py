"""The tables keep the direction of the house: indexed once, keys downward, times named as times."""

import ast
import tomllib

import pytest
from django.apps import apps
from django.db import models

from tests.house.tree import ROOT, File, project_files

LOG = "LogEvent"
TIME_ENDINGS = ("_at", "_until", "_after")


def _ranks() -> dict[str, int]:
    """Number the rooms from the top of the contract down; siblings share a number."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    return {part.strip(" ()"): rank for rank, row in enumerate(layers) for part in row.split("|")}


RANKS = _ranks()


def room_of(model: type[models.Model]) -> str:
    """Name the room that declares a model."""
    return model.__module__.split(".")[1]


def own_models() -> list[type[models.Model]]:
    return list(apps.get_app_config("tracker").get_models())


def _related(field: models.Field) -> type[models.Model] | None:  # type: ignore[type-arg]  # any
    target = field.related_model if isinstance(field, models.ForeignKey) else None
    own = isinstance(target, type) and target.__module__.startswith("tracker.")
    return target if own else None


def keys_that_point_up(tables: list[type[models.Model]]) -> list[str]:
    """List the foreign keys to a room above; only the log names its subjects there."""
    return [
        f"{table.__name__}.{field.name} -> {target.__name__}"
        for table in tables
        if table.__name__ != LOG
        for field in table._meta.get_fields()
        if isinstance(field, models.Field) and (target := _related(field)) is not None
        if RANKS[room_of(target)] < RANKS[room_of(table)]
    ]


def upward_keys_by_class(files: list[File]) -> list[str]:
    """List the keys of the log that name a class instead of a text, which would need an import."""
    return [
        f"{file.path}:{node.lineno}"
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("ForeignKey")
        if node.args and not isinstance(node.args[0], ast.Constant)
        if "settings." not in ast.unparse(node.args[0])
    ]


def times_not_named_as_times(tables: list[type[models.Model]]) -> list[str]:
    """List the datetimes whose name does not say so; last_login and the like are Django's."""
    return [
        f"{table.__name__}.{field.name}"
        for table in tables
        for field in table._meta.local_fields
        if isinstance(field, models.DateTimeField)
        and field.name not in {"last_login", "date_joined"}
        and not field.name.endswith(TIME_ENDINGS)
    ]


def keys_that_cascade(tables: list[type[models.Model]]) -> list[str]:
    """List the keys by which deleting one row would take others along unseen."""
    return [
        f"{table.__name__}.{field.name}"
        for table in tables
        for field in table._meta.local_fields
        if field.remote_field is not None and field.remote_field.on_delete is models.CASCADE
    ]


@pytest.fixture
def planted() -> list[type[models.Model]]:
    """Declare two tables of two rooms, outside the register of the app."""
    low = _declare("Place", "corridors", noticed=models.DateTimeField(null=True))
    high = _declare("Convoy", "convoys", place=_key(low))
    low.add_to_class("convoy", _key(high))  # type: ignore[attr-defined]  # of ModelBase
    return [low, high]


def _key(target: type[models.Model]) -> models.ForeignKey:  # type: ignore[type-arg]  # any
    return models.ForeignKey(target, on_delete=models.CASCADE, related_name="+")


def _declare(name: str, room: str, **fields: models.Field) -> type[models.Model]:  # type: ignore[type-arg]  # any
    meta = type("Meta", (), {"app_label": f"planted_{room}"})
    body = {"__module__": f"tracker.{room}.models", "Meta": meta, **fields}
    return type(name, (models.Model,), body)


def test_keys_point_downward_except_those_of_the_log() -> None:
    found = keys_that_point_up(own_models())

    assert not found, "\n".join(found)


def test_the_log_names_its_subjects_as_text() -> None:
    found = upward_keys_by_class(project_files("tracker/fieldlog/models.py"))

    assert not found, "\n".join(found)


def test_datetimes_are_named_as_datetimes() -> None:
    found = times_not_named_as_times(own_models())

    assert not found, "\n".join(found)


def test_no_key_deletes_rows_unseen() -> None:
    found = keys_that_cascade(own_models())

    assert not found, "\n".join(found)


def test_every_table_lives_in_a_room_and_stands_in_the_index() -> None:
    index = next(iter(project_files("tracker/models.py")))
    exported = ast.literal_eval(next(n.value for n in index.tree.body if isinstance(n, ast.Assign)))

    names = {table.__name__ for table in own_models()}

    assert names == set(exported)
    assert all(table.__module__ == f"tracker.{room_of(table)}.models" for table in own_models())


def test_the_index_of_tables_holds_imports_and_nothing_else() -> None:
    index = next(iter(project_files("tracker/models.py")))

    kinds = {type(node).__name__ for node in index.tree.body}

    assert kinds == {"Expr", "ImportFrom", "Assign"}


def test_a_planted_key_that_points_up_is_found(planted: list[type[models.Model]]) -> None:
    assert keys_that_point_up(planted) == ["Place.convoy -> Convoy"]


def test_a_planted_time_without_its_ending_is_found(planted: list[type[models.Model]]) -> None:
    assert times_not_named_as_times(planted) == ["Place.noticed"]


def test_a_planted_cascade_is_found(planted: list[type[models.Model]]) -> None:
    assert keys_that_cascade(planted) == ["Place.convoy", "Convoy.place"]


def test_a_planted_key_by_class_is_found() -> None:
    source = "a = ForeignKey(Convoy)\nb = ForeignKey('tracker.Convoy')\n"

    found = upward_keys_by_class([File("tracker/fieldlog/models.py", source)])

    assert found == ["tracker/fieldlog/models.py:1"]
