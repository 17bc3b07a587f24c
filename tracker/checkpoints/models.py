"""Checkpoints and the reports about them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.corridors.models import Corridor, Place
from tracker.fieldlog.models import LogEvent
from tracker.provenance.models import Source


class CheckpointStatus(models.TextChoices):
    """What is reported of a checkpoint."""

    OPEN = "OPEN", _("letting through")
    RESTRICTED = "RESTRICTED", _("letting some through")
    CLOSED = "CLOSED", _("closed")
    UNKNOWN = "UNKNOWN", _("no information")


class Checkpoint(models.Model):
    """A controlled point of a corridor at its chainage in km by road."""

    class Kind(models.TextChoices):
        ORDINARY = "ORDINARY", _("ordinary checkpoint")
        GATE = "GATE", _("main crossing point")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    corridor = models.ForeignKey(Corridor, on_delete=models.PROTECT, related_name="checkpoints")
    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=120)
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    km = models.FloatField(_("km from the start by road"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ORDINARY)
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)

    class Meta:
        ordering = ["km", "id"]
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        constraints = [
            models.UniqueConstraint(fields=["corridor", "code"], name="checkpoint_code_once"),
            models.CheckConstraint(condition=models.Q(km__gte=0), name="checkpoint_km_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class CheckpointState(models.Model):
    """The newest report on a checkpoint, folded."""

    checkpoint = models.OneToOneField(
        Checkpoint, on_delete=models.CASCADE, primary_key=True, related_name="state"
    )
    status = models.CharField(
        max_length=12, choices=CheckpointStatus, default=CheckpointStatus.UNKNOWN
    )
    since = models.DateTimeField(null=True)
    last_word_at = models.DateTimeField(null=True)
    event = models.ForeignKey(LogEvent, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.checkpoint}: {self.status}"


class CheckpointReport(models.Model):
    """One report on a checkpoint; a wait is in hours, `None` where it was not reported."""

    event = models.OneToOneField(
        LogEvent, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.CASCADE, related_name="reports")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=12, choices=CheckpointStatus)
    at = models.DateTimeField()
    wait_low_h = models.FloatField(null=True)
    wait_high_h = models.FloatField(null=True)
    is_censored = models.BooleanField(default=False, help_text="Still waiting when reported.")
    vehicles = models.CharField(max_length=80, blank=True, default="")
    says = models.TextField(blank=True, default="")
    source_title = models.CharField(max_length=300, blank=True, default="")
    source_url = models.URLField(max_length=600, blank=True, default="")
    is_public = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.checkpoint} {self.status} {self.at:%d %b %H:%M}"
