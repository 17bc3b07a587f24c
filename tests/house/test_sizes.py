"""No module, function or branch grows past what one can see at a glance."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, File, functions, project_files, python_files

MODULE_LINES = 400
FUNCTION_LINES = 40
TASK_LINES = 10
LIMITS = {"config/settings.py": 300}
# One budget for all of it: a database and a queue that come with the app must stay a small thing.
EMBEDDED_LINES = 400
EMBEDDED_MODULES = 3


def long_modules(files: list[File]) -> list[str]:
    """List the modules over their limit; migrations are written by Django."""
    return [
        f"{file.path}: {len(file.lines)} lines"
        for file in files
        if "/migrations/" not in file.path and len(file.lines) > LIMITS.get(file.path, MODULE_LINES)
    ]


def function_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines from `def` to the last, without the docstring: to explain costs nothing."""
    first = function.body[0]
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is None:
        return total
    return total - ((first.end_lineno or first.lineno) - first.lineno + 1)


def long_functions(files: list[File]) -> list[str]:
    """List the functions over their limit; a task loads its ids and makes one call."""
    return [
        f"{file.path}:{one.lineno}: {one.name}() has {function_length(one)} lines"
        for file in files
        if "/migrations/" not in file.path
        for one in functions(file.tree)
        if function_length(one) > (TASK_LINES if file.room == "tasks" else FUNCTION_LINES)
    ]


def _ruff(rule: str, where: Path, *paths: str) -> subprocess.CompletedProcess[str]:
    config = str(ROOT / "pyproject.toml")
    options = ["check", "--no-cache", "--config", config, "--select", rule]
    command = [sys.executable, "-m", "ruff", *options, "--output-format", "concise", *paths]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)


def test_no_module_is_over_its_limit() -> None:
    found = long_modules([*python_files(), *project_files("tracker/static/**/*.js")])

    assert not found, "\n".join(found)


def test_no_function_is_over_its_limit() -> None:
    found = long_functions(python_files())

    assert not found, "\n".join(found)


def test_the_embedded_servers_stay_small() -> None:
    modules = [f for f in project_files("config/embedded/*.py") if len(f.lines) > 1]

    assert len([f for f in modules if not f.path.endswith("__init__.py")]) <= EMBEDDED_MODULES
    assert sum(len(file.lines) for file in modules) <= EMBEDDED_LINES


@pytest.mark.parametrize("rule", ["C901", "ERA001"])
def test_no_function_branches_too_much_and_no_code_is_commented_out(rule: str) -> None:
    paths = [name for name in ("manage.py", "config", "tracker", "tests") if (ROOT / name).exists()]

    answer = _ruff(rule, ROOT, *paths)

    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("C901", "def f(x):\n" + "".join(f"    if x == {n}:\n        g()\n" for n in range(8))),
        ("ERA001", "# convoy.hold(at=at)\nx = 1\n"),
    ],
)
def test_a_planted_offence_against_the_linter_is_found(
    tmp_path: Path, rule: str, source: str
) -> None:
    (tmp_path / "planted.py").write_text(source, encoding="utf-8")

    answer = _ruff(rule, tmp_path, "planted.py")

    assert rule in answer.stdout


def test_a_planted_long_module_is_found() -> None:
    long, short = (File(f"tracker/lib/{n}.py", "x = 1\n" * n) for n in (401, 400))
    settings = File("config/settings.py", "X = 1\n" * 301)

    found = long_modules([long, short, settings])

    assert found == ["tracker/lib/401.py: 401 lines", "config/settings.py: 301 lines"]


def test_a_planted_long_function_is_found() -> None:
    body = "    x = 1\n"
    source = f"def long():\n{body * 40}\ndef short():\n    '''Say\n    why.\n    '''\n{body * 39}"

    task = f"def drain():\n{body * 10}"

    found = long_functions(
        [File("tracker/lib/planted.py", source), File("tracker/tasks/outbox.py", task)]
    )

    assert found == [
        "tracker/lib/planted.py:1: long() has 41 lines",
        "tracker/tasks/outbox.py:1: drain() has 11 lines",
    ]
