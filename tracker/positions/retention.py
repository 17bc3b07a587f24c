"""Forget old tracks: first thin them, then delete them; never those a court may ask for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from tracker.devices.models import Device, RawMessage
from tracker.devices.operations import empty_bodies
from tracker.fieldlog.models import LogEvent
from tracker.positions.models import PositionFix, VehicleTrack
from tracker.positions.tracks import step_of

# A phone may bring fixes this late; before that nothing is thinned.
KEPT_WHOLE = timedelta(days=7)
# What is forgotten goes in pieces, so that no lock is held for long.
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many fixes went and why, how many stay for an incident, how many messages are empty."""

    deleted: int
    thinned: int
    spared: int
    emptied: int


def forget_tracks(
    *, at: datetime, kept_for: timedelta, spared: Collection[UUID], gateways: Collection[str]
) -> Forgotten:
    """Delete fixes older than `kept_for`, and of those older than a week all but one in a step.

    `at` is field time; `spared` are the convoys whose tracks are kept whole. What trackers sent by
    `gateways` is emptied once no fix of it is left, its hash stays. Can be repeated at any pace.
    """
    before, thin_before = at - kept_for, at - min(KEPT_WHOLE, kept_for)
    open_to_all = PositionFix.objects.exclude(convoy__in=list(spared))
    old = open_to_all.filter(fixed_at__lt=before)
    kept = PositionFix.objects.filter(convoy__in=list(spared), fixed_at__lt=thin_before)
    deleted = _delete(old)
    thinned = _delete(_crowded(open_to_all.filter(fixed_at__lt=thin_before, flags=[])))
    emptied = _empty(gateways=gateways, before=thin_before)
    return Forgotten(deleted, thinned, kept.count(), emptied)


def _crowded(fixes: QuerySet[PositionFix]) -> QuerySet[PositionFix]:
    """Return all but the first fix of each device in each step of time; odd ones are no part."""
    ranked = fixes.annotate(step=step_of("fixed_at")).annotate(
        rank=Window(RowNumber(), partition_by=["device", "step"], order_by=["fixed_at", "id"])
    )
    current = VehicleTrack.objects.filter(fix__isnull=False).values("fix")
    crowd = ranked.filter(rank__gt=1).values("pk")
    return PositionFix.objects.filter(pk__in=crowd).exclude(pk__in=current)


def _delete(fixes: QuerySet[PositionFix]) -> int:
    deleted = 0
    while keys := list(fixes.order_by("id").values_list("pk", flat=True)[:_BATCH]):
        with transaction.atomic():
            # Where a vehicle was a month ago is no place of it now.
            VehicleTrack.objects.filter(fix__in=keys).update(
                fix=None, off_route_since=None, separated_since=None, flagged_since=None
            )
            PositionFix.objects.filter(pk__in=keys).delete()
        deleted += len(keys)
    return deleted


def _empty(*, gateways: Collection[str], before: datetime) -> int:
    """Empty the messages of trackers of which no fix is left, and files that nobody loaded.

    What waits for a person stays until somebody has sorted it; what a device sent that has called
    for help stays altogether.
    """
    sent = RawMessage.objects.filter(gateway__in=gateways, field_at__lt=before)
    called = LogEvent.objects.filter(kind="sos").exclude(device_id="").values("device_id")
    callers = Device.objects.filter(code__in=called).values("pk")
    sorted_out = sent.exclude(state=RawMessage.State.QUARANTINED).exclude(device__in=callers)
    still_used = PositionFix.objects.filter(raw=OuterRef("pk"))
    return empty_bodies(messages=sorted_out.exclude(Exists(still_used)))
