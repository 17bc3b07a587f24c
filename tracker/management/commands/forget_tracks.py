"""Thin and delete old position fixes, except those of convoys that an incident names."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracker.exercises.clock import field_now
from tracker.incidents.models import Incident
from tracker.positions.retention import KEPT_WHOLE, forget_tracks

# What only carries positions; a satellite messenger also carries words of people.
GATEWAYS = ("osmand", "owntracks", "traccar", "gpx")


class Command(BaseCommand):
    """Forget tracks and say how many rows went."""

    help = "Thin and delete position fixes older than so many days; print how many."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--days", type=int, default=30, help="how many days are kept")

    def handle(self, *args: Any, **options: Any) -> None:
        """Forget what is older than `--days`."""
        kept_for = timedelta(days=options["days"]) if 1 <= options["days"] <= 36_500 else None
        if kept_for is None or kept_for < KEPT_WHOLE:
            raise CommandError(
                f"--days takes a number from {KEPT_WHOLE.days} on: fixes may come so late."
            )
        named = Incident.objects.filter(convoy__isnull=False)
        gone = forget_tracks(
            at=field_now(),
            kept_for=kept_for,
            spared=set(named.values_list("convoy", flat=True)),
            gateways=GATEWAYS,
        )
        self.stdout.write(
            f"Deleted {gone.deleted} fixes older than {options['days']} days, "
            f"thinned {gone.thinned}; {gone.spared} stay for incidents; "
            f"{gone.emptied} messages emptied."
        )
