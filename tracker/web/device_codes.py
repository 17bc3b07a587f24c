"""The rolling codes of a telephone, as a printed list or for an app; shown to who asks for them."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tracker.devices.models import Device
from tracker.devices.rolling import app_address, next_codes, renew_secret
from tracker.lib.qr import qr_address
from tracker.organisations.models import User
from tracker.web.access import needs, person
from tracker.web.devices import own_device
from tracker.web.recording import form_page, posted


class CodesForm(forms.Form):
    """Whether the codes that were given out before still hold."""

    renew = forms.BooleanField(
        label=lazy("The old list or app is lost"),
        required=False,
        help_text=lazy("Makes other codes; none of the old ones holds any more."),
    )


def _own_telephone(user: User, device_id: UUID) -> Device:
    device = own_device(user, device_id)
    if device.kind != Device.Kind.SMS or device.revoked_at is not None:
        raise Http404
    return device


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_devices")
def device_codes(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Say what the codes are for, and show the next sixty to who asks for them."""
    user = person(request)
    device = _own_telephone(user, device_id)
    form = CodesForm(posted(request))
    if not form.is_valid():
        return form_page(request, form=form, template="devices/codes.html", device=device)
    if form.cleaned_data["renew"] or device.secret_sealed is None:
        renew_secret(device=device)
        device.refresh_from_db()
        messages.success(request, _("The old codes hold no more."))
    context = {
        "device": device,
        "codes": next_codes(device),
        "picture": qr_address(app_address(device)),
    }
    return render(request, "devices/codes_shown.html", context)


urlpatterns = [path("devices/<uuid:device_id>/codes/", device_codes, name="device_codes")]
