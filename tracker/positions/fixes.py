"""What a device says of where it was, before anything is stored, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MOCK = "MOCK"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFix:
    """One location as a device reported it: aware UTC, degrees, metres, m/s and percent.

    `flags` are what the sender itself says is odd; `is_mock` that the phone calls it simulated.
    """

    fixed_at: datetime
    lat: float
    lon: float
    accuracy_m: float | None = None
    altitude_m: float | None = None
    speed_m_s: float | None = None
    course_deg: float | None = None
    battery_pct: float | None = None
    is_mock: bool = False
    gateway: str = ""
    flags: tuple[str, ...] = ()


class Outcome(StrEnum):
    """What became of a fix."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class FixResult:
    """What became of one fix; `reason` is a code where it was quarantined, else ""."""

    outcome: Outcome
    reason: str = ""
