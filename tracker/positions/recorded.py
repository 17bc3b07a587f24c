"""Take in a track that was recorded on the way and brought as a file, all of it or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from tracker.convoys.models import Vehicle
from tracker.devices.models import Device, RawMessage
from tracker.devices.operations import add_device, assign_device, settle
from tracker.organisations.models import User
from tracker.positions.fixes import FixResult, NewFix
from tracker.positions.operations import add_fixes

GATEWAY = "gpx"
# After every device that reports by itself.
_LAST_PRIORITY = 9


class LoadedAlready(Exception):
    """The file was loaded, or set aside, before."""


def fixes_in(points: Iterable[Mapping[str, Any]]) -> list[NewFix]:
    """Return the points that the reader of GPX files found as fixes."""
    return [
        NewFix(
            fixed_at=datetime.fromisoformat(point["fixed_at"]),
            lat=point["lat"],
            lon=point["lon"],
            altitude_m=point.get("altitude_m"),
            speed_m_s=point.get("speed_m_s"),
            course_deg=point.get("course_deg"),
            gateway=GATEWAY,
        )
        for point in points
    ]


def recorder_of(vehicle: Vehicle) -> Device | None:
    """Return the device under which tracks of a vehicle were loaded before."""
    return Device.objects.filter(
        organisation=vehicle.convoy.organisation_id, external_id=_name(vehicle)
    ).first()


def _name(vehicle: Vehicle) -> str:
    return f"{GATEWAY}:{vehicle.pk}"


def _recorder(vehicle: Vehicle, *, since: datetime, by: User, now: datetime) -> Device:
    """Return a device for the tracks of a vehicle whose recorder is not registered."""
    device = recorder_of(vehicle)
    if device is None:
        device, _token = add_device(
            kind=Device.Kind.TRACKER,
            organisation=vehicle.convoy.organisation,
            by=by,
            at=now,
            label=f"GPX {vehicle.convoy.code} {vehicle.code}",
            external_id=_name(vehicle),
        )
    first = device.assignments.order_by("since").values_list("since", flat=True).first()
    if first is None or since < first:
        assign_device(
            device=device,
            convoy=vehicle.convoy,
            vehicle=vehicle,
            at=since,
            by=by,
            priority=_LAST_PRIORITY,
        )
    return device


@transaction.atomic
def load_track(
    *,
    raw: RawMessage,
    fixes: Sequence[NewFix],
    whose: Device | Vehicle,
    by: User,
    at: datetime,
    now: datetime,
) -> list[FixResult]:
    """Store the track of a file for a device, or for a vehicle; raises LoadedAlready.

    `at` is field time, `now` machine time. Nothing is half loaded: it is one transaction.
    """
    standing = RawMessage.objects.select_for_update(of=("self",)).get(pk=raw.pk)
    if standing.state != RawMessage.State.NEW:
        raise LoadedAlready
    if isinstance(whose, Vehicle):
        first = min(fix.fixed_at for fix in fixes)
        whose = _recorder(whose, since=first, by=by, now=now)
    results = add_fixes(device=whose, fixes=fixes, raw=standing, at=at)
    counted = Counter(str(result.outcome) for result in results)
    settle(raw=standing, state=RawMessage.State.TAKEN, understood={**counted})
    return results
