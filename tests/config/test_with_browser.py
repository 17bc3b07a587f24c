"""The script that looks for a browser before the tests: found, fetched, or loudly missing."""

import subprocess
from pathlib import Path

import pytest

from tests.house.tree import ROOT

# Stands for Python: it has no Playwright browser, cannot fetch one, and repeats what it is to run.
PYTHON = """#!/bin/sh
case "$1" in -) exit 1 ;; esac
case "$2" in playwright) exit 1 ;; esac
echo "ran with browser '$CHROMIUM': $*"
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Make a PATH without browser and package manager, for somebody who is not root."""
    for name, text in {"python": PYTHON, "id": "#!/bin/sh\necho 1000\n"}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def run(programs: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", ROOT / ".ci" / "with-browser", "not drill", "python", "-m", "pytest"],
        env={"PATH": str(programs), **env},
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_a_browser_on_the_path_is_used(programs: Path) -> None:
    browser = programs / "chromium"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)

    told = run(programs)

    assert told.returncode == 0
    assert told.stdout == f"ran with browser '{browser}': -m pytest -m not drill\n"


def test_without_any_browser_the_other_tests_run_and_the_last_line_says_so(programs: Path) -> None:
    told = run(programs)

    assert told.returncode == 0
    assert "-m pytest -m (not drill) and not browser" in told.stdout
    assert told.stderr.splitlines()[-1].startswith("NO BROWSER")


def test_in_continuous_integration_a_missing_browser_is_a_failure(programs: Path) -> None:
    told = run(programs, CI="true")

    assert told.returncode == 1
    assert told.stderr.splitlines()[-1].startswith("NO BROWSER")
