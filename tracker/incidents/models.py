"""Incidents that are alleged, and every claim about them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy
from tracker.corridors.models import Corridor, Place
from tracker.fieldlog.models import LogEvent
from tracker.provenance.models import Source, Verification


class IncidentKind(models.TextChoices):
    """What kind of thing is alleged."""

    SHELLING = "SHELLING", _("shelling")
    AIR_STRIKE = "AIR_STRIKE", _("air strike")
    SHOOTING = "SHOOTING", _("shooting")
    MINE = "MINE", _("mine")
    SEIZURE = "SEIZURE", _("seizure of vehicles or aid")
    DETENTION = "DETENTION", _("detention")
    OBSTRUCTION = "OBSTRUCTION", _("obstruction")
    OTHER = "OTHER", _("other")


class Severity(models.TextChoices):
    """How grave an incident is for the people on the road."""

    LOW = "LOW", _("low")
    MEDIUM = "MEDIUM", _("medium")
    HIGH = "HIGH", _("high")
    CRITICAL = "CRITICAL", _("critical")


class Incident(models.Model):
    """What is alleged to have happened; no voice is merged into another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=IncidentKind, default=IncidentKind.OTHER)
    severity = models.CharField(max_length=10, choices=Severity, default=Severity.MEDIUM)
    alleged = models.TextField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    place_text = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    is_day_only = models.BooleanField(default=False, help_text="Only the day is known.")
    verification = models.CharField(
        max_length=20, choices=Verification, default=Verification.UNVERIFIED
    )
    verification_note = models.TextField(blank=True, default="")
    corridor = models.ForeignKey(
        Corridor, on_delete=models.PROTECT, null=True, related_name="incidents"
    )
    convoy = models.ForeignKey(
        Convoy, on_delete=models.PROTECT, null=True, related_name="incidents"
    )
    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, null=True, related_name="+"
    )
    is_public = models.BooleanField(default=False)
    source_title = models.CharField(max_length=300, blank=True, default="")
    source_url = models.URLField(max_length=600, blank=True, default="")
    record_ref = models.CharField(max_length=12, blank=True, default="")
    event = models.ForeignKey(LogEvent, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.alleged[:80]


class Claim(models.Model):
    """One voice about an incident; casualties as it names them, `None` where it does not."""

    class Stance(models.TextChoices):
        CLAIMS = "CLAIMS", _("claims")
        DENIES = "DENIES", _("denies")
        NEITHER = "NEITHER", _("neither confirms nor denies")
        CORRECTS = "CORRECTS", _("corrects")

    event = models.OneToOneField(
        LogEvent, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="claims")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    stance = models.CharField(max_length=10, choices=Stance)
    says = models.TextField()
    said_at = models.DateTimeField(null=True)
    injured = models.PositiveIntegerField(null=True)
    killed = models.PositiveIntegerField(null=True)
    is_public = models.BooleanField(default=False)
    source_title = models.CharField(max_length=300, blank=True, default="")
    source_url = models.URLField(max_length=600, blank=True, default="")
    record_ref = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        ordering = ["said_at", "event_id"]

    def __str__(self) -> str:
        return f"{self.source} {self.stance}"
