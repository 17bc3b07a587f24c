"""Set up sources."""

from __future__ import annotations

from tracker.organisations.models import Organisation
from tracker.provenance.models import Party, Source


def name_source(
    *,
    name: str,
    detail: str,
    party: Party,
    attribution: str,
    organisation: Organisation | None,
) -> Source:
    """Return the source of this name and office; a new one is graded F until someone judges it."""
    source, _ = Source.objects.get_or_create(
        name=name,
        detail=detail,
        defaults={"party": party, "attribution": attribution, "organisation": organisation},
    )
    return source
