"""Find who reports: by the token in an address, by a telephone number, by a service's own name."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Prefetch, Q, QuerySet

from tracker.convoys.models import Convoy
from tracker.devices.models import Channel, Device, DeviceAssignment, RawMessage
from tracker.devices.secrets import number_hash, token_hash
from tracker.organisations.models import Organisation

# Reasons by which a door marks what came from a device that its channel knows and we do not.
STRANGER = ("device_unknown", "sos_device_unknown")


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


def devices_of(organisation: Organisation) -> QuerySet[Device]:
    """Return all devices of an organisation, each with what it reports for now as `reports_for`."""
    standing = DeviceAssignment.objects.filter(until__isnull=True)
    return (
        Device.objects.filter(organisation=organisation)
        .select_related("user", "channel")
        .prefetch_related(
            Prefetch(
                "assignments",
                queryset=standing.select_related("convoy", "vehicle"),
                to_attr="reports_for",
            )
        )
        .order_by("kind", "label", "code")
    )


def channels_of(organisation: Organisation) -> QuerySet[Channel]:
    """Return all channels of an organisation, those in use first."""
    return Channel.objects.filter(organisation=organisation).order_by(
        F("revoked_at").desc(nulls_first=True), "label", "id"
    )


def newest_messages(device: Device, *, limit: int) -> list[RawMessage]:
    """Return what a device sent last, without the sealed bodies."""
    found = RawMessage.objects.filter(device=device).defer("body_sealed", "contact_sealed")
    return list(found.order_by("-received_at", "-id")[:limit])


def strangers_on(channel: Channel, *, since: datetime, limit: int) -> list[str]:
    """Return the names of devices that a service reported of and nobody has registered.

    `since` is machine time.
    """
    unknown = RawMessage.objects.filter(
        channel=channel, reason__in=STRANGER, received_at__gte=since
    )
    told = unknown.order_by("understood__device").values_list("understood__device", flat=True)
    names = {name for name in told.distinct()[: 10 * limit] if name}
    known = Device.objects.filter(channel=channel, revoked_at=None, external_id__in=names)
    return sorted(names - set(known.values_list("external_id", flat=True)))[:limit]
