"""Questions about what was photographed."""

from __future__ import annotations

from uuid import UUID

from tracker.devices.secrets import seal
from tracker.evidence.models import EvidenceItem
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import Organisation

# What originals are sealed for; they open for nothing else.
ORIGINAL = "evidence original"


def photos_of(event: LogEvent) -> list[EvidenceItem]:
    """Return the photos that belong to an entry, without their bytes; they may come before it."""
    found = EvidenceItem.objects.filter(
        organisation=event.organisation_id, entry_client_id=event.client_id
    ).exclude(entry_client_id=None)
    return list(found.defer("original_sealed", "shown_copy").order_by("received_at", "id"))


def photo_of(organisation: Organisation, *, photo_id: UUID) -> EvidenceItem | None:
    """Return a photo of an organisation without its original."""
    found = EvidenceItem.objects.filter(organisation=organisation, pk=photo_id)
    return found.defer("original_sealed").first()


def original_of(item: EvidenceItem) -> bytes:
    """Return the original, byte for byte; raises sealing.CannotOpen with another key."""
    return seal().open(bytes(item.original_sealed), use=ORIGINAL).encode("latin-1")
