"""What the parts of the security world report from: devices, sheets, files, reception centres."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from tracker.convoys.models import Convoy, Vehicle
from tracker.devices.models import Channel, Device
from tracker.devices.operations import add_channel, add_device, assign_device
from tracker.devices.sheets import print_log_sheet
from tracker.imports.models import Import
from tracker.reception.models import ReceptionCentre

if TYPE_CHECKING:
    from tests.security.world import Part


def equip(part: Part) -> None:
    """Give a part a sheet, a file, a driver's link, a channel and a reception centre."""
    convoy = Convoy.objects.get(pk=part.convoy)
    part.serial = print_log_sheet(convoy=convoy, by=part.by, at=timezone.now()).serial
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
    link, _token = add_device(
        kind=Device.Kind.LINK, organisation=part.organisation, by=part.by, at=timezone.now()
    )
    part.link = link.pk
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
    ReceptionCentre.objects.create(
        id=part.centre,
        organisation=part.organisation,
        name=f"Centre of {part.code}",
        place=part.road.corridor.destination,
    )
