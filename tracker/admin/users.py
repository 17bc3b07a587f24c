"""Set up the people who work for an organisation, and their roles."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tracker.admin.rights import Rights, organisation_limit
from tracker.organisations.models import Organisation, Role, User


class PersonCreationForm(UserCreationForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A new account: name and password."""

    class Meta:
        model = User
        fields = ("username",)


@admin.register(User)
class PersonAdmin(Rights, UserAdmin):  # type: ignore[type-arg]  # generic in the stubs alone
    """People, their organisation and role; everything they may do follows from the role."""

    add_form = PersonCreationForm
    list_display = ["username", "display_name", "organisation", "role", "is_active"]
    list_filter = ["organisation", "role", "is_active"]
    list_select_related = ["organisation"]
    ordering = ["username", "id"]
    filter_horizontal = ()
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "language"]}),
        (_("Work"), {"fields": ["organisation", "role", "is_active", "is_superuser"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["username", "password1", "password2"]}),
        (_("Work"), {"fields": ["organisation", "role", "first_name", "last_name", "email"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the people of the administrator's organisation, all of them to a superuser."""
        people = super().get_queryset(request)
        limit = organisation_limit(request)
        return people if limit is None else people.filter(organisation=limit)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Keep superusers out of the hands of everybody else."""
        return super().has_change_permission(request, obj) and _within_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Keep superusers out of the hands of everybody else."""
        return super().has_delete_permission(request, obj) and _within_reach(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Let only a superuser make another."""
        return [] if organisation_limit(request) is None else ["is_superuser"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only the organisation that the administrator is bound to."""
        limit = organisation_limit(request)
        if limit is not None and db_field.name == "organisation":
            kwargs["queryset"] = Organisation.objects.filter(pk=limit.pk)
            kwargs["required"] = True
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        """Open this set-up to administrators alone, whatever was ticked before."""
        obj.is_staff = obj.is_superuser or obj.role == Role.ADMINISTRATOR
        super().save_model(request, obj, form, change)


def _within_reach(request: HttpRequest, obj: Model | None) -> bool:
    is_superior = isinstance(obj, User) and obj.is_superuser
    return not is_superior or organisation_limit(request) is None
