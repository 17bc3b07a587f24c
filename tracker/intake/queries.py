"""Which entries of the log a person may open."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tracker.convoys.models import ConvoyShare
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.effects import CATEGORY_OF
from tracker.headcounts.ledger import RESTRICTED
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of

# What befell people that no machine and no partner may tell: detained, separated, died.
RESTRICTED_KINDS = frozenset(
    kind for kind, category in CATEGORY_OF.items() if category in RESTRICTED
)
# Where a convoy is, who holds it and what befalls its vehicles is never a partner's to read.
_JOURNEY = ("convoy.departed", "convoy.arrived")


def _shared_with(user: User) -> Q:
    """Return the condition for entries of convoys that another organisation shares with theirs.

    Neither corrections nor explanations are among them: words among colleagues. Where it was is
    told only once it is no longer on the road.
    """
    shares = ConvoyShare.objects.filter(organisation=user.organisation_id)
    counts = shares.filter(shares_counts=True).values("convoy")
    arrived = shares.filter(shares_position=True, convoy__ended_at__isnull=False)
    position = arrived.values("convoy")
    told = Q(convoy__in=counts, kind__startswith="people.") & ~Q(kind="people.explained")
    return told | Q(convoy__in=position, kind__in=_JOURNEY)


def entries_for(user: User) -> QuerySet[LogEvent]:
    """Return the entries that `user` may open: their organisation's, and what is shared with it."""
    may = may_of(user)
    seen = Q(pk__in=[])
    if may.see_internal:
        seen |= Q(organisation=user.organisation_id)
    if may.see_internal or may.see_shared:
        seen |= _shared_with(user) & ~_restricted()
    entries = LogEvent.objects.filter(seen)
    if not may.see_restricted_people:
        entries = entries.exclude(_restricted())
    return entries.select_related("by", "source", "organisation", "corrects").order_by(
        "-ordered_at", "id"
    )


def _restricted() -> Q:
    return Q(kind__in=RESTRICTED_KINDS) | Q(corrects__kind__in=RESTRICTED_KINDS)
