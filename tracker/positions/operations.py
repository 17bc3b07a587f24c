"""Take in position fixes; they move the vehicle on the map and never a status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tracker.devices.models import Device, RawMessage
from tracker.positions.fixes import FixResult, NewFix, Outcome


def add_fixes(
    *, device: Device, fixes: Sequence[NewFix], raw: RawMessage | None, at: datetime
) -> list[FixResult]:
    """Store what a device reported and return, in the same order, what became of each fix.

    `at` is field time at receipt. A quarantined fix is not stored: it is in `raw`, which the door
    settles. Call it in the transaction that settles `raw`.
    """
    return [FixResult(Outcome.QUARANTINED, "not_built") for _fix in fixes]
