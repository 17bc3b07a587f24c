"""Messages that a machine could not take: which wait, and what a person makes of each."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from tracker.devices.models import RawMessage
from tracker.organisations.models import Organisation, User

State = RawMessage.State

# Reasons that begin so are about somebody who may need help; they are sorted first.
CALL = "sos_"


class AlreadySorted(Exception):
    """Somebody, or the sender itself, has seen to the message in the meantime."""


def messages_to_see(organisation: Organisation) -> QuerySet[RawMessage]:
    """Return what an organisation has to sort or has sorted, in no order.

    An entry that a phone put right itself is among them, so that its page can say so.
    """
    seen = Q(state=State.QUARANTINED) | Q(sorted_at__isnull=False) | Q(gateway="phone")
    return RawMessage.objects.filter(seen, organisation=organisation).select_related(
        "organisation", "channel", "device", "sorted_by"
    )


def to_sort(organisation: Organisation) -> QuerySet[RawMessage]:
    """Return what waits for a person: calls for help on top, then the oldest first."""
    first = Case(
        When(reason__startswith=CALL, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    waiting = messages_to_see(organisation).filter(state=State.QUARANTINED)
    return waiting.order_by(first, "received_at", "id")


def _end(*, raw: RawMessage, by: User, at: datetime, **changed: object) -> None:
    # The update finds no row where somebody else was first; both at once wait for each other.
    mine = RawMessage.objects.filter(pk=raw.pk, state=State.QUARANTINED)
    if not mine.update(sorted_by=by, sorted_at=at, **changed):
        raise AlreadySorted


@transaction.atomic
def take(*, raw: RawMessage, by: User, at: datetime) -> None:
    """Mark a message as taken into the log by a person; `at` is machine time.

    Raises AlreadySorted where it waits no longer. Belongs in the transaction of its entry.
    """
    _end(raw=raw, by=by, at=at, state=State.TAKEN)


@transaction.atomic
def set_aside(*, raw: RawMessage, by: User, at: datetime, reason: str) -> None:
    """Put a message aside for a reason (a code of at most 40 signs); `at` is machine time.

    Why it had waited stays in `understood`. Raises AlreadySorted where it waits no longer.
    """
    kept = {**raw.understood, "waited_for": raw.reason}
    _end(raw=raw, by=by, at=at, state=State.IGNORED, reason=reason, understood=kept)
