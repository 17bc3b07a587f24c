"""`manage.py load_record DIR`: import a record of attempts, incidents and waits."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracker.exercises.clock import field_now
from tracker.management.record_files import BadRecordError
from tracker.management.record_loading import Loaded, load, try_to_load
from tracker.organisations.models import Organisation


class Command(BaseCommand):
    """Load the files of a record; what stands already is left as it is."""

    help = "Import a record (CSV files as in record/): whole or not at all, repeatable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the folder, the last day, for whom, and whether only to try."""
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--dry-run", action="store_true", help="read and check, keep nothing")
        parser.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="last day")
        parser.add_argument("--organisation", metavar="NAME", help="whose corridors these are")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print progress and what was loaded, or every problem by file and row."""
        act = try_to_load if options["dry_run"] else load
        try:
            loaded = act(
                folder=options["folder"],
                organisation=_organisation(options["organisation"]),
                until=options["until"],
                now=field_now(),
                say=self.stdout.write,
            )
        except BadRecordError as error:
            lines = [*map(str, error.problems), "Nothing was loaded. Correct the rows above."]
            raise CommandError("\n".join(lines)) from None
        for line in told(loaded):
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was kept.")


def _organisation(name: str | None) -> Organisation:
    operators = Organisation.objects.filter(kind=Organisation.Kind.OPERATOR)
    if name:
        operators = operators.filter(name=name)
    found = list(operators.order_by("name", "id")[:2])
    if not found:
        raise CommandError("There is no such operator: add the organisation in the admin first.")
    if len(found) > 1:
        raise CommandError(
            "Several operators are here: say whose record it is, --organisation NAME."
        )
    return found[0]


def told(loaded: Loaded) -> list[str]:
    """Return what a load brought, in lines."""
    facts = loaded.facts
    known = facts.total() - loaded.new
    summary = (
        f"Imported {facts['attempt.planned']} attempts on {loaded.corridors} corridors, "
        f"{facts['incident.reported']} incidents with {facts['incident.claimed']} statements, "
        f"{facts['checkpoint.reported']} reports on checkpoints, {facts['corridor.stated']} trips"
    )
    lines = [f"{summary} ({loaded.new} facts new, {known} stood already)."]
    if loaded.left_alone:
        rows = ", ".join(loaded.left_alone)
        lines.append(f"Entered here by hand or by an exercise, so left out: {rows}.")
    return lines
