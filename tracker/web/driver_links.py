"""Hand out drivers' links: one per vehicle, shown once, ended by a tap."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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
from tracker.devices.models import Device, DeviceAssignment
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
        required=False,
    )
    everyone = forms.BooleanField(
        label=gettext_lazy("Every vehicle that has no link yet"), required=False
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Good for how many hours"),
        min_value=1,
        max_value=LONGEST_H,
        initial=48,
    )

    field_order = ("everyone", "vehicles", "hours")

    def __init__(self, *args: Any, convoy: Convoy, linked: Collection[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vehicles: Any = self.fields["vehicles"]
        vehicles.queryset = vehicles_in_column(convoy)
        self.linked = linked

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = set(cleaned.get("vehicles") or ())
        if cleaned.get("everyone"):
            column: Any = self.fields["vehicles"]
            chosen |= {each for each in column.queryset if each.pk not in self.linked}
        if not chosen and "vehicles" not in self.errors:
            self.add_error("vehicles", _("Choose at least one vehicle."))
        cleaned["vehicles"] = sorted(chosen, key=lambda each: (each.place_in_column, each.code))
        return cleaned


def _good(links: Iterable[DeviceAssignment], now: datetime) -> set[UUID]:
    """Return the vehicles whose link still works."""
    return {
        link.vehicle_id
        for link in links
        if link.vehicle_id and link.device.expires_at and link.device.expires_at > now
    }


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
    links = links_of(convoy)
    form = LinksForm(posted(request), convoy=convoy, linked=_good(links, now))
    if form.is_valid():
        cards = _make(form, convoy, user, now=now)
        return render(request, "driver/cards.html", {"convoy": convoy, "cards": cards})
    context = {
        "convoy": convoy,
        "form": form,
        "links": links,
        "has_vehicles": vehicles_in_column(convoy).exists(),
        "machine_now": now,
    }
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
