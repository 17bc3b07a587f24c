"""Set up checkpoints."""

from __future__ import annotations

from django.contrib import admin

from tracker.admin.rights import Inline, SetUp
from tracker.checkpoints.models import Checkpoint

FIELDS = ("code", "name", "place", "km", "kind", "opens", "closes")


class CheckpointInline(Inline):
    """The checkpoints of a corridor, on its page."""

    model = Checkpoint
    fields = FIELDS
    ordering = ["km", "id"]


@admin.register(Checkpoint)
class CheckpointAdmin(SetUp):
    """Controlled points of a corridor at their km by road, with hours where they have any."""

    organisation_path = "corridor__operator"
    list_display = ["code", "name", "corridor", "km", "kind"]
    list_select_related = ["corridor__origin", "corridor__destination"]
    search_fields = ["code", "name"]
    ordering = ["corridor", "km", "id"]
    fields = ["corridor", *FIELDS]
