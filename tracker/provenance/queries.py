"""Questions about sources."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tracker.organisations.models import Organisation
from tracker.provenance.models import Source


def sources_for(organisation: Organisation) -> QuerySet[Source]:
    """Return the sources that an organisation may name, by name: its own and the shared ones."""
    mine = Q(organisation=organisation) | Q(organisation=None)
    return Source.objects.filter(mine).order_by("name", "detail", "id")
