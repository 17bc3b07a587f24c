"""Where the vehicles of a convoy are by their devices, their tracks, and why one has strayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tracker.alerts.decisions import Subject
from tracker.alerts.models import AlertState
from tracker.alerts.operations import AlreadyDecided, end_alert, take_alert, tell_about
from tracker.alerts.queries import standing_alert
from tracker.alerts.rules import positions_subject
from tracker.convoys.models import Convoy, Vehicle
from tracker.convoys.queries import vehicles_in_column
from tracker.devices.models import DeviceAssignment
from tracker.exercises.clock import field_clock, field_now
from tracker.lib.geo import RoadLine
from tracker.organisations.permissions import may_of
from tracker.positions.following import FALLBACK_AFTER
from tracker.positions.matching import roads_of
from tracker.positions.models import PositionFix, VehicleTrack
from tracker.positions.queries import devices_for, fixes_of, newest_fixes
from tracker.web.access import needs, person
from tracker.web.convoy_trackers import Stray, stray_words, tracker_line, trackers_of
from tracker.web.convoys import own_convoy
from tracker.web.forms_positions import KnownForm
from tracker.web.position_words import beside_words, flag_words, km_words

PER_PAGE = 100
# What came later than this after it was measured says so.
CAME_LATE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device of a vehicle, or of the convoy as a whole, and the newest it reported."""

    name: str
    kind: str
    is_used: bool
    newest: PositionFix | None
    oddity: str


@dataclass(frozen=True, slots=True)
class Row:
    """One vehicle with the fix that says where it is; `stands_in` for which silent device."""

    name: str
    vehicle: Vehicle | None
    fix: PositionFix | None
    stands_in: str
    devices: tuple[DeviceRow, ...]

    @property
    def km(self) -> str:
        """Return the km by road, "" where there is no place or none on the road."""
        return km_words(self.fix)

    @property
    def beside(self) -> str:
        """Return how far beside the road it is."""
        return beside_words(self.fix)


def _device_rows(
    assigned: Sequence[DeviceAssignment], *, used: UUID | None, newest: dict[UUID, PositionFix]
) -> tuple[DeviceRow, ...]:
    rows = []
    for each in assigned:
        fix = newest.get(each.device_id)
        rows.append(
            DeviceRow(
                name=str(each.device),
                kind=each.device.get_kind_display(),
                is_used=each.device_id == used,
                newest=fix,
                oddity=flag_words(fix.flags) if fix else "",
            )
        )
    return tuple(rows)


def _stands_in(assigned: Sequence[DeviceAssignment], used: UUID | None) -> str:
    """Name the better device in whose place another one is used, "" where the best is."""
    best = min(assigned, key=lambda each: each.priority, default=None)
    in_use = next((each for each in assigned if each.device_id == used), None)
    if best is None or in_use is None or in_use.priority <= best.priority:
        return ""
    return str(best.device)


def _rows(convoy: Convoy, tracks: Sequence[VehicleTrack], *, now: datetime) -> list[Row]:
    """Return the vehicles from head to tail, and last the devices of the convoy as a whole."""
    assigned: dict[UUID | None, list[DeviceAssignment]] = {}
    for each in devices_for(convoy, at=now):
        assigned.setdefault(each.vehicle_id, []).append(each)
    newest = newest_fixes(each.device_id for own in assigned.values() for each in own)
    fixes = {track.vehicle_id: track.fix for track in tracks}
    rows = []
    for vehicle in vehicles_in_column(convoy):
        own, fix = assigned.get(vehicle.pk, []), fixes.get(vehicle.pk)
        used = fix.device_id if fix else None
        devices = _device_rows(own, used=used, newest=newest)
        rows.append(Row(vehicle.code, vehicle, fix, _stands_in(own, used), devices))
    if None in assigned:
        devices = _device_rows(assigned[None], used=None, newest=newest)
        rows.append(Row(_("whole convoy"), None, None, "", devices))
    return rows


def _road_words(road: RoadLine | None) -> str:
    """Say by what the positions are matched, and how far beside it counts as off the road."""
    if road is None:
        return _("Nothing is known of the line of this road, so nobody can be off it.")
    if road.is_coarse:
        words = _(
            "The line of this road is not known: positions are matched to straight lines between "
            "its places, so km are rough and only more than %(km)s km beside them is off the road."
        )
        return words % {"km": f"{road.leave_m / 1000:.0f}"}
    return _("More than %(m)s m beside the line of the road is off it.") % {"m": int(road.leave_m)}


