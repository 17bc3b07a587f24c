"""Files on their way into the tracker."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.convoys.models import Convoy
from tracker.corridors.models import Corridor
from tracker.organisations.models import Organisation, User


class Import(models.Model):
    """One file with what was found in it; nothing of it is taken while a row is wrong.

    `content` is what was read of the file, `problems` the errors by row, `rows_done` of
    `rows_total` the progress once it is being taken. All times are machine time.
    """

    class Kind(models.TextChoices):
        VEHICLES = "VEHICLES", _("vehicle list")
        ROUTE = "ROUTE", _("route")
        TRACK = "TRACK", _("track of a vehicle")

    class State(models.TextChoices):
        CHECKED = "CHECKED", _("checked, not taken yet")
        REFUSED = "REFUSED", _("has errors")
        RUNNING = "RUNNING", _("is being taken")
        DONE = "DONE", _("taken")
        FAILED = "FAILED", _("could not be taken")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=12, choices=State)
    convoy = models.ForeignKey(Convoy, on_delete=models.PROTECT, null=True, related_name="+")
    corridor = models.ForeignKey(Corridor, on_delete=models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(max_length=200)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.file_name
