"""The page of a driver's link: a few buttons for one vehicle, no name, no road, no history."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tracker.convoys.models import Convoy, Vehicle
from tracker.devices.models import Device
from tracker.devices.operations import heard_from
from tracker.devices.queries import assignment_of, device_by_token
from tracker.exercises.clock import field_now
from tracker.fieldlog.queries import time_of_entry
from tracker.intake.judging import Clock
from tracker.intake.operations import CONFLICT, REJECTED, record_each
from tracker.web.forms_driver import WORDS, DriverForm
from tracker.web.recording import posted

# In the order in which a thumb finds them; the last one stands apart.
BUTTONS = ("moving", "stopped", "checkpoint", "through", "arrived", "broken", "medical")


def _spent(request: HttpRequest) -> HttpResponse:
    return render(request, "driver/spent.html", status=410)


def _bound(token: str, now: datetime) -> tuple[Device, Convoy, Vehicle] | None:
    """Return the link with its one vehicle; `None` once it ended, expired or was taken back."""
    device = device_by_token(token, kind=Device.Kind.LINK, at=timezone.now())
    assignment = assignment_of(device, at=now) if device else None
    if device is None or assignment is None or assignment.vehicle is None:
        return None
    return device, assignment.convoy, assignment.vehicle


def _recorded(form: DriverForm, device: Device, convoy: Convoy, vehicle: Vehicle) -> bool:
    """Record what was pressed; a second sending of the same page keeps the time of the first."""
    standing = time_of_entry(organisation=device.organisation, client_id=form.sent_id)
    event = form.event(
        convoy=convoy, vehicle=vehicle, device_id=device.code, at=standing or form.now
    )
    (result,) = record_each(
        events=[event],
        organisation=device.organisation,
        by=device.user,
        clock=Clock(now=form.now),
    )
    if result.outcome == CONFLICT:
        form.refuse_stale()
    elif result.outcome == REJECTED:
        form.refuse(result.findings)
    return form.is_valid()


# The token in the address is the secret, and no cookie gives the sender any right.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def driver(request: HttpRequest, token: str) -> HttpResponse:
    """Show the buttons and take what was pressed, for one vehicle only."""
    now = field_now()
    bound = _bound(token, now)
    if bound is None:
        return _spent(request)
    device, convoy, vehicle = bound
    zone = ZoneInfo(convoy.corridor.time_zone)
    form = DriverForm(posted(request), zone=zone, now=now)
    if form.is_valid() and _recorded(form, device, convoy, vehicle):
        heard_from(device=device, at=timezone.now())
        local = now.astimezone(zone)
        return redirect(f"{request.path}?sent={form.cleaned_data['act']}&at={local:%H:%M}")
    said = WORDS.get(request.GET.get("sent", ""), "")
    context = {
        "form": form,
        "vehicle": vehicle.code,
        "buttons": [(name, WORDS[name]) for name in BUTTONS],
        "count": ("count", WORDS["count"]),
        "sos": ("sos", WORDS["sos"]),
        "said": said,
        "said_at": request.GET.get("at", "")[:5] if said else "",
    }
    return render(request, "driver/page.html", context, status=422 if form.is_bound else 200)


urlpatterns = [path("d/<str:token>/", driver, name="driver")]
