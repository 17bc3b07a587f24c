"""Hand out drivers' links: one per vehicle, shown once, ended by a tap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tracker.convoys.models import Convoy, Vehicle
from tracker.convoys.queries import vehicles_in_column
from tracker.devices.models import Device
from tracker.devices.operations import add_device, assign_device, revoke_device
from tracker.devices.queries import links_of
from tracker.exercises.clock import field_now
from tracker.lib.qr import qr_address
from tracker.organisations.models import User
from tracker.web.access import needs, organisation_of, person
from tracker.web.convoys import own_convoy
from tracker.web.recording import posted

LONGEST_H = 24 * 7


class LinksForm(forms.Form):
    """For which vehicles, and for how long."""

    vehicles: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Vehicles"),
        queryset=Vehicle.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one vehicle.")},
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Good for how many hours"),
        min_value=1,
        max_value=LONGEST_H,
        initial=48,
    )

    def __init__(self, *args: Any, convoy: Convoy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vehicles: Any = self.fields["vehicles"]
        vehicles.queryset = vehicles_in_column(convoy)


@dataclass(frozen=True, slots=True)
class Card:
    """A fresh link as it is shown once, and printed."""

    vehicle: str
    address: str
    picture: str


@transaction.atomic
def _make(form: LinksForm, convoy: Convoy, user: User, *, now: datetime) -> list[Card]:
    """Make a link for each vehicle; one that it had before ends with it."""
    cards = []
    standing = {link.vehicle_id: link.device for link in links_of(convoy)}
    for vehicle in form.cleaned_data["vehicles"]:
        if vehicle.pk in standing:
            revoke_device(device=standing[vehicle.pk], at=now)
        device, token = add_device(
            kind=Device.Kind.LINK,
            organisation=organisation_of(user),
            by=user,
            at=now,
            label=f"{convoy.code} {vehicle.code}",
            expires_at=now + timedelta(hours=form.cleaned_data["hours"]),
        )
        assign_device(device=device, convoy=convoy, vehicle=vehicle, at=field_now(), by=user)
        address = settings.PUBLIC_BASE_URL + reverse("driver", args=[token])
        cards.append(Card(vehicle.code, address, qr_address(address)))
    return cards


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_devices")
def driver_links(request: HttpRequest, code: str) -> HttpResponse:
    """List the links of a convoy, and make new ones; their addresses are shown this once."""
    user, now = person(request), timezone.now()
    convoy = own_convoy(user, code)
    form = LinksForm(posted(request), convoy=convoy)
    if form.is_valid():
        cards = _make(form, convoy, user, now=now)
        return render(request, "driver/cards.html", {"convoy": convoy, "cards": cards})
    context = {"convoy": convoy, "form": form, "links": links_of(convoy), "machine_now": now}
    return render(request, "driver/links.html", context, status=422 if form.is_bound else 200)


@require_POST
@needs("manage_devices")
def driver_link_end(request: HttpRequest, code: str, device_id: UUID) -> HttpResponse:
    """End a link at once; harmless when repeated."""
    convoy = own_convoy(person(request), code)
    links = [link.device_id for link in links_of(convoy)]
    device = get_object_or_404(Device, pk=device_id, pk__in=links)
    revoke_device(device=device, at=timezone.now())
    messages.success(request, _("The link of %(name)s has ended.") % {"name": device.label})
    return redirect("driver_links", code=convoy.code)


urlpatterns = [
    path("convoys/<str:code>/links/", driver_links, name="driver_links"),
    path("convoys/<str:code>/links/<uuid:device_id>/end/", driver_link_end, name="driver_link_end"),
]
