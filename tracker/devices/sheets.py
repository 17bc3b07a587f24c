"""Printed sheets: each has a serial, and what is keyed in from it is known by that serial."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import QuerySet

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy
from tracker.devices.models import PaperSheet
from tracker.devices.secrets import new_code
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import Organisation, User

LINES = 20


def device_id_of(sheet: PaperSheet) -> str:
    """Return the name under which the log knows what came from a sheet."""
    return f"sheet:{sheet.serial}"


def line_id(sheet: PaperSheet, *, line: int) -> UUID:
    """Return the id of what a line says: keyed in twice, it is one entry."""
    return uuid5(sheet.pk, f"line {line}")


def print_log_sheet(*, convoy: Convoy, by: User, at: datetime) -> PaperSheet:
    """Give out a log sheet for one convoy; `at` is machine time."""
    return PaperSheet.objects.create(
        organisation=convoy.organisation,
        serial=new_code("S"),
        kind=PaperSheet.Kind.LOG_SHEET,
        convoy=convoy,
        lines=LINES,
        printed_at=at,
        printed_by=by,
    )


def print_checkpoint_card(
    *, checkpoint: Checkpoint, organisation: Organisation, by: User, at: datetime
) -> PaperSheet:
    """Give out a card for one checkpoint, for whatever convoys pass it; `at` is machine time."""
    return PaperSheet.objects.create(
        organisation=organisation,
        serial=new_code("C"),
        kind=PaperSheet.Kind.CHECKPOINT_CARD,
        checkpoint=checkpoint,
        lines=LINES,
        printed_at=at,
        printed_by=by,
    )


def sheets_of(organisation: Organisation) -> QuerySet[PaperSheet]:
    """Return the sheets of an organisation, the newest first."""
    return PaperSheet.objects.filter(organisation=organisation).select_related(
        "convoy", "checkpoint", "printed_by", "checkpoint__corridor"
    )


def keyed_in(sheet: PaperSheet) -> dict[int, LogEvent]:
    """Return what was keyed in from a sheet, by line."""
    entries = LogEvent.objects.filter(
        organisation=sheet.organisation_id, device_id=device_id_of(sheet)
    ).select_related("by", "convoy", "checkpoint", "vehicle", "source", "other_convoy")
    return {entry.device_seq: entry for entry in entries if entry.device_seq is not None}
