"""Set up places."""

from __future__ import annotations

from django.contrib import admin

from tracker.admin.rights import SetUp
from tracker.corridors.models import Place


@admin.register(Place)
class PlaceAdmin(SetUp):
    """Named places with their names by language and the coordinates of the settlement."""

    list_display = ["name", "admin", "country", "lat", "lon"]
    list_filter = ["country"]
    search_fields = ["name", "names", "admin"]
    ordering = ["name", "country", "id"]
    fields = ["name", "names", "country", "admin", "lat", "lon", "geonameid"]
