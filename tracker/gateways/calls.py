"""Record that a device calls for help, so that nobody's call is lost, wherever it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from tracker.devices.models import Device, DeviceAssignment
from tracker.devices.queries import assignment_of
from tracker.devices.sorting import CALL
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import Via
from tracker.intake.judging import Clock
from tracker.intake.operations import REJECTED, Result, record_each


@dataclass(frozen=True, slots=True)
class Call:
    """A call for help, or a word about one; `mark` is the same for each repeat of one call."""

    kind: Literal["sos", "note"]
    called_at: datetime
    mark: str
    says: str


def by_the_minute(called_at: datetime) -> str:
    """Return one mark for all calls of a minute: a button that is held calls every few seconds."""
    return f"{called_at:%Y-%m-%dT%H:%M}"


def record_call(*, device: Device | None, call: Call, at: datetime) -> str:
    """Record a call in the log of the convoy its device reports for; `at` is field time.

    Returns "" or, where it could not be recorded, the reason why a person must see to it.
    """
    if device is None:
        return f"{CALL}device_unknown"
    # A clock that is ahead must not make the call wait until its time has come.
    called_at = min(call.called_at, at)
    assignment = assignment_of(device, at=called_at) or assignment_of(device, at=at)
    if assignment is None:
        return f"{CALL}unassigned"
    result = _record(device, call, assignment, called_at=called_at, at=at)
    if result.outcome == REJECTED:
        return f"{CALL}refused"
    return f"{CALL}late" if result.time_disputed else ""


def _record(
    device: Device, call: Call, assignment: DeviceAssignment, *, called_at: datetime, at: datetime
) -> Result:
    subjects: dict[str, UUID] = {"convoy": assignment.convoy_id}
    if assignment.vehicle_id:
        subjects["vehicle"] = assignment.vehicle_id
    result = _try(device, call, subjects, called_at=called_at, at=at)
    if result.outcome == REJECTED and assignment.vehicle_id:
        # The vehicle may drive in another convoy by now: better the call without it than none.
        del subjects["vehicle"]
        return _try(device, call, subjects, called_at=called_at, at=at)
    return result


def _try(
    device: Device,
    call: Call,
    subjects: Mapping[str, UUID],
    *,
    called_at: datetime,
    at: datetime,
) -> Result:
    event = NewEvent(
        kind=call.kind,
        client_id=uuid5(device.pk, f"{call.kind} {call.mark}"),
        occurred_at=called_at,
        subjects=subjects,
        data={"note": call.says},
        device_id=device.code,
        via=Via.TRACKER,
    )
    results = record_each(
        events=[event], organisation=device.organisation, by=None, clock=Clock(now=at)
    )
    return results[0]
