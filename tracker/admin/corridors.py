"""Set up corridors."""

from __future__ import annotations

from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tracker.admin.checkpoints import CheckpointInline
from tracker.admin.rights import SetUp
from tracker.corridors.models import Corridor


def _zones() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(available_timezones())]


class CorridorForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A corridor; its time zone is chosen, since a mistyped one would break every page."""

    time_zone = forms.ChoiceField(label=_("time zone"), choices=_zones, initial="Europe/Kyiv")

    class Meta:
        model = Corridor
        fields = [
            "slug",
            "operator",
            "origin",
            "destination",
            "time_zone",
            "is_public",
            "moves_from",
            "moves_until",
        ]


@admin.register(Corridor)
class CorridorAdmin(SetUp):
    """Corridors, their operator and the ends of the road; what happens on them is in the log."""

    form = CorridorForm
    organisation_path = "operator"
    list_display = ["__str__", "operator", "is_public", "slug"]
    list_filter = ["is_public"]
    list_select_related = ["origin", "destination", "operator"]
    ordering = ["slug", "id"]
    inlines = [CheckpointInline]
