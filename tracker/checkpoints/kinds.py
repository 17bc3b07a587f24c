"""Kinds of log event about checkpoints."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tracker.fieldlog.kinds import Data, Finding, Kind, NewEvent

Hours = Annotated[float, Meta(ge=0, le=10_000)]


class Reported(Data, frozen=True, kw_only=True):
    """What is reported of a checkpoint; waits in hours, `None` where not reported.

    UNKNOWN asserts no status: such a report carries a wait or a word, the status stays as it was.
    `is_censored`: they were still waiting, so the wait is only a lower bound.
    """

    status: Literal["OPEN", "RESTRICTED", "CLOSED", "UNKNOWN"] = "UNKNOWN"
    says: Annotated[str, Meta(max_length=4000)] = ""
    wait_low_h: Hours | None = None
    wait_high_h: Hours | None = None
    is_censored: bool = False
    vehicles: Annotated[str, Meta(max_length=80)] = ""
    is_public: bool = False
    source_title: Annotated[str, Meta(max_length=300)] = ""
    source_url: Annotated[str, Meta(max_length=600, pattern=r"^(https?://\S+)?$")] = ""


def _check_wait(_event: NewEvent, data: Reported) -> list[Finding]:
    low, high = data.wait_low_h, data.wait_high_h
    if low is not None and high is not None and low > high:
        return [Finding("range_reversed", "wait_low_h")]
    return []


KINDS = (Kind("checkpoint.reported", "checkpoint", Reported, check=_check_wait),)
