"""Say where each vehicle is, and whether it has left road or column, from the fixes there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import (
    DateTimeField,
    DurationField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)

from tracker.convoys.models import Convoy, Vehicle
from tracker.devices.models import DeviceAssignment
from tracker.lib.geo import RoadLine
from tracker.positions.following import (
    LOOKED_BACK,
    STEP,
    Beside,
    Candidate,
    apart_since,
    chosen,
    odd_since,
    off_road_since,
)
from tracker.positions.models import PositionFix, VehicleTrack

# Steps of time begin at whole multiples since this moment.
_ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)
# Added to the place in the order of a device that is aboard no more.
_HAS_LEFT = 100_000
# So many odd fixes since the last good one tell as much as all of them.
_ODD_READ = 200


def follow(
    *, vehicle_ids: Iterable[UUID], roads: Mapping[UUID, RoadLine | None]
) -> list[VehicleTrack]:
    """Write anew where these vehicles are, and who of their convoys is apart from its column.

    `roads` holds the line of each convoy by its key. To be called inside a transaction: the tracks
    of a convoy are written one after another.
    """
    vehicles = list(Vehicle.objects.filter(pk__in=set(vehicle_ids)).select_related("convoy"))
    if not vehicles:
        return []
    VehicleTrack.objects.bulk_create(
        [VehicleTrack(vehicle=each, convoy=each.convoy) for each in vehicles],
        ignore_conflicts=True,
    )
    convoys = {each.convoy_id for each in vehicles}
    tracks = {
        track.vehicle_id: track
        for track in VehicleTrack.objects.select_for_update(of=("self",))
        .filter(vehicle__convoy__in=convoys)
        .select_related("vehicle")
        .order_by("vehicle_id")
    }
    candidates = _candidates(vehicles)
    for vehicle in vehicles:
        track = tracks[vehicle.pk]
        track.convoy_id = vehicle.convoy_id
        _follow_one(track, candidates.get(vehicle.pk, []), road=roads.get(vehicle.convoy_id))
    _save(tracks[vehicle.pk] for vehicle in vehicles)
    for convoy_id in sorted(convoys):
        _compare(convoy_id, tracks)
    return [tracks[vehicle.pk] for vehicle in vehicles]


def _save(tracks: Iterable[VehicleTrack]) -> None:
    fields = ["convoy", "fix", "off_route_since", "separated_since", "flagged_since"]
    VehicleTrack.objects.bulk_update(list(tracks), fields)


def _candidates(vehicles: Iterable[Vehicle]) -> dict[UUID, list[Candidate]]:
    """Return the newest trusted fix of every device of each vehicle, with its place in the order.

    Of a device that was assigned more than once the last assignment gives the place; one that has
    left the vehicle comes after those that are still aboard.
    """
    newest = (
        PositionFix.objects.filter(device=OuterRef("device"), vehicle=OuterRef("vehicle"), flags=[])
        .order_by("-fixed_at", "lat", "lon")
        .values("pk")[:1]
    )
    rows = (
        DeviceAssignment.objects.filter(vehicle__in=list(vehicles))
        .annotate(newest=Subquery(newest))
        .order_by("vehicle_id", "device_id", "-since", "-id")
        .distinct("vehicle_id", "device_id")
        .values_list("vehicle_id", "device_id", "priority", "until", "newest")
    )
    listed = [
        (vehicle_id, device_id, priority + (_HAS_LEFT if until else 0), fix_id)
        for vehicle_id, device_id, priority, until, fix_id in rows
        if fix_id is not None
    ]
    times = dict(
        PositionFix.objects.filter(pk__in=[row[3] for row in listed]).values_list("pk", "fixed_at")
    )
    found: dict[UUID, list[Candidate]] = {}
    for vehicle_id, device_id, priority, fix_id in listed:
        if vehicle_id is not None:
            candidate = Candidate(fix_id, times[fix_id], priority, device_id)
            found.setdefault(vehicle_id, []).append(candidate)
    return found


def _follow_one(track: VehicleTrack, candidates: list[Candidate], *, road: RoadLine | None) -> None:
    now_at = chosen(candidates)
    track.fix_id = now_at.fix_id if now_at else None
    track.off_route_since = _off_road(track.vehicle_id, now_at, road) if now_at and road else None
    track.flagged_since = _odd(track.vehicle_id, candidates)


def _trusted(vehicle_id: UUID, now_at: Candidate) -> QuerySet[PositionFix]:
    return PositionFix.objects.filter(
        device=now_at.device_id, vehicle=vehicle_id, flags=[], fixed_at__lte=now_at.at
    )


def _off_road(vehicle_id: UUID, now_at: Candidate, road: RoadLine) -> datetime | None:
    """Return since when the vehicle is off its road, reading from when it was last surely on it.

    A fix that is itself less sure than the road is wide says nothing about that.
    """
    sure = _trusted(vehicle_id, now_at).filter(
        Q(accuracy_m__isnull=True) | Q(accuracy_m__lte=road.leave_m), off_route_m__isnull=False
    )
    on_road = sure.filter(off_route_m__lt=road.back_m).order_by("-fixed_at")[:1]
    last = on_road.values_list("fixed_at", flat=True).first()
    since = sure.filter(fixed_at__gt=last) if last else sure
    rows = since.order_by("fixed_at", "lat", "lon").values_list(
        "fixed_at", "off_route_m", "chainage_km"
    )
    beside = (
        Beside(at, off_m, road.is_at_an_end(km or 0.0, off_m))
        for at, off_m, km in rows
        if off_m is not None
    )
    return off_road_since(beside, leave_m=road.leave_m, back_m=road.back_m)


def _odd(vehicle_id: UUID, candidates: list[Candidate]) -> datetime | None:
    """Return since when every fix of the vehicle, by whichever device, is an odd one."""
    fixes = PositionFix.objects.filter(vehicle=vehicle_id)
    if candidates:
        fixes = fixes.filter(fixed_at__gt=max(each.at for each in candidates))
    odd = fixes.exclude(flags=[]).order_by("fixed_at", "id")
    return odd_since(list(odd.values_list("fixed_at", flat=True)[:_ODD_READ]))


def _compare(convoy_id: UUID, tracks: Mapping[UUID, VehicleTrack]) -> None:
    """Note who of a convoy is apart from its column; who has broken down is, and that is known."""
    own = [each for each in tracks.values() if each.vehicle.convoy_id == convoy_id]
    since = apart_since(_places(convoy_id, own))
    changed = []
    for track in own:
        is_in_column = track.vehicle.state == Vehicle.State.IN_COLUMN
        now = since.get(track.vehicle_id) if is_in_column else None
        if now != track.separated_since:
            track.separated_since = now
            changed.append(track)
    VehicleTrack.objects.bulk_update(changed, ["separated_since"])


def step_of(field: str) -> Func:
    """Return the beginning of the step of time in which a moment lies, for a query."""
    return Func(
        Value(STEP, output_field=DurationField()),
        F(field),
        Value(_ORIGIN),
        function="date_bin",
        output_field=DateTimeField(),
    )


def _places(convoy_id: UUID, tracks: Iterable[VehicleTrack]) -> dict[datetime, dict[UUID, float]]:
    """Return the last km of each vehicle in each step of time, by the device in use.

    Distinct in the database: forty vehicles report thousands of fixes in these hours.
    """
    in_use = {track.fix_id for track in tracks if track.fix_id}
    newest = PositionFix.objects.filter(pk__in=in_use).order_by("-fixed_at").first()
    if newest is None or len(in_use) < 2:
        return {}
    rows = (
        PositionFix.objects.filter(
            vehicle__convoy=convoy_id,
            vehicle__track__fix__device=F("device"),
            flags=[],
            chainage_km__isnull=False,
            fixed_at__gt=newest.fixed_at - LOOKED_BACK,
            fixed_at__lte=newest.fixed_at,
        )
        .annotate(step=step_of("fixed_at"))
        .order_by("vehicle_id", "step", "-fixed_at", "lat", "lon")
        .distinct("vehicle_id", "step")
        .values_list("step", "vehicle_id", "chainage_km")
    )
    places: dict[datetime, dict[UUID, float]] = {}
    for at, vehicle_id, km in rows:
        if km is not None:
            places.setdefault(at, {})[vehicle_id] = km
    return places


def convoys_of(device_id: UUID) -> list[Convoy]:
    """Return every convoy that a device reports or reported for."""
    assigned = DeviceAssignment.objects.filter(device=device_id).values("convoy")
    return list(Convoy.objects.filter(pk__in=assigned).order_by("id"))
