"""Load a recorded track: first see what it would bring, then take all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.convoys.models import Vehicle
from tracker.convoys.queries import convoys_at_work, convoys_seen_by
from tracker.devices.models import Device, RawMessage
from tracker.devices.operations import Sender, keep_raw, settle
from tracker.devices.secrets import body_in
from tracker.exercises.clock import field_now
from tracker.lib import gpx
from tracker.lib.bounded import Unreadable, read
from tracker.organisations.models import User
from tracker.positions.fixes import FixResult, NewFix, Outcome
from tracker.positions.operations import dry_run
from tracker.positions.recorded import (
    GATEWAY,
    LoadedAlready,
    fixes_in,
    load_track,
    recorder_of,
)
from tracker.web.access import needs, organisation_of, person
from tracker.web.forms_positions import TrackFileForm
from tracker.web.position_words import file_words, refusal_words
from tracker.web.recording import posted

_SHOWN_PROBLEMS = 50


def _devices(user: User) -> list[Device]:
    own = Device.objects.filter(organisation=organisation_of(user), revoked_at__isnull=True)
    return list(own.order_by("kind", "label", "code")[:300])


def _vehicles(user: User, *, at: datetime) -> list[Vehicle]:
    own = convoys_seen_by(user).filter(organisation=organisation_of(user))
    rows = Vehicle.objects.filter(convoy__in=convoys_at_work(own, at=at).values("pk"))
    rows = rows.exclude(state=Vehicle.State.WITHDRAWN).select_related("convoy__organisation")
    return list(rows.order_by("convoy__code", "place_in_column", "code", "id")[:1000])


def _choices(user: User, *, at: datetime) -> list[tuple[str, str]]:
    devices = [(str(each.pk), f"{each} ({each.get_kind_display()})") for each in _devices(user)]
    vehicles = [
        (str(each.pk), f"{each.convoy.code} {each.code}") for each in _vehicles(user, at=at)
    ]
    return [*devices, *vehicles]


def _whose(user: User, key: str, *, at: datetime) -> Device | Vehicle:
    """Return the device or vehicle by its key; 404 for one that is not our own."""
    known: list[Device | Vehicle] = [*_devices(user), *_vehicles(user, at=at)]
    for each in known:
        if str(each.pk) == key:
            return each
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@needs("log_field")
def gpx_upload(request: HttpRequest) -> HttpResponse:
    """Take a file, keep it as it came, and go on to what it would bring."""
    user, now = person(request), field_now()
    form = TrackFileForm(posted(request), request.FILES or None, whose=_choices(user, at=now))
    if form.is_valid():
        body = form.cleaned_data["file"].read()
        try:
            read(gpx.READER, body)
        except Unreadable as unreadable:
            form.add_error("file", file_words(unreadable.code))
        else:
            raw, _new = keep_raw(
                sender=Sender(organisation=organisation_of(user)),
                gateway=GATEWAY,
                body=body,
                received_at=timezone.now(),
                field_at=now,
                content_type="application/gpx+xml",
            )
            whose = {"whose": form.cleaned_data["whose"]}
            settle(raw=raw, state=RawMessage.State.NEW, understood=whose)
            return redirect("gpx_check", raw.pk)
    status = 422 if form.is_bound else 200
    return render(request, "positions/gpx.html", {"form": form}, status=status)


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds and what would become of it; problems by number of the point."""

    fixes: Sequence[NewFix]
    results: Sequence[FixResult]
    problems: Sequence[tuple[int, str]]

    @property
    def fresh(self) -> int:
        """Return how many points would be new."""
        return sum(1 for result in self.results if result.outcome == Outcome.STORED)

    @property
    def repeats(self) -> int:
        """Return how many points are known already."""
        return sum(1 for result in self.results if result.outcome == Outcome.DUPLICATE)

    @property
    def first(self) -> datetime | None:
        """Return the time of the first point."""
        return min((fix.fixed_at for fix in self.fixes), default=None)

    @property
    def last(self) -> datetime | None:
        """Return the time of the last point."""
        return max((fix.fixed_at for fix in self.fixes), default=None)

    @property
    def refused(self) -> list[tuple[str, int]]:
        """Return how many points would be refused for each reason, in words."""
        reasons = Counter(result.reason for result in self.results if result.reason)
        return [(refusal_words(code), count) for code, count in sorted(reasons.items())]

    @property
    def problem_words(self) -> list[tuple[int, str]]:
        """Return the first points that say too little, by number, in words."""
        return [(number, refusal_words(code)) for number, code in self.problems[:_SHOWN_PROBLEMS]]


def _found(raw: RawMessage, whose: Device | Vehicle, *, at: datetime) -> Found:
    """Read the kept file again; it was readable when it came, and the machine is the same."""
    parsed = read(gpx.READER, body_in(raw.body_sealed))
    fixes = fixes_in(parsed["points"])
    device = recorder_of(whose) if isinstance(whose, Vehicle) else whose
    results = dry_run(device=device, fixes=fixes, at=at)
    return Found(fixes, results, [(number, code) for number, code in parsed["problems"]])


@require_http_methods(["GET", "HEAD", "POST"])
@needs("log_field")
def gpx_check(request: HttpRequest, raw_id: UUID) -> HttpResponse:
    """Show what a file would bring; sent on from there it is loaded, all of it or nothing."""
    user, now = person(request), field_now()
    kept = RawMessage.objects.filter(
        organisation=organisation_of(user), gateway=GATEWAY, state=RawMessage.State.NEW
    )
    raw = get_object_or_404(kept, pk=raw_id)
    whose = _whose(user, str(raw.understood.get("whose", "")), at=now)
    try:
        found = _found(raw, whose, at=now)
    except Unreadable as unreadable:
        # It was readable when it came; a machine under load may still run out of time.
        messages.warning(request, file_words(unreadable.code))
        return redirect("gpx_upload")
    if request.method != "POST" or not found.fresh:
        context = {"raw": raw, "whose": _named(whose), "found": found, "now": now}
        return render(request, "positions/gpx_check.html", context)
    try:
        load_track(raw=raw, fixes=found.fixes, whose=whose, by=user, at=now, now=timezone.now())
    except LoadedAlready:
        messages.warning(request, _("This file was loaded before."))
    else:
        messages.success(request, _("Loaded: %(n)s points.") % {"n": found.fresh})
    if isinstance(whose, Vehicle):
        return redirect("vehicle_track", whose.convoy.code, whose.pk)
    return redirect("gpx_upload")


def _named(whose: Device | Vehicle) -> str:
    return f"{whose.convoy.code} {whose.code}" if isinstance(whose, Vehicle) else str(whose)


urlpatterns = [
    path("positions/gpx/", gpx_upload, name="gpx_upload"),
    path("positions/gpx/<uuid:raw_id>/", gpx_check, name="gpx_check"),
]
