"""Set up sources."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.lib.text import tidy
from tracker.organisations.models import Organisation
from tracker.provenance.models import Party, Source


def name_source(
    *,
    name: str,
    detail: str,
    party: Party,
    attribution: Mapping[str, str],
    organisation: Organisation | None,
) -> Source:
    """Return the source of this name and office; a new one is graded F until someone judges it.

    `attribution` holds, by language, the phrase that opens a sentence of what it says.
    """
    source, _ = Source.objects.get_or_create(
        name=tidy(name),
        detail=tidy(detail),
        defaults={"party": party, "attribution": dict(attribution), "organisation": organisation},
    )
    return source
