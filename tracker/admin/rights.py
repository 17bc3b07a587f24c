"""Who may set up what: administrators, each within their own organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest

from tracker.organisations.models import Organisation, User
from tracker.organisations.permissions import may_of

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    # Generic for the type checker alone.
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


def organisation_limit(request: HttpRequest) -> Organisation | None:
    """Return the organisation that an administrator is bound to; `None` for a superuser."""
    user = request.user
    return None if not isinstance(user, User) or user.is_superuser else user.organisation


class Rights:
    """Ask the one file of permissions instead of Django's own tables of them."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether the section is shown at all."""
        return may_of(request.user).administer

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell whether rows may be looked at."""
        return may_of(request.user).administer

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell whether a row may be added."""
        return may_of(request.user).administer

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell whether a row may be changed."""
        return may_of(request.user).administer

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell whether a row may be deleted; what the log names is protected in any case."""
        return may_of(request.user).administer


class SetUp(Rights, ModelAdmin):
    """A page of set-up; `organisation_path` leads from a row to the organisation it belongs to."""

    organisation_path: ClassVar[str] = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows of the administrator's organisation, all of them to a superuser."""
        rows: QuerySet[Any] = super().get_queryset(request)
        limit = organisation_limit(request)
        if limit is None or not self.organisation_path:
            return rows
        return rows.filter(**{self.organisation_path: limit.pk})

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer only organisations and corridors that the administrator sets up."""
        limit = organisation_limit(request)
        if limit is not None and db_field.related_model is Organisation:
            kwargs["queryset"] = Organisation.objects.filter(pk=limit.pk)
        elif limit is not None and db_field.name == "corridor":
            kwargs["queryset"] = db_field.related_model._default_manager.filter(operator=limit)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class Inline(Rights, TabularInline):
    """Rows that are set up on the page of what they belong to."""

    extra = 0


class ReadOnly(SetUp):
    """A table that is looked at here and written through its own door alone."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: rows come through the log."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: the database would, too."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: nothing is ever removed."""
        return False
