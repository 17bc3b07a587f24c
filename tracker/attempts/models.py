"""Attempts to use a corridor, and the points agreed before each."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.corridors.models import Corridor
from tracker.fieldlog.models import LogEvent
from tracker.provenance.models import Party, Source


class AttemptStatus(models.TextChoices):
    """State and, once ended, outcome of an attempt."""

    PLANNED = "PLANNED", _("planned")
    UNDER_WAY = "UNDER_WAY", _("under way")
    SUCCEEDED = "SUCCEEDED", _("completed")
    PARTLY_SUCCEEDED = "PARTLY_SUCCEEDED", _("some got out")
    FAILED = "FAILED", _("failed")
    CANCELLED = "CANCELLED", _("not started")
    UNKNOWN = "UNKNOWN", _("not known")


class Stage(models.TextChoices):
    """The furthest stage that any part of an attempt reached."""

    NONE = "NONE", _("no corridor was opened")
    ANNOUNCED = "ANNOUNCED", _("announced")
    AGREED = "AGREED", _("agreed")
    STAGED = "STAGED", _("people or vehicles ready")
    DEPARTED = "DEPARTED", _("departed")
    HELD = "HELD", _("held on the way")
    TURNED_BACK = "TURNED_BACK", _("turned back")
    ARRIVED = "ARRIVED", _("arrived")


class ReasonCode(models.TextChoices):
    """The main reason why an attempt ended as it did, or what delayed it."""

    SHELLING = "SHELLING", _("shelling")
    CHECKPOINT_DENIED = "CHECKPOINT_DENIED", _("not let through at a checkpoint")
    CHECKPOINT_CLOSED = "CHECKPOINT_CLOSED", _("checkpoint closed")
    NO_AGREEMENT = "NO_AGREEMENT", _("no agreement")
    NO_CONFIRMATION = "NO_CONFIRMATION", _("no confirmation")
    SECURITY = "SECURITY", _("security")
    MINED_ROAD = "MINED_ROAD", _("mined road")
    WEATHER_ROAD = "WEATHER_ROAD", _("weather or state of the road")
    VEHICLES_SEIZED = "VEHICLES_SEIZED", _("vehicles seized")
    NIGHT_HALT = "NIGHT_HALT", _("halted for the night")
    DIVERTED = "DIVERTED", _("diverted")
    LATE_VEHICLES = "LATE_VEHICLES", _("vehicles came late")
    NONE_STATED = "NONE_STATED", _("no reason stated")


class Agreed(models.TextChoices):
    """Whether both sides had agreed."""

    YES = "YES", _("agreed by both sides")
    CONTESTED = "CONTESTED", _("contested")
    NO = "NO", _("not agreed")
    UNKNOWN = "UNKNOWN", _("not known")


class Attempt(models.Model):
    """One try to use a corridor; numbers are `None` where they were not reported, never zero."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    corridor = models.ForeignKey(Corridor, on_delete=models.PROTECT, related_name="attempts")
    day = models.DateField()
    status = models.CharField(max_length=20, choices=AttemptStatus, default=AttemptStatus.PLANNED)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.ANNOUNCED)
    reason = models.TextField(blank=True, default="")
    reason_code = models.CharField(
        max_length=20, choices=ReasonCode, default=ReasonCode.NONE_STATED
    )
    reason_party = models.CharField(max_length=16, choices=Party, blank=True, default="")
    agreed = models.CharField(max_length=12, choices=Agreed, default=Agreed.UNKNOWN)
    announced_by = models.TextField(blank=True, default="")
    buses = models.PositiveIntegerField(null=True)
    private_cars = models.PositiveIntegerField(null=True)
    people_planned = models.PositiveIntegerField(null=True)
    people_arrived = models.PositiveIntegerField(null=True)
    counted_by = models.CharField(max_length=300, blank=True, default="")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    is_public = models.BooleanField(default=False)
    note = models.TextField(blank=True, default="")
    source_title = models.CharField(max_length=300, blank=True, default="")
    source_url = models.URLField(max_length=600, blank=True, default="")
    record_ref = models.CharField(max_length=12, blank=True, default="")
    event = models.ForeignKey(LogEvent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["corridor", "day"], name="attempt_corridor_day")]

    def __str__(self) -> str:
        return f"{self.corridor} {self.day}"


class AgreementItem(models.TextChoices):
    """The eleven points that an evacuation needs to be agreed on."""

    TIME = "TIME", _("Opening time")
    DURATION = "DURATION", _("Duration")
    PLACES = "PLACES", _("Assembly points")
    ROUTES = "ROUTES", _("Route by name")
    WHO = "WHO", _("Who may leave")
    AID = "AID", _("Aid into the city")
    CHAIN_OF_COMMAND = "CHAIN_OF_COMMAND", _("Orders passed down the chain of command")
    CHECKPOINT_COMMANDERS = "CHECKPOINT_COMMANDERS", _("Checkpoint commanders told")
    GUARANTEES = "GUARANTEES", _("Guarantees on the road")
    MEDICAL = "MEDICAL", _("Medical care")
    DESTINATION = "DESTINATION", _("Destination")


class Position(models.TextChoices):
    """What one party says of one point."""

    AGREED = "AGREED", _("agreed")
    CONTESTED = "CONTESTED", _("contested")
    SILENT = "SILENT", _("silent")


class AgreementPosition(models.Model):
    """One party's newest word on one of the eleven points of a corridor."""

    event = models.OneToOneField(
        LogEvent, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    corridor = models.ForeignKey(Corridor, on_delete=models.PROTECT, related_name="positions")
    item = models.CharField(max_length=24, choices=AgreementItem)
    party = models.CharField(max_length=16, choices=Party)
    position = models.CharField(max_length=12, choices=Position)
    note = models.CharField(max_length=300, blank=True, default="")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    is_public = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.item} {self.party}: {self.position}"
