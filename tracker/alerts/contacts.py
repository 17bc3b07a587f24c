"""The contacts of people outside: sealed at rest, found by fingerprint, opened only to send."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address, ip_network

from django.conf import settings

from tracker.alerts.models import Subscriber
from tracker.lib.sealing import Seal, seal_of

_CONTACT, _NETWORK, _STOP, _FACTS = "contact", "network", "stop", "facts"


@lru_cache(maxsize=4)
def _seal(secret: str) -> Seal:
    return seal_of(secret)


def seal() -> Seal:
    """Return the seal of this installation; its secret lies outside the database."""
    return _seal(settings.CONTACT_KEY)


def contact_hash(address: str) -> str:
    """Return the fingerprint of an e-mail address; capitals make no difference."""
    return seal().fingerprint(address.strip().casefold(), use=_CONTACT)


def network_hash(ip: str) -> str:
    """Return the fingerprint of the network of an address: its /24, or its /64 for IPv6."""
    try:
        address = ip_address(ip)
    except ValueError:
        return seal().fingerprint("unknown", use=_NETWORK)
    mapped = getattr(address, "ipv4_mapped", None)
    prefix = 24 if (mapped or address).version == 4 else 64
    network = ip_network((mapped or address, prefix), strict=False)
    return seal().fingerprint(str(network), use=_NETWORK)


def token_hash(token: str) -> str:
    """Return what the database keeps of a link's token; tokens are long and random."""
    return sha256(token.encode()).hexdigest()


def sealed_contact(address: str) -> bytes:
    """Return the address as the database keeps it."""
    return seal().seal(address.strip(), use=_CONTACT)


def sealed_stop_token(token: str) -> bytes:
    """Return the token of the link that stops everything, as the database keeps it."""
    return seal().seal(token, use=_STOP)


def sealed_facts(facts: dict[str, str]) -> bytes:
    """Return facts of a message that must not be read in the database."""
    return seal().seal(json.dumps(facts), use=_FACTS)


def contact_of(subscriber: Subscriber) -> str:
    """Return the address of a subscriber; raises sealing.CannotOpen with another key."""
    return seal().open(bytes(subscriber.contact_sealed), use=_CONTACT)


def stop_token_of(subscriber: Subscriber) -> str:
    """Return the token of the link that stops everything to this subscriber."""
    return seal().open(bytes(subscriber.stop_token_sealed), use=_STOP)


def facts_in(sealed: bytes | memoryview) -> dict[str, str]:
    """Return facts that were sealed with a message."""
    facts: dict[str, str] = json.loads(seal().open(bytes(sealed), use=_FACTS))
    return facts


def masked(address: str) -> str:
    """Return an address that its owner would know and nobody else, such as "n…@e….org"."""
    name, _, host = address.rpartition("@")
    label, dot, rest = host.partition(".")
    return f"{name[:1]}…@{label[:1]}…{dot}{rest.rpartition('.')[2]}"
