"""Set up organisations."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from tracker.admin.rights import SetUp, organisation_limit
from tracker.organisations.models import Organisation
from tracker.organisations.permissions import may_of


@admin.register(Organisation)
class OrganisationAdmin(SetUp):
    """Organisations; only a superuser makes further ones."""

    organisation_path = "pk"
    list_display = ["name", "short_name", "kind"]
    search_fields = ["name", "short_name"]
    ordering = ["name", "id"]
    fields = ["name", "short_name", "kind"]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let only those add an organisation who are bound to none."""
        return may_of(request.user).administer and organisation_limit(request) is None

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let only those delete one who are bound to none."""
        return self.has_add_permission(request, obj)
