"""Every command a document shows is run here, or names the test that runs it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.tree import ROOT, File, document_files

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
SHELLS = {"sh", "bash", "shell", "zsh"}
TIMEOUT_S = 60

# A command that needs a running house, a terminal or minutes, and the test that drives it.
# The pattern matches the whole command.
_UP = "tests/embedded/test_up.py::test_a_second_up_says_that_one_runs_and_exits_with_3"
_NO_MAKE = "tests/embedded/test_without_make.py::test_the_environment_is_made_without_make"
_NOTHING = "tests/stories/test_from_nothing.py"
DRIVEN_ELSEWHERE: dict[str, str] = {
    r"\.venv/bin/python manage\.py up": _UP,
    r"python3 -m venv --without-pip \.venv": _NO_MAKE,
    r"python3 -m pip --python \.venv/bin/python install .*": _NO_MAKE,
    r"\.venv/bin/python manage\.py createsuperuser": (
        f"{_NOTHING}::test_a_corridor_is_run_from_nothing_to_an_arrived_convoy"
    ),
    r"\.venv/bin/python manage\.py forget_tracks --days \d+": (
        "tests/positions/test_retention.py"
        "::test_after_a_week_one_fix_in_five_minutes_is_left_and_after_a_month_none"
    ),
    r"\.venv/bin/python manage\.py forget_messages --days \d+": (
        "tests/gateways/test_forgetting.py"
        "::test_the_words_of_a_message_go_after_a_year_and_its_entries_and_hash_stay"
    ),
    r"\.venv/bin/python manage\.py api_key .*": (
        "tests/api/test_keys.py::test_the_command_prints_a_key_that_works"
    ),
}
# These run this suite or fill the virtual environment it runs in: make spells out what it would do.
REHEARSED = re.compile(r"make (up|test|check|drill|lock)( PORT=\d+)?")


@dataclass(frozen=True)
class Command:
    """One command of a document, with the lines it is continued on."""

    path: str
    text: str


def commands_in(file: File) -> list[Command]:
    r"""Read the `$ ` lines of the console blocks, joined where a line ends with a backslash."""
    found = []
    for language, body in FENCE.findall(file.text):
        if language == "console":
            joined = body.replace("\\\n", " ")
            found += [
                Command(file.path, " ".join(line[2:].split()))
                for line in joined.splitlines()
                if line.startswith("$ ")
            ]
    return found


def shell_blocks(file: File) -> list[str]:
    """List blocks written as a shell language, which this test would not see."""
    return [f"{file.path}: ```{lang}" for lang, _ in FENCE.findall(file.text) if lang in SHELLS]


def driver_of(command: str, table: dict[str, str]) -> str | None:
    """Name the test that runs a command, when it is not run here."""
    return next((test for pattern, test in table.items() if re.fullmatch(pattern, command)), None)


def missing_drivers(table: dict[str, str], root: Path) -> list[str]:
    """List the tests named in the table that do not exist."""
    missing = []
    for test in table.values():
        path, _, name = test.partition("::")
        text = (root / path).read_text(encoding="utf-8") if (root / path).exists() else ""
        if f"def {name}(" not in text:
            missing.append(test)
    return missing


def run(command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a reader would, with the interpreter of this test for `.venv/bin/`."""
    programs = Path(sys.executable).parent
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    text = command.replace(".venv/bin/", f"{programs}/")
    process = subprocess.Popen(
        ["/bin/sh", "-c", text],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=TIMEOUT_S)
    finally:
        # What a command leaves behind would outlive the test that started it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return subprocess.CompletedProcess(command, process.returncode, output)


SHOWN = sorted({one for file in document_files() for one in commands_in(file)}, key=str)
QUICK = [
    one
    for one in SHOWN
    if driver_of(one.text, DRIVEN_ELSEWHERE) is None and not REHEARSED.fullmatch(one.text)
]
TO_REHEARSE = sorted({one.text for one in SHOWN if REHEARSED.fullmatch(one.text)})


@pytest.mark.parametrize("command", QUICK, ids=lambda one: f"{one.path}: {one.text}")
def test_a_command_of_the_documents_runs(command: Command) -> None:
    answer = run(command.text)

    assert answer.returncode == 0, answer.stdout[-3000:]


@pytest.mark.parametrize("command", TO_REHEARSE)
def test_a_long_command_of_the_documents_can_be_spelled_out(command: str) -> None:
    answer = run(command.replace("make ", "make --dry-run --always-make "))

    assert answer.returncode == 0, answer.stdout[-3000:]
    assert answer.stdout.strip()


def test_the_tests_that_drive_the_long_commands_exist() -> None:
    assert missing_drivers(DRIVEN_ELSEWHERE, ROOT) == []


def test_no_driver_is_named_for_a_command_that_nobody_shows() -> None:
    shown = [one.text for one in SHOWN]

    idle = [p for p in DRIVEN_ELSEWHERE if not any(re.fullmatch(p, text) for text in shown)]

    assert idle == []


def test_commands_stand_in_console_blocks_where_this_test_sees_them() -> None:
    found = [block for file in document_files() for block in shell_blocks(file)]

    assert found == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{file.path}: {target}"
        for file in document_files()
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", file.text)
        if not (ROOT / file.path).parent.joinpath(target).exists()
    ]

    assert broken == []


def test_a_planted_command_is_found_with_its_continuation() -> None:
    text = (
        "```console\n$ make up\nready\n$ curl -X POST \\\n    http://x/\n```\n```json\n$ no\n```\n"
    )

    found = [one.text for one in commands_in(File("README.md", text))]

    assert found == ["make up", "curl -X POST http://x/"]


def test_a_planted_shell_block_is_found() -> None:
    file = File("README.md", "```bash\nmake up\n```\n```json\n{}\n```\n")

    assert shell_blocks(file) == ["README.md: ```bash"]


def test_a_planted_failing_command_fails() -> None:
    assert run("false").returncode == 1


def test_a_planted_driver_without_a_test_is_found(tmp_path: Path) -> None:
    (tmp_path / "test_up.py").write_text("def test_up_runs():\n    pass\n", encoding="utf-8")
    table = {"make up": "test_up.py::test_up_runs", "make drill": "test_up.py::test_gone"}

    found = missing_drivers(table, tmp_path)

    assert found == ["test_up.py::test_gone"]
