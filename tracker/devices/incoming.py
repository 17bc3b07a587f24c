"""Messages that people sent: whose they are, what was taken of them, the answer that waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from tracker.devices.models import Channel, Device, RawMessage
from tracker.devices.secrets import sealed_number

GATEWAY = "sms"
State = RawMessage.State
# An answer that a telephone did not fetch within this time would only confuse.
_FETCHED_WITHIN = timedelta(hours=12)
_MAX_REF = 9999


def hold(raw: RawMessage) -> RawMessage:
    """Return the message as it stands, held until the end of the transaction."""
    return RawMessage.objects.select_for_update(no_key=True).get(pk=raw.pk)


def hold_device(device: Device) -> None:
    """Hold a device until the end of the transaction: its messages are read one by one."""
    Device.objects.select_for_update(no_key=True).get(pk=device.pk)


def note_sender(*, raw: RawMessage, number: str, device: Device | None) -> None:
    """Note, sealed, from which number a message came, and whose telephone it is."""
    RawMessage.objects.filter(pk=raw.pk).update(
        contact_sealed=sealed_number(number[:40]), device=device
    )
    if device is not None:
        Device.objects.filter(pk=device.pk).update(
            last_heard_at=raw.received_at, uses=F("uses") + 1
        )


def masked_number(number: str) -> str:
    """Return a number that its owner would know and nobody else, such as "+380…67"."""
    if len(number) < 8:
        return "…" if number else ""
    return f"{number[:4]}…{number[-2:]}"


def next_ref(device: Device) -> int:
    """Return the number by which a telephone may take back what it says next; 1 to 9999."""
    taken = RawMessage.objects.filter(device=device, understood__has_key="ref").count()
    return taken % _MAX_REF + 1


def taken_as(device: Device, *, ref: str) -> RawMessage | None:
    """Return the newest message of a telephone of which something was taken under this number.

    A part of it may wait for a person, or have been put aside by one.
    """
    taken = RawMessage.objects.filter(device=device, understood__ref=ref)
    return taken.exclude(understood__events=[]).order_by("-received_at", "-id").first()


def was_answered(channel: Channel, *, sender: str, since: datetime) -> bool:
    """Tell whether a stranger, by the fingerprint of their number, had an answer since then."""
    answered = RawMessage.objects.filter(
        channel=channel, received_at__gte=since, understood__sender=sender
    )
    return answered.exclude(reply="").exists()


def taken_before(device: Device, *, mark: str) -> RawMessage | None:
    """Return the message of a telephone that was taken and of which this is a copy."""
    taken = RawMessage.objects.filter(device=device, state=State.TAKEN, understood__mark=mark)
    return taken.order_by("received_at", "id").first()


def newest_of(device: Device, *, before: RawMessage, since: datetime) -> RawMessage | None:
    """Return the message of a telephone that came right before another one (machine time)."""
    earlier = RawMessage.objects.filter(device=device, received_at__gte=since)
    return earlier.exclude(pk=before.pk).order_by("-received_at", "-id").first()


def newest_taken(device: Device, *, since: datetime) -> RawMessage | None:
    """Return what a telephone reported last since then (machine time)."""
    taken = RawMessage.objects.filter(device=device, state=State.TAKEN, received_at__gte=since)
    return taken.filter(understood__has_key="ref").order_by("-received_at", "-id").first()


def answers_to_fetch(channel: Channel, *, at: datetime, limit: int) -> list[RawMessage]:
    """Return messages of a channel whose answer was not fetched yet; `at` is machine time."""
    waiting = RawMessage.objects.filter(
        channel=channel, received_at__gt=at - _FETCHED_WITHIN, contact_sealed__isnull=False
    )
    return list(
        waiting.exclude(reply="")
        .exclude(understood__has_key="answered_at")
        .order_by("received_at", "id")
        .select_for_update(skip_locked=True, no_key=True)[:limit]
    )


def note_answered(*, raw: RawMessage, at: datetime) -> None:
    """Note that the answer is on its way; `at` is machine time."""
    RawMessage.objects.filter(pk=raw.pk).update(
        understood={**raw.understood, "answered_at": at.isoformat()}
    )
