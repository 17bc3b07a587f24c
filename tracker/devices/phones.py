"""The phones of the field log: how they are known, whose they are, what they sent amiss."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from tracker.convoys.models import Convoy
from tracker.convoys.queries import convoys_at_work, convoys_seen_by
from tracker.devices.models import Device, DeviceAssignment, RawMessage
from tracker.devices.operations import Sender, add_device, keep_raw, settle
from tracker.devices.secrets import (
    context_in,
    sealed_context,
    sealed_secret,
    secret_in,
    token_hash,
)
from tracker.organisations.models import Organisation, User

GATEWAY = "phone"
State = RawMessage.State


@dataclass(frozen=True, slots=True)
class PhoneContext:
    """What a phone carries sealed: who was signed in, which phone it is, for which convoy."""

    user_id: int
    phone: str
    convoy_id: UUID | None

    def sealed(self) -> str:
        """Return it as text that only this server reads."""
        said = {"u": self.user_id, "p": self.phone, "c": str(self.convoy_id or "")}
        return sealed_context(json.dumps(said, separators=(",", ":")))


def phone_context(sealed: str | None) -> PhoneContext | None:
    """Return what a phone carried; `None` for what this server did not seal."""
    try:
        said = json.loads(context_in(sealed or ""))
        return PhoneContext(said["u"], said["p"], UUID(said["c"]) if said["c"] else None)
    except (ValueError, KeyError, TypeError):
        return None


def phone_with(token: str) -> Device | None:
    """Return the phone that holds this token, also one that was lost or taken out of use."""
    if not token:
        return None
    held = Device.objects.filter(kind=Device.Kind.PHONE, token_hash=token_hash(token))
    return held.select_related("organisation", "user", "user__organisation").first()


def phone_named(code: str, *, organisation: Organisation) -> Device | None:
    """Return the phone of an organisation that the log calls by this name."""
    named = Device.objects.filter(kind=Device.Kind.PHONE, code=code, organisation=organisation)
    return named.select_related("organisation", "user").first()


def register_phone(*, user: User, organisation: Organisation, at: datetime) -> tuple[Device, str]:
    """Register the phone somebody signed in on; return it with the token of its cookie."""
    return add_device(kind=Device.Kind.PHONE, organisation=organisation, by=user, at=at, user=user)


def note_session(*, phone: Device, user: User, session_key: str) -> None:
    """Note who signed in on the phone last and by which session, so that both can be ended."""
    known = secret_in(phone.secret_sealed) if phone.secret_sealed else ""
    if phone.user_id == user.pk and known == session_key:
        return
    phone.user = user
    Device.objects.filter(pk=phone.pk).update(user=user, secret_sealed=sealed_secret(session_key))


def convoys_to_log(user: User, *, at: datetime) -> QuerySet[Convoy]:
    """Return the convoys of their own organisation that are at work at `at` (field time)."""
    own = convoys_seen_by(user).filter(organisation=user.organisation)
    return convoys_at_work(own, at=at)


def own_convoy(*, phone: Device, user: User, at: datetime) -> Convoy | None:
    """Return the convoy that somebody most likely travels with; `None` where that is uncertain.

    What the phone reports for, else what another phone of theirs was last set to, else the only
    convoy at work.
    """
    at_work = convoys_to_log(user, at=at)
    told = DeviceAssignment.objects.filter(until__isnull=True, device__kind=Device.Kind.PHONE)
    for mine in (Q(device=phone), Q(device__user=user)):
        found = told.filter(mine, convoy__in=at_work.values("pk")).order_by("-since", "-id").first()
        if found:
            return at_work.get(pk=found.convoy_id)
    first = list(at_work[:2])
    return first[0] if len(first) == 1 else None


def waiting_of(phone: Device) -> list[RawMessage]:
    """Return what this phone sent and a person must put right, oldest first."""
    waiting = RawMessage.objects.filter(
        gateway=GATEWAY, device=phone, state=State.QUARANTINED
    ).exclude(message_id="")
    return list(waiting.defer("body_sealed").order_by("received_at", "id"))


def _waiting(organisation: Organisation, ids: Collection[str]) -> QuerySet[RawMessage]:
    return RawMessage.objects.filter(
        organisation=organisation,
        gateway=GATEWAY,
        message_id__in=list(ids),
        state=State.QUARANTINED,
    )


@transaction.atomic
def keep_refused(
    *,
    organisation: Organisation,
    phone: Device | None,
    entry_id: str,
    body: bytes,
    reason: str,
    understood: Mapping[str, Any],
    received_at: datetime,
    field_at: datetime,
) -> None:
    """Keep an entry that was not taken, as it came, until a person has seen to it; once an entry.

    `received_at` is machine time, `field_at` field time.
    """
    # Two tabs may send the same entry at once.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    standing = _waiting(organisation, [entry_id]).first() if entry_id else None
    raw = standing
    if standing is None or standing.sha256 != sha256(body).hexdigest():
        raw, _is_new = keep_raw(
            sender=Sender(organisation=organisation, device=phone),
            gateway=GATEWAY,
            body=body,
            received_at=received_at,
            field_at=field_at,
            content_type="application/octet-stream",
            message_id=entry_id,
        )
        if standing is not None:
            _waiting(organisation, [entry_id]).filter(pk=standing.pk).update(
                state=State.REFUSED, reason="said_again"
            )
    assert raw is not None
    settle(raw=raw, state=State.QUARANTINED, reason=reason, understood=dict(understood))


def taken_at_desk(organisation: Organisation, *, entry_ids: Collection[str]) -> set[str]:
    """Return which of these entries a person has brought into the log in their own words."""
    taken = RawMessage.objects.filter(
        organisation=organisation,
        gateway=GATEWAY,
        message_id__in=list(entry_ids),
        state=State.TAKEN,
        sorted_by__isnull=False,
    )
    return set(taken.values_list("message_id", flat=True))


def settle_taken(*, organisation: Organisation, entry_ids: Collection[str]) -> None:
    """Note that entries which waited for a person have entered the log after all."""
    if entry_ids:
        _waiting(organisation, entry_ids).update(state=State.TAKEN, reason="")


def drop_refused(*, phone: Device, entry_id: str, by: User, at: datetime) -> int:
    """Set aside an entry that its writer gave up; return how many there were (machine time)."""
    mine = _waiting(phone.organisation, [entry_id]).filter(Q(device=phone) | Q(device__user=by))
    return mine.update(state=State.IGNORED, reason="dropped", sorted_by=by, sorted_at=at)
