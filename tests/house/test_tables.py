"""The tables keep the direction of the house: indexed once, keys downward, times named as times."""

import ast
import re
import tomllib
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from tests.house.tree import ROOT, project_files

LOG = "LogEvent"
NAMED_AS_TIME = re.compile(r"(^|_)(at|since|from|until|after)$")


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


def _related(field: object) -> type[models.Model] | None:
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
        if (target := _related(field)) is not None
        if RANKS[room_of(target)] < RANKS[room_of(table)]
    ]


def times_not_named_as_times(tables: list[type[models.Model]]) -> list[str]:
    """List the datetimes whose name does not say so; last_login and the like are Django's."""
    return [
        f"{table.__name__}.{field.name}"
        for table in tables
        for field in table._meta.local_fields
        if isinstance(field, models.DateTimeField)
        and field.name not in {"last_login", "date_joined"}
        and not NAMED_AS_TIME.search(field.name)
    ]


def keys_that_cascade(tables: list[type[models.Model]]) -> list[str]:
    """List the keys by which deleting a row of one room would take rows of another along."""
    return [
        f"{table.__name__}.{field.name}"
        for table in tables
        for field in table._meta.local_fields
        if field.remote_field is not None and field.remote_field.on_delete is models.CASCADE
        if room_of(field.remote_field.model) != room_of(table)
    ]


@pytest.fixture
def planted() -> Iterator[list[type[models.Model]]]:
    """Declare two tables of two rooms, in a register of their own."""
    with isolate_apps("tracker"):
        low = _declare("Place", "corridors", noticed=models.DateTimeField(null=True))
        high = _declare("Convoy", "convoys", place=_key(low), leads=_key("self"))
        low.add_to_class("convoy", _key(high))
        yield [low, high]


def _key(target: type[models.Model] | str) -> "models.ForeignKey[models.Model]":
    return models.ForeignKey(target, on_delete=models.CASCADE, related_name="+")


def _declare(name: str, room: str, **fields: object) -> type[models.Model]:
    meta = type("Meta", (), {"app_label": "tracker"})
    body = {"__module__": f"tracker.{room}.models", "Meta": meta, **fields}
    return type(name, (models.Model,), body)


def test_keys_point_downward_except_those_of_the_log() -> None:
    found = keys_that_point_up(own_models())

    assert not found, "\n".join(found)


def test_datetimes_are_named_as_datetimes() -> None:
    found = times_not_named_as_times(own_models())

    assert not found, "\n".join(found)


def test_no_key_deletes_rows_of_another_room() -> None:
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
