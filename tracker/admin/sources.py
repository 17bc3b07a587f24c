"""Set up sources and their grades."""

from __future__ import annotations

from django.contrib import admin

from tracker.admin.rights import SetUp
from tracker.provenance.models import Source


@admin.register(Source)
class SourceAdmin(SetUp):
    """Who says so, how a sentence names it, and how reliable it is."""

    list_display = ["name", "detail", "party", "reliability", "organisation"]
    list_filter = ["party", "reliability"]
    list_select_related = ["organisation"]
    search_fields = ["name", "detail", "attribution"]
    ordering = ["name", "detail", "id"]
    fields = ["name", "detail", "party", "attribution", "reliability", "organisation"]
