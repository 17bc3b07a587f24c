"""Entries of the nobody-lost ledger."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy, Vehicle
from tracker.fieldlog.models import LogEvent


class PeopleEntry(models.Model):
    """One entry: a count taken, or people who came or went between counts.

    `people` is `None` where the number was not reported; it is never read as zero.
    """

    class Category(models.TextChoices):
        BOARDED = "BOARDED", _("boarded")
        COUNTED = "COUNTED", _("counted on board")
        ARRIVED = "ARRIVED", _("counted on arrival")
        LEFT = "LEFT", _("left by choice")
        JOINED = "JOINED", _("joined on the road")
        MOVED = "MOVED", _("moved to another vehicle")
        HOSPITAL = "HOSPITAL", _("taken to hospital")
        DETAINED = "DETAINED", _("detained")
        SEPARATED = "SEPARATED", _("separated")
        DIED = "DIED", _("died")
        TURNED_BACK = "TURNED_BACK", _("turned back")
        EXPLAINED = "EXPLAINED", _("missing number explained")
        HANDED_OVER = "HANDED_OVER", _("handed over to a reception centre")

    class Method(models.TextChoices):
        HEADCOUNT = "HEADCOUNT", _("counted one by one")
        MANIFEST = "MANIFEST", _("taken from the list")
        ESTIMATE = "ESTIMATE", _("estimated")
        REPORTED = "REPORTED", _("reported by somebody else")

    event = models.OneToOneField(
        LogEvent, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    convoy = models.ForeignKey(Convoy, on_delete=models.PROTECT, related_name="people_entries")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, null=True, related_name="+")
    to_vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, null=True, related_name="+")
    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, null=True, related_name="+"
    )
    place = models.CharField(max_length=120, blank=True, default="")
    category = models.CharField(max_length=12, choices=Category)
    people = models.PositiveIntegerField(null=True)
    people_low = models.PositiveIntegerField(null=True)
    people_high = models.PositiveIntegerField(null=True)
    method = models.CharField(max_length=12, choices=Method, blank=True, default="")
    # Followers are people in private cars behind the column: a group of its own, never on board.
    is_follower = models.BooleanField(default=False)
    # Numbers by group, such as {"f_0_4": 12}: every one optional, an absent one is not zero.
    groups = models.JSONField(default=dict)
    # The private cars of followers.
    vehicles = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()
    is_corrected = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "event_id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(people_high__isnull=True)
                | models.Q(people_high__gte=models.F("people_low")),
                name="peopleentry_range_ordered",
            )
        ]

    def __str__(self) -> str:
        return f"{self.convoy} {self.category} {self.people}"
