"""The append-only table of facts."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tracker.organisations.models import Organisation, User
from tracker.provenance.models import Source


class Via(models.TextChoices):
    """The way on which a fact came; empty where a person typed it on a page."""

    API = "api", _("sent by a program")
    PHONE = "phone", _("sent by the field log")
    SMS = "sms", _("reported by SMS")
    LINK = "link", _("sent by a driver’s link")
    TRACKER = "tracker", _("sent by a tracker")
    PAPER = "paper", _("keyed in from paper")
    IMPORT = "import", _("from a file")


class LogEvent(models.Model):
    """One fact, as someone reported it; never changed, only corrected by a later event.

    `occurred_at` is what the sender's clock said, `recorded_at` when the device stored it,
    `received_at` when this server got it, `ordered_at` the corrected event time that drives every
    state. The subject keys are the only keys in the house that point up the layers.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    client_id = models.UUIDField()
    body_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())
    ordered_at = models.DateTimeField()
    time_disputed = models.BooleanField(default=False)
    device_id = models.CharField(max_length=64, blank=True, default="")
    device_seq = models.BigIntegerField(null=True)
    via = models.CharField(max_length=8, choices=Via, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="+")
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections"
    )
    reason = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)
    constructed = models.BooleanField(default=False, help_text="Constructed for an exercise.")

    corridor = models.ForeignKey(
        "tracker.Corridor", on_delete=models.PROTECT, null=True, related_name="+"
    )
    window = models.ForeignKey(
        "tracker.PassageWindow", on_delete=models.PROTECT, null=True, related_name="+"
    )
    checkpoint = models.ForeignKey(
        "tracker.Checkpoint", on_delete=models.PROTECT, null=True, related_name="+"
    )
    attempt = models.ForeignKey(
        "tracker.Attempt", on_delete=models.PROTECT, null=True, related_name="+"
    )
    convoy = models.ForeignKey(
        "tracker.Convoy", on_delete=models.PROTECT, null=True, related_name="+"
    )
    other_convoy = models.ForeignKey(
        "tracker.Convoy", on_delete=models.PROTECT, null=True, related_name="+"
    )
    vehicle = models.ForeignKey(
        "tracker.Vehicle", on_delete=models.PROTECT, null=True, related_name="+"
    )
    incident = models.ForeignKey(
        "tracker.Incident", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "client_id"], name="logevent_client_id_once"
            )
        ]
        indexes = [
            models.Index(fields=["convoy", "ordered_at"], name="logevent_convoy_order"),
            models.Index(fields=["received_at", "id"], name="logevent_received"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ordered_at:%Y-%m-%d %H:%M}"
