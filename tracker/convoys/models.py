"""Convoys, their vehicles, and their crossing of each checkpoint."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.attempts.models import Attempt
from tracker.checkpoints.models import Checkpoint
from tracker.corridors.models import Corridor, Route
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import Organisation


class ConvoyState(models.TextChoices):
    """Where a convoy stands in its journey."""

    ASSEMBLING = "ASSEMBLING", _("assembling")
    MOVING = "MOVING", _("moving")
    HELD = "HELD", _("held")
    TURNED_BACK = "TURNED_BACK", _("turned back")
    ARRIVED = "ARRIVED", _("arrived")
    OUT_OF_CONTACT = "OUT_OF_CONTACT", _("no contact")


class Convoy(models.Model):
    """A convoy as the log has it, folded; chainage in km by road, intervals in minutes.

    `is_withdrawn` says that its plan was taken back: the row stays for the log, no page lists it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="convoys")
    code = models.CharField(max_length=12)
    corridor = models.ForeignKey(Corridor, on_delete=models.PROTECT, related_name="convoys")
    route = models.ForeignKey(Route, on_delete=models.PROTECT, null=True, related_name="+")
    attempt = models.ForeignKey(
        Attempt, on_delete=models.PROTECT, null=True, related_name="convoys"
    )
    split_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="parts"
    )
    people_planned = models.PositiveIntegerField(null=True)
    planned_departure_at = models.DateTimeField(null=True)
    contact_interval_min = models.PositiveIntegerField(default=30)
    grace_min = models.PositiveIntegerField(default=15)
    state = models.CharField(max_length=16, choices=ConvoyState, default=ConvoyState.ASSEMBLING)
    state_since = models.DateTimeField(null=True)
    state_event = models.ForeignKey(LogEvent, on_delete=models.PROTECT, null=True, related_name="+")
    head_km = models.FloatField(null=True)
    head_at = models.DateTimeField(null=True)
    tail_km = models.FloatField(null=True)
    tail_at = models.DateTimeField(null=True)
    at_checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, null=True, related_name="+"
    )
    held_reason = models.TextField(blank=True, default="")
    departed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    last_contact_at = models.DateTimeField(null=True)
    # When the next word is due, and from when the convoy is dark unless one comes: often ahead.
    word_due_at = models.DateTimeField(null=True)
    silent_from = models.DateTimeField(null=True)
    last_event = models.ForeignKey(LogEvent, on_delete=models.PROTECT, null=True, related_name="+")
    is_withdrawn = models.BooleanField(default=False)
    event = models.ForeignKey(LogEvent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="convoy_code_once")
        ]
        indexes = [models.Index(fields=["state", "id"], name="convoy_by_state")]

    def __str__(self) -> str:
        return self.code


class Vehicle(models.Model):
    """A vehicle of a convoy, known by code; `people_planned` is `None` where nobody said."""

    class Kind(models.TextChoices):
        BUS = "BUS", _("bus")
        CAR = "CAR", _("car")
        AMBULANCE = "AMBULANCE", _("ambulance")
        TRUCK = "TRUCK", _("truck")

    class State(models.TextChoices):
        IN_COLUMN = "IN_COLUMN", _("in the column")
        BROKEN_DOWN = "BROKEN_DOWN", _("broken down")
        # Added by mistake; the row stays because entries of the log may name it.
        WITHDRAWN = "WITHDRAWN", _("taken back")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    convoy = models.ForeignKey(Convoy, on_delete=models.PROTECT, related_name="vehicles")
    code = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.BUS)
    seats = models.PositiveIntegerField(null=True)
    people_planned = models.PositiveIntegerField(null=True)
    place_in_column = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16, choices=State, default=State.IN_COLUMN)
    event = models.ForeignKey(LogEvent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["place_in_column", "code", "id"]
        constraints = [models.UniqueConstraint(fields=["convoy", "code"], name="vehicle_code_once")]

    def __str__(self) -> str:
        return self.code


class Passage(models.Model):
    """One convoy's crossing of one checkpoint; its wait is `cleared_at - arrived_at`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    convoy = models.ForeignKey(Convoy, on_delete=models.CASCADE, related_name="passages")
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="passages")
    arrived_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)
    tail_cleared_at = models.DateTimeField(null=True)
    turned_back_at = models.DateTimeField(null=True)
    event = models.ForeignKey(LogEvent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["convoy", "checkpoint"], name="passage_once")
        ]

    def __str__(self) -> str:
        return f"{self.convoy} at {self.checkpoint}"


class FoldedConvoy(models.Model):
    """How far a convoy's log has been folded, so that the next entry need not fold all of it.

    No page reads it. A rebuild writes it anew, and what an older version wrote is passed over.
    """

    convoy = models.OneToOneField(
        Convoy, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    state = models.TextField()

    def __str__(self) -> str:
        return str(self.convoy)


class ConvoyShare(models.Model):
    """A convoy that its organisation shows to another one; set-up, not a fact about the world."""

    convoy = models.ForeignKey(Convoy, on_delete=models.CASCADE, related_name="shares")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    shares_position = models.BooleanField(default=False)
    shares_counts = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["convoy", "organisation"], name="convoyshare_once")
        ]

    def __str__(self) -> str:
        return f"{self.convoy} with {self.organisation}"
