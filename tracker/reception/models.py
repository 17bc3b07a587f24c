"""Reception centres and the hand-overs of people there."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.convoys.models import Convoy, Vehicle
from tracker.corridors.models import Place
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import Organisation


class ReceptionCentre(models.Model):
    """A place that takes people in; `capacity` in people, `None` where nobody said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    capacity = models.PositiveIntegerField(_("capacity, people"), null=True, blank=True)
    is_closed = models.BooleanField(_("takes nobody in at present"), default=False)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("reception centre")
        verbose_name_plural = _("reception centres")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], name="receptioncentre_named_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class HandOver(models.Model):
    """People handed over to a reception centre, signed by the receiver; folded from the log.

    `people` is `None` where the receiver signed for a range or for no number.
    """

    event = models.OneToOneField(
        LogEvent, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    convoy = models.ForeignKey(Convoy, on_delete=models.PROTECT, related_name="hand_overs")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, null=True, related_name="+")
    centre = models.ForeignKey(ReceptionCentre, on_delete=models.PROTECT, related_name="hand_overs")
    people = models.PositiveIntegerField(null=True)
    people_low = models.PositiveIntegerField(null=True)
    people_high = models.PositiveIntegerField(null=True)
    receiver_name = models.CharField(max_length=120)
    receiver_role = models.CharField(max_length=120, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "event_id"]

    def __str__(self) -> str:
        return f"{self.convoy} to {self.centre}"
