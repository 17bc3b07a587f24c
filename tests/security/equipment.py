"""What the parts of the security world report from: devices, sheets, files, reception centres."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from tracker.convoys.models import Convoy, Vehicle
from tracker.devices.models import Channel, Device, RawMessage
from tracker.devices.operations import (
    Sender,
    add_channel,
    add_device,
    assign_device,
    keep_raw,
    settle,
)
from tracker.devices.sheets import print_log_sheet
from tracker.evidence.models import EvidenceItem
from tracker.fieldlog.models import LogEvent
from tracker.imports.models import Import
from tracker.reception.models import ReceptionCentre

if TYPE_CHECKING:
    from tests.security.world import Part


def photograph(part: Part) -> None:
    """Give a part a photo of how its convoy was held."""
    held = LogEvent.objects.get(convoy=part.convoy, kind="convoy.held")
    EvidenceItem.objects.create(
        id=part.photo,
        organisation=part.organisation,
        client_id=part.photo,
        entry_client_id=held.client_id,
        received_at=part.start,
        mime="image/jpeg",
        size_bytes=1,
        sha256="",
        original_sealed=b"",
        shown_copy=b"a picture",
    )


def equip(part: Part) -> None:
    """Give a part one of each: sheet, file, link, channel, message, photo, reception centre."""
    convoy = Convoy.objects.get(pk=part.convoy)
    part.serial = print_log_sheet(convoy=convoy, by=part.by, at=timezone.now()).serial
    _leave_waiting(part)
    link, _token = add_device(
        kind=Device.Kind.LINK, organisation=part.organisation, by=part.by, at=timezone.now()
    )
    part.link = link.pk
    telephone, _token = add_device(
        kind=Device.Kind.SMS,
        organisation=part.organisation,
        by=part.by,
        at=timezone.now(),
        label=f"Telephone of {part.code}",
        number=f"+380 50 {part.start:%S%f} {part.code}",
        secret=f"secret of {part.code}",
    )
    part.telephone = telephone.pk
    channel, _token = add_channel(
        kind=Channel.Kind.TRACCAR,
        organisation=part.organisation,
        label=f"Server of {part.code}",
        by=part.by,
        at=timezone.now(),
    )
    part.channel = channel.pk
    assign_device(
        device=link,
        convoy=convoy,
        vehicle=Vehicle.objects.get(pk=part.vehicles[0]),
        at=part.start,
        by=part.by,
    )
    photograph(part)
    ReceptionCentre.objects.create(
        id=part.centre,
        organisation=part.organisation,
        name=f"Centre of {part.code}",
        place=part.road.corridor.destination,
    )


def _leave_waiting(part: Part) -> None:
    """Leave a file that was refused, and a message that a person must sort."""
    Import.objects.create(
        id=part.file,
        organisation=part.organisation,
        kind=Import.Kind.VEHICLES,
        state=Import.State.REFUSED,
        convoy_id=part.convoy,
        file_name="buses.csv",
        size_bytes=0,
        sha256="",
        by=part.by,
        created_at=timezone.now(),
    )
    raw, _is_new = keep_raw(
        sender=Sender(organisation=part.organisation),
        gateway="sms",
        body=b"We are waiting somewhere.",
        received_at=timezone.now(),
        field_at=timezone.now(),
        content_type="text/plain",
    )
    settle(raw=raw, state=RawMessage.State.QUARANTINED, reason="free_text")
    part.report = raw.pk
