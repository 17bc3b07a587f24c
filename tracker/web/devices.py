"""The devices that report: what each is for, when it was last heard, and how it is stopped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.convoys.queries import convoys_at_work, convoys_seen_by, vehicles_of
from tracker.devices.models import Channel, Device, DeviceAssignment, RawMessage
from tracker.devices.operations import lose_device, revoke_device
from tracker.devices.queries import channels_of, devices_of, newest_messages
from tracker.exercises.clock import FieldClock, field_clock, field_now
from tracker.organisations.models import User
from tracker.positions.moving import move_device, release_device
from tracker.web.access import needs, organisation_of, person
from tracker.web.device_words import Standing, message_standing, reason_words, standing_of
from tracker.web.forms_devices import AssignForm, RevokeForm
from tracker.web.recording import form_page, posted

OUT_OF_USE_SHOWN = 50
MESSAGES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One device as the list shows it; `heard_at` is field time, so that its age is right."""

    device: Device
    standing: Standing
    heard_at: datetime | None
    reports_for: DeviceAssignment | None


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the page of its device shows it."""

    raw: RawMessage
    standing: Standing
    reason: str


def _heard_at(each: Device | Channel, clock: FieldClock, *, now: datetime) -> datetime | None:
    """Return in field time when something was last heard."""
    if each.last_heard_at is None:
        return None
    return clock.now - (now - each.last_heard_at) * clock.speed


def _rows(devices: Iterable[Device], clock: FieldClock, *, now: datetime) -> list[Row]:
    return [
        Row(
            device=device,
            standing=standing_of(device, now=now),
            heard_at=_heard_at(device, clock, now=now),
            reports_for=next(iter(device.reports_for), None),  # type: ignore[attr-defined]  # prefetched under this name
        )
        for device in devices
    ]


def own_device(user: User, device_id: UUID) -> Device:
    """Return a device of the user's organisation, or 404."""
    return get_object_or_404(devices_of(organisation_of(user)), pk=device_id)


@require_safe
@needs("manage_devices")
def device_list(request: HttpRequest) -> HttpResponse:
    """List the devices by kind, and the channels."""
    organisation = organisation_of(person(request))
    clock, now = field_clock(), timezone.now()
    devices = devices_of(organisation)
    in_use = _rows(devices.filter(revoked_at__isnull=True), clock, now=now)
    past = devices.filter(revoked_at__isnull=False).order_by("-revoked_at", "code")
    groups = [
        (kind.label, [row for row in in_use if row.device.kind == kind]) for kind in Device.Kind
    ]
    channels = [
        (channel, standing_of(channel, now=now), _heard_at(channel, clock, now=now))
        for channel in channels_of(organisation)
    ]
    context = {
        "groups": [(name, rows) for name, rows in groups if rows],
        "past": _rows(past[:OUT_OF_USE_SHOWN], clock, now=now),
        "channels": channels,
    }
    return render(request, "devices/list.html", context)


@require_safe
@needs("manage_devices")
def device_page(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Show one device: what it is for and what came last."""
    device = own_device(person(request), device_id)
    clock, now = field_clock(), timezone.now()
    (row,) = _rows([device], clock, now=now)
    lines = [
        Line(raw, message_standing(raw), reason_words(raw.reason))
        for raw in newest_messages(device, limit=MESSAGES_SHOWN)
    ]
    return render(request, "devices/page.html", {"row": row, "device": device, "lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_devices")
def device_assign(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Say for which convoy or vehicle a device reports from now on."""
    user, at = person(request), field_now()
    device = own_device(user, device_id)
    convoys = list(
        convoys_at_work(convoys_seen_by(user), at=at).filter(organisation=organisation_of(user))
    )
    form = AssignForm(posted(request), convoys=convoys, of_convoy=vehicles_of(convoys))
    if device.revoked_at is None and form.is_valid():
        convoy, vehicle = form.chosen
        move_device(
            device=device,
            convoy=convoy,
            vehicle=vehicle,
            at=at,
            by=user,
            priority=form.cleaned_data["priority"],
        )
        messages.success(
            request,
            _("%(device)s reports for %(target)s.")
            % {"device": device, "target": vehicle or convoy},
        )
        return redirect("device", device_id=device.pk)
    return form_page(request, form=form, template="devices/assign.html", device=device)


@require_POST
@needs("manage_devices")
def device_release(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """End what a device reports for; harmless when repeated."""
    device = own_device(person(request), device_id)
    release_device(device=device, at=field_now())
    messages.success(request, _("%(device)s reports for no convoy now.") % {"device": device})
    return redirect("device", device_id=device.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_devices")
def device_revoke(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Take a device out of use; harmless when repeated."""
    device = own_device(person(request), device_id)
    form = RevokeForm(posted(request))
    if form.is_valid():
        revoke_device(device=device, at=timezone.now())
        messages.success(request, _("%(device)s is out of use.") % {"device": device})
        return redirect("device_list")
    return form_page(request, form=form, template="devices/revoke.html", device=device)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_devices")
def device_lost(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Mark a device as lost: it is refused from now on, and a phone is told to forget."""
    device = own_device(person(request), device_id)
    return _lose(request, device, back="device_list")


def _lose(request: HttpRequest, device: Device, *, back: str) -> HttpResponse:
    form = RevokeForm(posted(request))
    if form.is_valid():
        lose_device(device=device, at=timezone.now())
        messages.success(request, _("%(device)s is marked as lost.") % {"device": device})
        return redirect(back)
    return form_page(request, form=form, template="devices/lost.html", device=device, back=back)


def _own_phones(user: User) -> Any:
    return devices_of(organisation_of(user)).filter(user=user, kind=Device.Kind.PHONE)


@require_safe
@needs("log_field")
def my_devices(request: HttpRequest) -> HttpResponse:
    """List the phones on which this person logs."""
    clock, now = field_clock(), timezone.now()
    phones = _own_phones(person(request)).filter(revoked_at__isnull=True)
    return render(request, "devices/mine.html", {"rows": _rows(phones, clock, now=now)})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("log_field")
def my_device_lost(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Let somebody mark their own phone as lost, from any other device."""
    device = get_object_or_404(_own_phones(person(request)), pk=device_id)
    return _lose(request, device, back="my_devices")


urlpatterns = [
    path("devices/", device_list, name="device_list"),
    path("devices/mine/", my_devices, name="my_devices"),
    path("devices/mine/<uuid:device_id>/lost/", my_device_lost, name="my_device_lost"),
    path("devices/<uuid:device_id>/", device_page, name="device"),
    path("devices/<uuid:device_id>/assign/", device_assign, name="device_assign"),
    path("devices/<uuid:device_id>/release/", device_release, name="device_release"),
    path("devices/<uuid:device_id>/revoke/", device_revoke, name="device_revoke"),
    path("devices/<uuid:device_id>/lost/", device_lost, name="device_lost"),
]
