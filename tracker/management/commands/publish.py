"""Publish the public pages and feeds now, whatever the tick says."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker.exercises.clock import field_clock
from tracker.situation.operations import publish_now


class Command(BaseCommand):
    """Publish once."""

    help = "Publish the public pages and feeds now."

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish, or say that somebody else is at it."""
        revision = publish_now(clock=field_clock(), machine_now=timezone.now())
        if revision is None:
            raise CommandError("Another process is publishing at this moment; try again.")
        self.stdout.write(f"Published revision {revision} of the public pages and feeds.")
