"""The lines for a machine without make do what `make up` does before it starts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.drill
def test_the_environment_is_made_without_make(tmp_path: Path) -> None:
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"

    made = run(sys.executable, "-m", "venv", "--without-pip", ".venv", cwd=tmp_path)
    pip = (sys.executable, "-m", "pip", "--python", str(python), "install", "--require-hashes")
    installed = run(*pip, "--only-binary=:all:", "-r", "requirements.txt", cwd=tmp_path)

    assert (made.returncode, installed.returncode) == (0, 0), installed.stderr
    assert run(str(python), "-c", "import django, celery, psycopg", cwd=tmp_path).returncode == 0
