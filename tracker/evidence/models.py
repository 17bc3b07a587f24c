"""Files that came with entries of the log."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from tracker.devices.models import Device
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import Organisation, User


class EvidenceItem(models.Model):
    """One file as it was taken, sealed, with the hash of the original and a copy to show.

    The copy carries no metadata. `client_id` is made by the sender and makes a repeat harmless;
    `entry_client_id` names the entry it belongs to, which may arrive later.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    client_id = models.UUIDField()
    entry_client_id = models.UUIDField(null=True)
    event = models.ForeignKey(
        LogEvent, on_delete=models.PROTECT, null=True, related_name="evidence"
    )
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())
    mime = models.CharField(max_length=80)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    original_sealed = models.BinaryField()
    shown_copy = models.BinaryField(null=True)

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "client_id"], name="evidenceitem_client_id_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mime} {self.sha256[:12]}"
