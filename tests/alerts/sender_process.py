"""A sender in a process of its own, which a test can kill: DATABASE FOLDER OWNER as arguments."""

from __future__ import annotations

import sys

import django
import pytest
from django.conf import settings

__all__ = ["pytest"]  # its presence tells the settings that these are the servers of a test


def main(database: str, folder: str, owner: int) -> None:
    """Send everything that is due, as mails in `folder`."""
    settings.DATABASES["default"]["NAME"] = database
    settings.EMAIL_FILE_PATH = folder
    django.setup()
    # The tables can be imported only once Django is set up.
    sending = __import__("tracker.alerts.sending", fromlist=["send_due"])
    scenes = __import__("tests.alerts.scenes", fromlist=["clock"])
    while sending.send_due(clock=scenes.clock(), now=scenes.MACHINE_NOW, owner=owner):
        pass


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
