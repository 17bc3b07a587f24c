"""Rolling codes of telephones: six digits that each hold once, from an app or a printed list.

Counter-based one-time passwords (RFC 4226); the counter that comes next is kept with the device.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from hashlib import sha256

import pyotp
from django.db.models import F

from tracker.devices.models import Device, RawMessage
from tracker.devices.secrets import new_token, sealed_secret, secret_in

# How many codes may have been made and never come, as a page of the list that was torn off.
WINDOW = 10
PRINTED = 60
ISSUER = "Evacuation tracker"
# A number that sends so many wrong codes within an hour is being tried out: nothing is believed.
WRONG_CODES, WRONG_FOR = 20, timedelta(hours=1)
BAD_CODE = "bad_code"


def _codes(device: Device) -> pyotp.HOTP | None:
    """Return the codes of a telephone, `None` for one without a secret.

    Derived, so that the secret may be any text; 160 bits, as the apps expect.
    """
    if device.secret_sealed is None:
        return None
    key = sha256(b"rolling codes:" + secret_in(device.secret_sealed).encode()).digest()[:20]
    return pyotp.HOTP(base64.b32encode(key).decode())


def accept_code(*, device: Device, code: str) -> int | None:
    """Return the number of the code if it is one of the next ten, and let it and those before it
    never hold again; `None` for any other code.
    """
    codes = _codes(device)
    if codes is None or len(code) != codes.digits:
        return None
    start = Device.objects.values_list("counter", flat=True).get(pk=device.pk)
    for number in range(start, start + WINDOW):
        if codes.verify(code, number):
            # Guarded: of two messages with one code at once, one finds the counter moved.
            moved = Device.objects.filter(pk=device.pk, counter=start).update(counter=number + 1)
            return number if moved else None
    return None


def is_tried_out(device: Device, *, at: datetime) -> bool:
    """Tell whether so many wrong codes came from a number that no code of it is believed now.

    `at` is machine time.
    """
    wrong = RawMessage.objects.filter(
        device=device, reason__in=(BAD_CODE, f"sos_{BAD_CODE}"), received_at__gt=at - WRONG_FOR
    )
    return wrong.count() >= WRONG_CODES


def next_codes(device: Device, *, count: int = PRINTED) -> list[tuple[int, str]]:
    """Return the codes that come next, with their numbers, for a printed list."""
    codes = _codes(device)
    if codes is None:
        return []
    start = Device.objects.values_list("counter", flat=True).get(pk=device.pk)
    return [(number, codes.at(number)) for number in range(start, start + count)]


def code_at(device: Device, *, number: int) -> str:
    """Return one code by its number; "" for a telephone without a secret."""
    codes = _codes(device)
    return codes.at(number) if codes else ""


def app_address(device: Device) -> str:
    """Return the address that sets up an app for such codes; it holds the secret."""
    codes = _codes(device)
    if codes is None:
        return ""
    counter = Device.objects.values_list("counter", flat=True).get(pk=device.pk)
    return codes.provisioning_uri(
        name=device.label or device.code, issuer_name=ISSUER, initial_count=counter
    )


def renew_secret(*, device: Device) -> None:
    """Give a telephone other codes; those of a lost list or app hold no more."""
    Device.objects.filter(pk=device.pk).update(
        secret_sealed=sealed_secret(new_token()), counter=F("counter") + WINDOW
    )
