"""Keep what was photographed: the original sealed with its hash, and a copy to show."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from tracker.devices.models import Device
from tracker.devices.secrets import seal
from tracker.evidence.models import EvidenceItem
from tracker.evidence.photos import READER
from tracker.evidence.queries import ORIGINAL
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.operations import event_id
from tracker.lib.bounded import Limits, read
from tracker.organisations.models import Organisation, User

# What a telephone's photo has at most, as sealed for its way here.
MOST_BYTES = 5 * 1024 * 1024
# A thread of the image library reserves much more address space than it uses.
LIMITS = Limits(body=MOST_BYTES, memory=768 * 1024 * 1024)


class OtherPhoto(Exception):
    """Another photo stands under this id."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that was read: the original, its media type, and its copy to show."""

    original: bytes
    mime: str
    shown_copy: bytes | None


def read_photo(*, body: bytes) -> Photo:
    """Return a photo with the copy that may be shown.

    Raises lib.bounded.Unreadable with the code of what is wrong with it.
    """
    found = read(READER, body, limits=LIMITS)
    return Photo(body, found["mime"], base64.b64decode(found["copy"]) or None)


@transaction.atomic
def keep_photo(
    *,
    photo: Photo,
    client_id: UUID,
    entry_client_id: UUID,
    organisation: Organisation,
    device: Device | None,
    by: User,
    at: datetime,
) -> bool:
    """Keep a photo that belongs to an entry, which may come later; `False` for a repeat.

    `at` is field time at receipt. Raises OtherPhoto where another one stands under the same id.
    """
    digest = sha256(photo.original).hexdigest()
    key = event_id(organisation=organisation, client_id=entry_client_id)
    event = LogEvent.objects.filter(pk=key).first()
    item = EvidenceItem(
        organisation=organisation,
        client_id=client_id,
        entry_client_id=entry_client_id,
        event=event,
        device=device,
        by=by,
        taken_at=event.ordered_at if event else None,
        received_at=at,
        mime=photo.mime,
        size_bytes=len(photo.original),
        sha256=digest,
        original_sealed=seal().seal(photo.original.decode("latin-1"), use=ORIGINAL),
        shown_copy=photo.shown_copy,
    )
    EvidenceItem.objects.bulk_create([item], ignore_conflicts=True)
    stored = EvidenceItem.objects.defer("original_sealed", "shown_copy").get(
        organisation=organisation, client_id=client_id
    )
    if stored.sha256 != digest:
        raise OtherPhoto
    return stored.pk == item.pk
