#!/usr/bin/env python
"""Run the project's commands."""

import importlib
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

SETTINGS = "DJANGO_SETTINGS_MODULE"


def main() -> None:
    """Load the settings first, so that a wrong value is one sentence and no traceback."""
    os.environ.setdefault(SETTINGS, "config.settings")
    try:
        importlib.import_module(os.environ[SETTINGS])
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
