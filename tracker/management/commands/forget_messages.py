"""Empty old short messages, except those that an incident or a call for help may need."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker.devices.retention import forget_words
from tracker.incidents.models import Incident

GATEWAYS = ("sms", "inreach")
# A sender may take back or repeat what it said, and a person may still ask what was meant.
FEWEST_DAYS = 30


class Command(BaseCommand):
    """Forget the words of messages and say of how many."""

    help = "Empty settled short messages older than so many days; print how many."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--days", type=int, default=365, help="how many days are kept")

    def handle(self, *args: Any, **options: Any) -> None:
        """Empty what is older than `--days`."""
        days = options["days"]
        if not FEWEST_DAYS <= days <= 36_500:
            raise CommandError(f"--days takes a number from {FEWEST_DAYS} to 36500.")
        named = Incident.objects.filter(convoy__isnull=False)
        emptied = forget_words(
            before=timezone.now() - timedelta(days=days),
            gateways=GATEWAYS,
            spared=set(named.values_list("convoy", flat=True)),
        )
        self.stdout.write(f"Emptied {emptied} messages older than {days} days.")
