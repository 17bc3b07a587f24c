"""Set up the roads that corridors use."""

from __future__ import annotations

from django.contrib import admin

from tracker.admin.rights import Inline, SetUp
from tracker.corridors.models import Route, RoutePoint


class RoutePointInline(Inline):
    """The places along a road, each at its km."""

    model = RoutePoint
    fields = ["place", "km"]
    ordering = ["km", "id"]


@admin.register(Route)
class RouteAdmin(SetUp):
    """Versions of a road; the newest one is in use, older ones stay for what happened on them."""

    organisation_path = "corridor__operator"
    list_display = ["corridor", "version", "name", "length_km"]
    list_select_related = ["corridor__origin", "corridor__destination"]
    ordering = ["corridor", "-version", "id"]
    fields = ["corridor", "version", "name", "length_km", "length_note"]
    inlines = [RoutePointInline]
