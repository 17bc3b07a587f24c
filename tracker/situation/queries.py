"""Questions about what is published."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from tracker.feeds.snapshot import Stamp
from tracker.situation import files
from tracker.situation.builder import PUBLIC


def folder_of(audience: str) -> Path:
    """Return the folder that holds the publications of one audience."""
    return Path(settings.PUBLISHED_DIR) / audience


def newest_publication() -> Stamp | None:
    """Return the stamp (machine time) of the public revision in force, `None` without one."""
    head = files.head(folder_of(PUBLIC))
    return head.stamp if head else None


def is_publication_old(*, machine_now: datetime) -> bool:
    """Tell whether the public reads something that is past its time, or nothing."""
    stamp = newest_publication()
    return stamp is None or stamp.valid_until <= machine_now
