"""Register devices and channels, say what they report for, and keep what they send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from tracker.convoys.models import Convoy, Vehicle
from tracker.devices.models import Channel, Device, DeviceAssignment, RawMessage
from tracker.devices.secrets import (
    new_code,
    new_token,
    number_hash,
    sealed_body,
    sealed_number,
    sealed_secret,
    secret_in,
    token_hash,
)
from tracker.lib.sealing import CannotOpen
from tracker.organisations.models import Organisation, User

_PREFIX = {
    Device.Kind.PHONE: "P",
    Device.Kind.TRACKER: "T",
    Device.Kind.SMS: "M",
    Device.Kind.LINK: "L",
}


class NumberTaken(Exception):
    """The telephone number, or the name a service uses, belongs to another device in force."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A device or channel at a door: one of the two, or both, with what both belong to."""

    organisation: Organisation
    device: Device | None = None
    channel: Channel | None = None


def add_device(
    *,
    kind: Device.Kind,
    organisation: Organisation,
    by: User | None,
    at: datetime,
    label: str = "",
    user: User | None = None,
    channel: Channel | None = None,
    external_id: str = "",
    number: str = "",
    secret: str = "",
    expires_at: datetime | None = None,
) -> tuple[Device, str]:
    """Register a device and return it with its token, which is shown once and kept as a hash.

    `at` and `expires_at` are machine time; `number` is a telephone number in any form. Raises
    NumberTaken where the number or the service's name for it is in force already.
    """
    token = new_token()
    try:
        with transaction.atomic():
            device = Device.objects.create(
                organisation=organisation,
                kind=kind,
                code=new_code(_PREFIX[kind]),
                label=label,
                user=user,
                channel=channel,
                external_id=external_id,
                token_hash=token_hash(token),
                contact_hash=number_hash(number) if number else "",
                contact_sealed=sealed_number(number) if number else None,
                secret_sealed=sealed_secret(secret) if secret else None,
                created_at=at,
                created_by=by,
                expires_at=expires_at,
            )
    except IntegrityError as error:
        raise NumberTaken from error
    return device, token


def add_channel(
    *,
    kind: Channel.Kind,
    organisation: Organisation,
    label: str,
    by: User,
    at: datetime,
    secret: str = "",
) -> tuple[Channel, str]:
    """Register a service that forwards reports; return it with the token of its address."""
    token = new_token()
    channel = Channel.objects.create(
        kind=kind,
        organisation=organisation,
        label=label,
        token_hash=token_hash(token),
        secret_sealed=sealed_secret(secret) if secret else None,
        created_at=at,
        created_by=by,
    )
    return channel, token


def heard_from(*, device: Device, at: datetime) -> None:
    """Note that something came from the device at `at` (machine time)."""
    Device.objects.filter(pk=device.pk).update(last_heard_at=at, uses=F("uses") + 1)


def revoke_device(*, device: Device, at: datetime) -> None:
    """Take a device out of use; what it sends from now on is refused."""
    Device.objects.filter(pk=device.pk, revoked_at__isnull=True).update(revoked_at=at)


def lose_device(*, device: Device, at: datetime) -> None:
    """Mark a device as lost: it is out of use, and a phone that asks again is told to forget.

    Whoever holds a lost phone is signed out on every page at once.
    """
    revoke_device(device=device, at=at)
    Device.objects.filter(pk=device.pk).update(is_lost=True)
    _end_session(device)


def _end_session(device: Device) -> None:
    """End the session that was last begun on a phone, whose name it keeps as its secret."""
    if device.kind != Device.Kind.PHONE or device.secret_sealed is None:
        return
    try:
        Session.objects.filter(pk=secret_in(device.secret_sealed)).delete()
    except CannotOpen:
        # Sealed with a key that this installation no longer has: the session is as old.
        return


def revoke_channel(*, channel: Channel, at: datetime) -> None:
    """Take a channel out of use."""
    Channel.objects.filter(pk=channel.pk, revoked_at__isnull=True).update(revoked_at=at)


@transaction.atomic
def assign_device(
    *,
    device: Device,
    convoy: Convoy,
    vehicle: Vehicle | None,
    at: datetime,
    by: User | None,
    priority: int = 1,
) -> DeviceAssignment:
    """Let the device report for a convoy, or one vehicle of it, from `at` on (field time)."""
    end_assignment(device=device, at=at)
    return DeviceAssignment.objects.create(
        device=device, convoy=convoy, vehicle=vehicle, since=at, priority=priority, by=by
    )


@transaction.atomic
def end_assignment(*, device: Device, at: datetime) -> None:
    """End what the device reports for; one that began only now is as if it had never been."""
    Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    standing = DeviceAssignment.objects.filter(device=device, until__isnull=True)
    standing.filter(since__gte=at).delete()
    standing.update(until=at)


def keep_raw(
    *,
    sender: Sender,
    gateway: str,
    body: bytes,
    received_at: datetime,
    field_at: datetime,
    content_type: str = "",
    message_id: str = "",
) -> tuple[RawMessage, bool]:
    """Keep what came before anything is read of it; return it and whether it is new.

    A message whose id this channel sent before is not stored again: the first one is returned.
    `received_at` is machine time, `field_at` field time.
    """
    if sender.device is not None:
        heard_from(device=sender.device, at=received_at)
    if sender.channel is not None:
        Channel.objects.filter(pk=sender.channel.pk).update(last_heard_at=received_at)
    raw = RawMessage(
        organisation=sender.organisation,
        gateway=gateway,
        channel=sender.channel,
        device=sender.device,
        message_id=message_id[:128],
        received_at=received_at,
        field_at=field_at,
        content_type=content_type[:120],
        body_sealed=sealed_body(body),
        sha256=sha256(body).hexdigest(),
    )
    if not message_id or sender.channel is None:
        RawMessage.objects.bulk_create([raw])
        return raw, True
    RawMessage.objects.bulk_create([raw], ignore_conflicts=True)
    stored = RawMessage.objects.get(channel=sender.channel, message_id=raw.message_id)
    return stored, stored.pk == raw.pk


def settle(
    *,
    raw: RawMessage,
    state: RawMessage.State,
    reason: str = "",
    understood: dict[str, object] | None = None,
    reply: str = "",
) -> None:
    """Note what became of what was received."""
    RawMessage.objects.filter(pk=raw.pk).update(
        state=state, reason=reason, understood=understood or {}, reply=reply[:480]
    )


def name_sender(*, raw: RawMessage, device: Device) -> None:
    """Note which device of a channel a message is from; it was heard when the message came."""
    RawMessage.objects.filter(pk=raw.pk, device__isnull=True).update(device=device)
    Device.objects.filter(pk=device.pk).update(last_heard_at=raw.received_at, uses=F("uses") + 1)


def empty_bodies(*, messages: QuerySet[RawMessage]) -> int:
    """Forget what these messages said, and return how many there were; their hash stays."""
    return messages.exclude(body_sealed=b"").update(
        body_sealed=b"", contact_sealed=None, understood={}
    )
