"""Consume the outbox: note that the public may have to hear something new."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from tracker.corridors.effects import ADVERSE
from tracker.corridors.kinds import STATUS_BY_ACT
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.ordering import CORRECTION
from tracker.outbox.models import OutboxRow
from tracker.situation.builder import PUBLIC
from tracker.situation.models import Publication

# What happens to a convoy or at a checkpoint is never news for the public at that moment: such rows
# must not even cause a look, because the moment of a publication can be observed.
PUBLIC_UNITS = frozenset({"corridor", "attempt", "incident"})


def want_publication(rows: Sequence[OutboxRow]) -> None:
    """Note, in the caller's transaction, that public content may have changed."""
    ids = [
        event_id
        for row in rows
        if row.payload.get("unit") in PUBLIC_UNITS
        for event_id in row.payload.get("events", [])
    ]
    events = LogEvent.objects.filter(pk__in=ids).select_related("corridor", "attempt", "incident")
    if any(_is_public_news(event) for event in events):
        Publication.objects.get_or_create(audience=PUBLIC)
        Publication.objects.filter(audience=PUBLIC).update(wanted=F("wanted") + 1)


def _is_public_news(event: LogEvent) -> bool:
    """Tell whether the public may see this event, or what it changes, at once.

    A look because of any other event could find what time alone has changed, a word grown old, and
    publish it at the very moment of a secret event. Whatever is missed here waits for the tick.
    """
    if event.kind == "incident.verified":
        return event.incident is not None and event.incident.is_public
    is_hidden = event.corridor is not None and not event.corridor.is_public
    if is_hidden and event.incident_id is None:
        return False
    if event.kind.startswith("attempt."):
        # Before its end an attempt is nothing that the public sees.
        is_shown = event.attempt is not None and event.attempt.is_public
        return event.kind == "attempt.ended" and is_shown
    if event.kind in STATUS_BY_ACT or event.kind.startswith("window.") or event.kind == CORRECTION:
        return True
    # That somebody calls the road shut counts for its status, whoever may read the word.
    return bool(event.data.get("is_public")) or event.data.get("claims") in ADVERSE