def _stray_lines(strays: Sequence[Stray]) -> list[tuple[str, Stray, KnownForm | None]]:
    return [
        (
            stray_words(stray),
            stray,
            None
            if stray.why
            else KnownForm(initial={"problem": stray.problem}, auto_id=f"{stray.problem}_%s"),
        )
        for stray in strays
    ]


def _page(
    request: HttpRequest, convoy: Convoy, *, refused: KnownForm | None = None
) -> HttpResponse:
    now = field_now()
    trackers = trackers_of([convoy])[convoy.pk]
    rows = _rows(convoy, trackers.tracks, now=now)
    vehicles = sum(1 for row in rows if row.vehicle)
    context = {
        "convoy": convoy,
        "line": tracker_line(trackers, vehicles=vehicles, now=now),
        "strays": _stray_lines(trackers.strays()),
        "refused": refused,
        "rows": rows,
        "road_words": _road_words(roads_of([convoy])[convoy.pk]),
        "silent_min": int(FALLBACK_AFTER.total_seconds() // 60),
        "may_take": may_of(request.user).take_alert,
        "may_load": may_of(request.user).log_field,
        "now": now,
        "zone": convoy.corridor.time_zone,
    }
    return render(request, "positions/convoy.html", context, status=422 if refused else 200)


@require_safe
@needs("see_internal")
def convoy_positions(request: HttpRequest, code: str) -> HttpResponse:
    """Show where each vehicle is by its device, how old that is, and who has strayed."""
    return _page(request, own_convoy(person(request), code))


@require_POST
@needs("take_alert")
def position_known(request: HttpRequest, code: str) -> HttpResponse:
    """Put a reason to what trackers show: it ends the alert and stays on the page."""
    user = person(request)
    convoy = own_convoy(user, code)
    form = KnownForm(request.POST)
    if not form.is_valid():
        return _page(request, convoy, refused=form)
    clock, now = field_clock(), timezone.now()
    # The alert may not be written yet: what stands on the page can be explained at once.
    tell_about(touched={Subject("convoy", convoy.pk): []}, clock=clock, now=now)
    alert = standing_alert(positions_subject(convoy.pk, form.cleaned_data["problem"]))
    try:
        if alert is None:
            raise AlreadyDecided("")
        if alert.state == AlertState.OPEN:
            take_alert(alert=alert, by=user, at=clock.now, now=now)
        reason = form.cleaned_data["reason"]
        end_alert(alert=alert, by=user, at=clock.now, now=now, reason=reason)
    except AlreadyDecided:
        messages.warning(request, _("Nothing of the kind stands any more."))
    else:
        messages.success(request, _("Noted. The reason stands beside it."))
    return redirect("convoy_positions", convoy.code)


@dataclass(frozen=True, slots=True)
class FixLine:
    """One fix of a track as the list shows it."""

    fix: PositionFix
    oddity: str
    late: timedelta | None
    speed_km_h: float | None

    @property
    def km(self) -> str:
        """Return the km by road, "" for a place far from it."""
        return km_words(self.fix)

    @property
    def beside(self) -> str:
        """Return how far beside the road it is."""
        return beside_words(self.fix)


def _fix_line(fix: PositionFix) -> FixLine:
    late = fix.received_at - fix.fixed_at
    return FixLine(
        fix=fix,
        oddity=flag_words(fix.flags),
        late=late if late > CAME_LATE else None,
        speed_km_h=fix.speed_m_s * 3.6 if fix.speed_m_s is not None else None,
    )


@require_safe
@needs("see_internal")
def vehicle_track(request: HttpRequest, code: str, vehicle_id: UUID) -> HttpResponse:
    """List every fix of one vehicle, newest first, with those that are not believed."""
    convoy = own_convoy(person(request), code)
    vehicle = get_object_or_404(Vehicle.objects.filter(convoy=convoy), pk=vehicle_id)
    page = Paginator(fixes_of(vehicle), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "convoy": convoy,
        "vehicle": vehicle,
        "lines": [_fix_line(fix) for fix in page.object_list],
        "page": page,
        "now": field_now(),
        "zone": convoy.corridor.time_zone,
    }
    return render(request, "positions/track.html", context)


urlpatterns = [
    path("convoys/<str:code>/positions/", convoy_positions, name="convoy_positions"),
    path("convoys/<str:code>/positions/known/", position_known, name="position_known"),
    path("convoys/<str:code>/positions/<uuid:vehicle_id>/", vehicle_track, name="vehicle_track"),
]
