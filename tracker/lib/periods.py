"""Ages and moments as data: how long ago, in which unit, and how machines read a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
# Hours are kept up to two days: "30 h ago" says more than "1 d ago" when a day matters.
_LAST_HOUR = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Age:
    """An age in whole units; `key` is "now", "minutes", "hours", "days" or "unknown"."""

    key: str
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From which age on information counts as ageing, and from which as stale."""

    ageing: timedelta
    stale: timedelta


def require_aware(at: datetime) -> datetime:
    """Return `at`; raise ValueError when it has no time zone, since it then names no moment."""
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at


def age_between(*, then: datetime | None, now: datetime) -> Age:
    """Return how long before `now` the moment `then` was, rounded down.

    `None` gives the key "unknown" and never an age; a moment up to the future counts as "now".
    """
    if then is None:
        return Age("unknown")
    passed = require_aware(now) - require_aware(then)
    if passed < _MINUTE:
        return Age("now")
    if passed < _HOUR:
        return Age("minutes", passed // _MINUTE)
    if passed < _LAST_HOUR:
        return Age("hours", passed // _HOUR)
    return Age("days", passed // _DAY)


def freshness(*, then: datetime | None, now: datetime, limits: Limits) -> str:
    """Return "recent", "ageing" or "stale"; without a time of observation it is stale."""
    if then is None:
        return "stale"
    passed = require_aware(now) - require_aware(then)
    if passed >= limits.stale:
        return "stale"
    return "ageing" if passed >= limits.ageing else "recent"


def utc_text(at: datetime) -> str:
    """Return the moment as RFC 3339 in UTC to the second, such as 2022-04-01T09:12:00Z.

    Raises ValueError when `at` has no time zone.
    """
    moment = require_aware(at).astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return moment.isoformat() + "Z"


def grid_moment(at: datetime, *, every_s: int) -> datetime:
    """Return the newest moment at or before `at` on the fixed grid of every so many seconds."""
    seconds = int(require_aware(at).timestamp())
    return datetime.fromtimestamp(seconds - seconds % every_s, tz=UTC)
