"""Make a key for the API and print it once, or revoke one."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker.organisations.models import User
from tracker.organisations.operations import SCOPES, make_key, revoke_key
from tracker.organisations.permissions import may_of


class Command(BaseCommand):
    """Print a new key of a user on standard output; it is shown this once."""

    help = "Make a key for the API and print it. It is stored as a hash and cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("user", nargs="?", help="the user name of the key's owner")
        parser.add_argument(
            "--scopes",
            default="read",
            help=f"what the key may be used for, comma-separated: {', '.join(SCOPES)}",
        )
        parser.add_argument("--days", type=int, help="end the key after so many days")
        parser.add_argument("--revoke", metavar="PREFIX", help="end the key evt_PREFIX_… now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Revoke a key if one is named, else make one."""
        if options["revoke"]:
            self._revoke(options["revoke"])
        elif options["user"]:
            self._make(options["user"], options["scopes"], options["days"])
        else:
            raise CommandError("Name the user that the key is for, or --revoke a key.")

    def _revoke(self, prefix: str) -> None:
        if not revoke_key(prefix=prefix, at=timezone.now()):
            raise CommandError(f"No key in force begins with evt_{prefix}_.")
        self.stderr.write(f"The key evt_{prefix}_… is revoked.")

    def _make(self, username: str, scopes: str, days: int | None) -> None:
        user = User.objects.filter(username=username).select_related("organisation").first()
        if user is None:
            raise CommandError(f"There is no user “{username}”.")
        if not may_of(user).use_api:
            raise CommandError(
                f"“{username}” may not use the API: it needs an active account in an organisation."
            )
        if days is not None and not 1 <= days <= 3650:
            raise CommandError("--days takes a number from 1 to 3650.")
        now = timezone.now()
        wanted = {scope.strip() for scope in scopes.split(",") if scope.strip()}
        try:
            _, key = make_key(
                user=user,
                scopes=wanted,
                at=now,
                expires_at=now + timedelta(days=days) if days else None,
            )
        except ValueError as error:
            raise CommandError(
                f"Unknown scope: {error}. The scopes are {', '.join(SCOPES)}."
            ) from error
        # The key alone on standard output, so that a script can take it.
        self.stdout.write(key)
        self.stderr.write("This key is shown once. Send it as “Authorization: Bearer …”.")
