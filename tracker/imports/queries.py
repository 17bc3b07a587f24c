"""Which imports somebody may see."""

from __future__ import annotations

from django.db.models import QuerySet

from tracker.imports.models import Import
from tracker.organisations.models import User


def imports_of(user: User) -> QuerySet[Import]:
    """Return the imports of the user's organisation, the newest first."""
    own = Import.objects.filter(organisation=user.organisation_id)
    return own.select_related("convoy", "corridor__origin", "corridor__destination", "by").order_by(
        "-created_at", "id"
    )
