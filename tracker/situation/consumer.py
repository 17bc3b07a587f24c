"""Consume the outbox: note that the public may have to hear something new."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from tracker.outbox.models import OutboxRow
from tracker.situation.builder import PUBLIC
from tracker.situation.models import Publication

# What happens to a convoy or at a checkpoint is never news for the public at that moment: such rows
# must not even cause a look, because the moment of a publication can be observed.
PUBLIC_UNITS = frozenset({"corridor", "attempt", "incident"})


def want_publication(rows: Sequence[OutboxRow]) -> None:
    """Note, in the caller's transaction, that public content may have changed."""
    if any(row.payload.get("unit") in PUBLIC_UNITS for row in rows):
        Publication.objects.get_or_create(audience=PUBLIC)
        Publication.objects.filter(audience=PUBLIC).update(wanted=F("wanted") + 1)
