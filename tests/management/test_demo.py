"""The demonstration: accounts on this machine alone, made once, with the record as history."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tracker.attempts.models import Attempt
from tracker.exercises.clock import field_clock
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import Role, User


@pytest.fixture
def local(db: None, settings: Any, tmp_path: Path) -> Path:
    """Return the folder that the demonstration writes to."""
    settings.LOCAL_DIR = tmp_path / "local"
    return tmp_path / "local"


def demo() -> str:
    """Run the command and return what it prints."""
    printed = StringIO()
    call_command("demo", stdout=printed)
    return printed.getvalue()


def told(local: Path) -> dict[str, Any]:
    return dict(json.loads((local / "demo.json").read_text()))


def test_each_role_gets_an_account_whose_password_opens_it(local: Path) -> None:
    demo()

    accounts = told(local)["accounts"]
    assert {User.objects.get(username=each["username"]).role for each in accounts} == set(Role)
    for each in accounts:
        assert len(each["password"]) >= 15
        assert User.objects.get(username=each["username"]).check_password(each["password"])


def test_only_the_owner_can_read_the_passwords(local: Path) -> None:
    demo()

    files = [local / "accounts.txt", local / "demo.json"]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]


def test_a_second_run_keeps_passwords_people_and_facts(local: Path) -> None:
    demo()
    accounts, facts = told(local)["accounts"], LogEvent.objects.count()
    hashes = dict(User.objects.values_list("username", "password"))

    demo()

    assert told(local)["accounts"] == accounts
    assert dict(User.objects.values_list("username", "password")) == hashes
    assert LogEvent.objects.count() == facts


def test_when_the_file_is_lost_new_passwords_take_the_place_of_those_nobody_knows(
    local: Path,
) -> None:
    demo()
    old = told(local)["accounts"][0]
    (local / "accounts.txt").unlink()

    demo()

    new = told(local)["accounts"][0]
    assert new["password"] != old["password"]
    assert User.objects.get(username=new["username"]).check_password(new["password"])


def test_the_record_is_history_until_the_day_before_and_the_clock_stands_at_its_morning(
    local: Path,
) -> None:
    demo()

    clock = field_clock()
    days = Attempt.objects.values_list("day", flat=True)
    assert f"{max(days):%d %B %Y}" == "31 March 2022"
    assert (clock.name, clock.speed) == ("1 April 2022", 1)
    assert f"{clock.now:%Y-%m-%d %H:%M}" == "2022-04-01 03:00"


def test_what_was_imported_is_told_to_whoever_starts_it(local: Path) -> None:
    printed = demo()

    lines = told(local)["lines"]
    assert lines[0].startswith("Imported 44 attempts")
    assert lines[0] in printed


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("EXTERNAL_SERVERS", True),
        ("PUBLIC_BASE_URL", "https://tracker.example.org"),
        ("PUBLIC_BASE_URL", "http://192.168.1.7:8000"),
    ],
)
def test_where_others_could_come_in_no_account_is_made(
    local: Path, settings: Any, setting: str, value: object
) -> None:
    setattr(settings, setting, value)

    with pytest.raises(CommandError, match="demonstration accounts are made"):
        demo()

    assert not User.objects.exists()
    assert not local.exists()
