"""Look into the log; nobody changes it, here or anywhere."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from tracker.admin.rights import ReadOnly
from tracker.fieldlog.models import LogEvent
from tracker.intake.queries import entries_for
from tracker.organisations.models import User


@admin.register(LogEvent)
class LogEventAdmin(ReadOnly):
    """Entries as they were sent, those that the administrator may see."""

    list_display = ["kind", "ordered_at", "received_at", "by", "organisation", "time_disputed"]
    list_filter = ["kind", "time_disputed"]
    list_select_related = ["by", "organisation"]
    date_hierarchy = "ordered_at"
    ordering = ["-ordered_at", "id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what this person may see of the log; to have an account here adds nothing."""
        assert isinstance(request.user, User)
        return entries_for(request.user)
