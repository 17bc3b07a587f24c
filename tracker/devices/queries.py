"""Find who reports: by the token in an address, by a telephone number, by a service's own name."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from tracker.convoys.models import Convoy
from tracker.devices.models import Channel, Device, DeviceAssignment
from tracker.devices.secrets import number_hash, token_hash
from tracker.organisations.models import Organisation


def device_by_token(token: str, *, kind: Device.Kind, at: datetime) -> Device | None:
    """Return the device whose token this is and that is in force at `at` (machine time)."""
    return (
        Device.objects.filter(kind=kind, token_hash=token_hash(token), revoked_at__isnull=True)
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at))
        .select_related("organisation", "user", "user__organisation")
        .first()
    )


def channel_by_token(token: str, *, kind: Channel.Kind) -> Channel | None:
    """Return the channel whose token this is, unless it was revoked."""
    found = Channel.objects.filter(kind=kind, token_hash=token_hash(token), revoked_at__isnull=True)
    return found.select_related("organisation").first()


def device_on_channel(channel: Channel, *, external_id: str) -> Device | None:
    """Return the device that a service knows by this name, unless it was revoked."""
    found = Device.objects.filter(channel=channel, external_id=external_id, revoked_at=None)
    return found.select_related("organisation", "user", "user__organisation").first()


def device_by_number(number: str, *, organisation: Organisation, at: datetime) -> Device | None:
    """Return the telephone of an organisation that has this number, in any way of writing it."""
    found = Device.objects.filter(
        organisation=organisation,
        kind=Device.Kind.SMS,
        contact_hash=number_hash(number),
        revoked_at__isnull=True,
    ).filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at))
    return found.select_related("organisation", "user", "user__organisation").first()


def assignment_of(device: Device, *, at: datetime) -> DeviceAssignment | None:
    """Return for which convoy and vehicle the device reported at `at` (field time)."""
    return (
        device.assignments.filter(since__lte=at)
        .filter(Q(until__isnull=True) | Q(until__gt=at))
        .select_related("convoy", "convoy__corridor", "vehicle")
        .order_by("-since", "-id")
        .first()
    )


def links_of(convoy: Convoy) -> list[DeviceAssignment]:
    """Return the drivers' links that were made for vehicles of a convoy and have not ended."""
    return list(
        DeviceAssignment.objects.filter(
            convoy=convoy,
            until__isnull=True,
            device__kind=Device.Kind.LINK,
            device__revoked_at__isnull=True,
        )
        .select_related("device", "vehicle")
        .order_by("vehicle__place_in_column", "id")
    )
