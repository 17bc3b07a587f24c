"""`manage.py demo`: accounts, the record until the day before, and the clock of the exercise."""

from __future__ import annotations

import ipaddress
import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker.exercises.clock import field_now
from tracker.management.commands.load_record import told
from tracker.management.demo_accounts import OPERATOR, Account, make_accounts, write_private
from tracker.management.record_files import BadRecordError
from tracker.management.record_loading import Loaded, load
from tracker.management.replay_clock import pause_exercise
from tracker.management.replay_scene import set_scene
from tracker.management.replay_script import BadScriptError, Script, path_of_day, read_script
from tracker.organisations.models import Organisation

DAY = "2022-04-01"


class Command(BaseCommand):
    """Make the demonstration; what stands of it already is left as it is."""

    help = "Make demonstration accounts and load the record; on this machine's own servers only."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Write the accounts and what was imported to .local/demo.json for whoever starts it."""
        _refuse_elsewhere()
        accounts = make_accounts(Path(settings.LOCAL_DIR) / "accounts.txt")
        try:
            script = read_script(path_of_day(DAY))
            # First the clock: history is received on the morning of the exercise.
            pause_exercise(script, machine_now=timezone.now())
            operator = Organisation.objects.get(name=OPERATOR)
            loaded = load(
                folder=Path(settings.BASE_DIR) / "record",
                organisation=operator,
                until=script.begins_at.date() - timedelta(days=1),
                now=field_now(),
                say=self.stdout.write,
            )
            set_scene(path_of_day(DAY), organisation=operator)
        except (BadRecordError, BadScriptError) as error:
            raise CommandError(str(error)) from None
        lines = _lines(loaded, script)
        _write(accounts, lines)
        for line in lines:
            self.stdout.write(line)


def _refuse_elsewhere() -> None:
    """Refuse where others could use accounts whose passwords lie in a file."""
    if settings.EXTERNAL_SERVERS:
        raise CommandError(
            "DATABASE_URL is set: demonstration accounts are made on embedded servers only."
        )
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname or ""
    is_loopback = host == "localhost"
    with suppress(ValueError):
        is_loopback = ipaddress.ip_address(host).is_loopback
    if not is_loopback:
        raise CommandError(
            f"The address is {settings.PUBLIC_BASE_URL}: demonstration accounts are made where "
            "only this machine can reach it. Start without them: --no-demo."
        )


def _lines(loaded: Loaded, script: Script) -> list[str]:
    exercise = (
        f"Exercise: {script.name}, from {script.begins_at:%H:%M} to {script.ends_at:%H:%M} Kyiv "
        "time at 60x. Nothing is sent outside."
    )
    site = settings.PUBLIC_BASE_URL
    feeds = "status.json, corridors.geojson, status.atom"
    return [
        *told(loaded),
        "Sources of every line: record/SOURCES.md.",
        f"Published: {site}/ and under {site}/feeds/: {feeds}.",
        f"Messages that would be sent: {site}/messages/ for staff, as files in .local/mail.",
        exercise,
    ]


def _write(accounts: list[Account], lines: list[str]) -> None:
    told_to_up = {
        "accounts": [
            {"username": each.username, "role": each.role, "password": each.password}
            for each in accounts
        ],
        "lines": lines,
    }
    text = json.dumps(told_to_up, ensure_ascii=False, indent=1)
    write_private(Path(settings.LOCAL_DIR) / "demo.json", text)
