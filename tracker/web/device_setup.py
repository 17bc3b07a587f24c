"""Register trackers, telephones and channels; what sets them up is shown once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.devices.models import Channel, Device
from tracker.devices.operations import NumberTaken, add_channel, add_device, revoke_channel
from tracker.devices.queries import channels_of, devices_of, strangers_on
from tracker.devices.secrets import new_token
from tracker.lib.qr import qr_address
from tracker.organisations.models import User
from tracker.organisations.queries import people_of
from tracker.web.access import needs, organisation_of, person
from tracker.web.device_words import (
    SetUp,
    set_up_of_app,
    set_up_of_channel,
    standing_of,
)
from tracker.web.forms_devices import (
    WITH_SECRET,
    ChannelDeviceForm,
    ChannelForm,
    RevokeForm,
    TelephoneForm,
    TrackerForm,
    names_in_use,
)
from tracker.web.recording import form_page, posted

# The key of an OwnTracks message has 32 characters at most.
_SECRET_CHARACTERS = 32
# For how long a device that nobody registered is offered on the page of its channel.
_STRANGER_FOR = timedelta(days=2)
_MAX_STRANGERS = 20


def _taken(user: User) -> list[str]:
    organisation = organisation_of(user)
    return names_in_use(devices_of(organisation), channels_of(organisation))


def _shown_once(request: HttpRequest, *, title: str, set_up: SetUp, next_url: str) -> HttpResponse:
    context = {
        "title": title,
        "set_up": set_up,
        "picture": qr_address(set_up.scanned) if set_up.scanned else "",
        "next_url": next_url,
    }
    return render(request, "devices/shown_once.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_devices")
def tracker_new(request: HttpRequest) -> HttpResponse:
    """Register a tracker app, and show once what is pasted into it."""
    user = person(request)
    form = TrackerForm(posted(request), taken=_taken(user))
    if not form.is_valid():
        return form_page(request, form=form, template="devices/tracker_new.html")
    app = form.cleaned_data["app"]
    secret = new_token()[:_SECRET_CHARACTERS] if app == "owntracks" else ""
    device, token = add_device(
        kind=Device.Kind.TRACKER,
        organisation=organisation_of(user),
        by=user,
        at=timezone.now(),
        label=form.cleaned_data["label"],
        secret=secret,
    )
    set_up = set_up_of_app(app, token=token, secret=secret)
    return _shown_once(
        request, title=device.label, set_up=set_up, next_url=reverse("device", args=[device.pk])
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_devices")
def telephone_new(request: HttpRequest) -> HttpResponse:
    """Register the telephone of a person; a number belongs to one device in use."""
    user = person(request)
    organisation = organisation_of(user)
    form = TelephoneForm(posted(request), taken=_taken(user), people=people_of(organisation))
    if form.is_valid():
        try:
            device, _token = add_device(
                kind=Device.Kind.SMS,
                organisation=organisation,
                by=user,
                at=timezone.now(),
                label=form.cleaned_data["label"],
                user=form.cleaned_data["user"],
                number=form.cleaned_data["number"],
                secret=new_token(),
            )
        except NumberTaken:
            form.add_error("number", _("That number belongs to a telephone in use."))
        else:
            messages.success(request, _("%(name)s is registered.") % {"name": device.label})
            return redirect("device", device_id=device.pk)
    return form_page(request, form=form, template="devices/telephone_new.html")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_devices")
def channel_new(request: HttpRequest) -> HttpResponse:
    """Register a service that forwards reports, and show once its address and secret."""
    user = person(request)
    form = ChannelForm(posted(request), taken=_taken(user))
    if not form.is_valid():
        return form_page(request, form=form, template="devices/channel_new.html")
    kind = Channel.Kind(form.cleaned_data["kind"])
    secret = form.cleaned_data["secret"] or (new_token() if kind in WITH_SECRET else "")
    channel, token = add_channel(
        kind=kind,
        organisation=organisation_of(user),
        label=form.cleaned_data["label"],
        by=user,
        at=timezone.now(),
        secret=secret,
    )
    set_up = set_up_of_channel(channel, token=token, secret=secret)
    return _shown_once(
        request, title=channel.label, set_up=set_up, next_url=reverse("channel", args=[channel.pk])
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_devices")
def channel_page(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """Show a channel with its devices, and register a device by the service's name for it."""
    user, now = person(request), timezone.now()
    organisation = organisation_of(user)
    channel = get_object_or_404(channels_of(organisation), pk=channel_id)
    strangers = strangers_on(channel, since=now - _STRANGER_FOR, limit=_MAX_STRANGERS)
    form = ChannelDeviceForm(
        posted(request), taken=_taken(user), initial={"external_id": request.GET.get("name", "")}
    )
    if channel.revoked_at is None and form.is_valid():
        try:
            device, _token = add_device(
                kind=Device.Kind.TRACKER,
                organisation=organisation,
                by=user,
                at=now,
                label=form.cleaned_data["label"],
                channel=channel,
                external_id=form.cleaned_data["external_id"],
            )
        except NumberTaken:
            form.add_error("external_id", _("A device of this channel has that identifier."))
        else:
            messages.success(request, _("%(name)s is registered.") % {"name": device.label})
            return redirect("device", device_id=device.pk)
    context = {
        "channel": channel,
        "standing": standing_of(channel, now=now),
        "devices": list(devices_of(organisation).filter(channel=channel, revoked_at=None)),
        "strangers": strangers,
        "has_devices": channel.kind in {Channel.Kind.TRACCAR, Channel.Kind.INREACH},
    }
    return form_page(request, form=form, template="devices/channel.html", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("manage_devices")
def channel_revoke(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """Take a channel out of use; harmless when repeated."""
    user = person(request)
    channel = get_object_or_404(channels_of(organisation_of(user)), pk=channel_id)
    form = RevokeForm(posted(request))
    if form.is_valid():
        revoke_channel(channel=channel, at=timezone.now())
        messages.success(request, _("%(name)s is out of use.") % {"name": channel.label})
        return redirect("device_list")
    return form_page(request, form=form, template="devices/channel_revoke.html", channel=channel)


urlpatterns = [
    path("devices/trackers/new/", tracker_new, name="tracker_new"),
    path("devices/telephones/new/", telephone_new, name="telephone_new"),
    path("devices/channels/new/", channel_new, name="channel_new"),
    path("devices/channels/<uuid:channel_id>/", channel_page, name="channel"),
    path("devices/channels/<uuid:channel_id>/revoke/", channel_revoke, name="channel_revoke"),
]
