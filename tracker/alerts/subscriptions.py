"""Ask to be told, confirm it, and stop: by people outside, without an account."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Q

from tracker.alerts import contacts, fanout
from tracker.alerts.models import ConfirmationAsked, Delivery, Subscriber, Subscription
from tracker.corridors.models import Corridor
from tracker.outbox import operations as outbox

LINK_LIVES = timedelta(hours=24)
WITHIN = timedelta(hours=1)
PER_CONTACT, PER_NETWORK = 3, 20
CONFIRM, ALREADY = "confirm", "already"
PRIORITY = 3
# First half of the advisory lock under which requests of one contact or network are counted.
_COUNTING = 78


class LinkSpent(Exception):
    """The link was used, has run out or never was; no answer tells which."""


@transaction.atomic
def ask(
    *,
    address: str,
    corridor: Corridor | None,
    language: str,
    network: str,
    now: datetime,
    is_exercise: bool,
) -> None:
    """Send a link by which the owner of `address` confirms the wish; `corridor` `None` means all.

    Silent when the address (3 an hour) or its network (20 an hour) has asked too often, so the
    caller's answer tells nothing. `network` is the client's IP address.
    """
    contact, net = contacts.contact_hash(address), contacts.network_hash(network)
    # Whether or not a mail follows, so that the caller sees the same work done.
    outbox.wake()
    if not _may_ask(contact=contact, network=net, now=now):
        return
    subscriber = _subscriber(address=address, contact=contact, language=language, now=now)
    standing = (
        Subscription.objects.select_for_update()
        .filter(subscriber=subscriber, corridor=corridor, ended_at__isnull=True)
        .first()
    )
    token = secrets.token_urlsafe(32)
    if standing is None:
        standing = Subscription.objects.create(
            subscriber=subscriber,
            corridor=corridor,
            confirm_token_hash=contacts.token_hash(token),
            created_at=now,
        )
    purpose = ALREADY if standing.confirmed_at else CONFIRM
    if not standing.confirmed_at:
        # Only the newest link works; the older mail leads nowhere.
        Subscription.objects.filter(pk=standing.pk).update(
            confirm_token_hash=contacts.token_hash(token), created_at=now
        )
    facts = {"token": token, "corridor": str(corridor or ""), "until": str(now + LINK_LIVES)}
    _post(subscription=standing, purpose=purpose, facts=facts, now=now, is_exercise=is_exercise)


def _may_ask(*, contact: str, network: str, now: datetime) -> bool:
    """Count this request and return whether it is within both limits."""
    with connection.cursor() as cursor:
        # Requests at the same moment wait for each other; always in one order, so none deadlock.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, key) FROM ("
            "SELECT DISTINCT hashtext(name) AS key FROM unnest(%s::text[]) AS named (name)"
            " ORDER BY key) AS keys",
            [_COUNTING, [contact, network]],
        )
    recent = ConfirmationAsked.objects.filter(at__gt=now - WITHIN)
    by_contact = recent.filter(contact_hash=contact).count()
    by_network = recent.filter(network_hash=network).count()
    if by_contact >= PER_CONTACT or by_network >= PER_NETWORK:
        return False
    ConfirmationAsked.objects.create(contact_hash=contact, network_hash=network, at=now)
    return True


def _subscriber(*, address: str, contact: str, language: str, now: datetime) -> Subscriber:
    token = secrets.token_urlsafe(32)
    subscriber, is_new = Subscriber.objects.get_or_create(
        contact_hash=contact,
        defaults={
            "contact_sealed": contacts.sealed_contact(address),
            "language": language,
            "stop_token_hash": contacts.token_hash(token),
            "stop_token_sealed": contacts.sealed_stop_token(token),
            "created_at": now,
        },
    )
    confirmed = Subscription.objects.filter(subscriber=subscriber, confirmed_at__isnull=False)
    if not is_new and not confirmed.exists():
        # Whoever has confirmed keeps their language: a stranger must not change it by asking.
        Subscriber.objects.filter(pk=subscriber.pk).update(language=language)
    return subscriber


def _post(
    *,
    subscription: Subscription,
    purpose: str,
    facts: dict[str, str],
    now: datetime,
    is_exercise: bool,
) -> None:
    subject = f"subscription:{subscription.pk}"
    fanout.supersede(subject=subject, is_exercise=is_exercise)
    Delivery.objects.create(
        purpose=purpose,
        subscriber_id=subscription.subscriber_id,
        subject=subject,
        channel=fanout.EMAIL,
        key=f"{subscription.pk}:{purpose}:{uuid4()}",
        is_exercise=is_exercise,
        priority=PRIORITY,
        next_at=now,
        not_after=now + LINK_LIVES,
        facts_sealed=contacts.sealed_facts(facts),
    )


def _waiting(token: str, now: datetime) -> Q:
    return Q(
        confirm_token_hash=contacts.token_hash(token),
        confirmed_at__isnull=True,
        ended_at__isnull=True,
        created_at__gt=now - LINK_LIVES,
    )


def waiting_for(*, token: str, now: datetime) -> Subscription:
    """Return the wish that a link would confirm, changing nothing; raises LinkSpent."""
    found = (
        Subscription.objects.filter(_waiting(token, now))
        .select_related("corridor__origin", "corridor__destination")
        .first()
    )
    if found is None:
        raise LinkSpent
    return found


@transaction.atomic
def confirm(*, token: str, now: datetime) -> UUID:
    """Confirm the wish of a link and return its id; raises LinkSpent the second time."""
    found = Subscription.objects.select_for_update().filter(_waiting(token, now)).first()
    if found is None:
        raise LinkSpent
    Subscription.objects.filter(pk=found.pk).update(confirmed_at=now)
    return found.pk


def stop(*, token: str) -> int:
    """Delete the subscriber of this link with everything we hold of them; return how many (0 or 1).

    Their messages that wait go with them. A token that is unknown by now is no error.
    """
    subscribers = Subscriber.objects.filter(stop_token_hash=contacts.token_hash(token))
    found = subscribers.count()
    subscribers.delete()
    return found


@transaction.atomic
def forget_the_unconfirmed(*, now: datetime) -> int:
    """Delete wishes not confirmed in time and contacts that want nothing; return how many."""
    old = now - LINK_LIVES
    ConfirmationAsked.objects.filter(at__lt=old).delete()
    gone, _ = Subscription.objects.filter(confirmed_at__isnull=True, created_at__lt=old).delete()
    Subscriber.objects.filter(subscriptions__isnull=True, created_at__lt=old).delete()
    return gone
