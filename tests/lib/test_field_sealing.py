"""What a phone seals opens here alone, under its own id alone, byte for byte."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.phones import sealed_to, unbase64url
from tracker.lib.field_sealing import FieldKey, OtherKey, from_base64url, to_base64url
from tracker.lib.sealing import CannotOpen

KEY = FieldKey("the secret of this installation")
ENTRY = UUID("0b0e4a58-6a1a-4b5f-9d50-7f4f3f1f0a11")


def public(key: FieldKey) -> dict[str, str]:
    return {"id": key.public.id, "x": key.public.x, "y": key.public.y}


def sealed(plain: bytes = b"held", entry_id: UUID = ENTRY) -> bytes:
    return sealed_to(public(KEY), plain, entry_id=str(entry_id))


@given(st.binary(max_size=300))
def test_what_was_sealed_opens_byte_for_byte(plain: bytes) -> None:
    envelope = sealed(plain)

    opened = KEY.open(envelope, entry_id=ENTRY)

    assert opened == plain


def test_the_same_secret_gives_the_same_key_and_its_id_is_the_hash_of_the_point() -> None:
    again = FieldKey("the secret of this installation").public
    point = b"\x04" + unbase64url(again.x) + unbase64url(again.y)

    assert again == KEY.public
    assert again.id == sha256(point).hexdigest()[:16]
    assert FieldKey("another secret").public != again


def test_another_key_opens_nothing_and_says_so() -> None:
    envelope = sealed()

    with pytest.raises(OtherKey):
        FieldKey("another secret").open(envelope, entry_id=ENTRY)


def test_an_envelope_that_claims_our_key_but_was_sealed_to_another_stays_shut() -> None:
    other = public(FieldKey("another secret")) | {"id": KEY.public.id}
    envelope = sealed_to(other, b"held", entry_id=str(ENTRY))

    with pytest.raises(CannotOpen):
        KEY.open(envelope, entry_id=ENTRY)


def test_an_entry_under_another_id_stays_shut() -> None:
    envelope = sealed()

    with pytest.raises(CannotOpen):
        KEY.open(envelope, entry_id=uuid4())


def test_no_flipped_byte_and_no_cut_goes_unnoticed() -> None:
    envelope = sealed(b"held at Vasylivka")
    changed = [
        envelope[:at] + bytes([envelope[at] ^ 0x41]) + envelope[at + 1 :]
        for at in range(len(envelope))
    ]
    cut = [envelope[:length] for length in range(len(envelope))]

    for bad in [*changed, *cut, envelope + b"\x00"]:
        with pytest.raises(CannotOpen):
            KEY.open(bad, entry_id=ENTRY)


@given(st.binary(max_size=200))
def test_base64url_comes_back_and_needs_no_padding(raw: bytes) -> None:
    text = to_base64url(raw)

    assert from_base64url(text) == raw
    assert from_base64url(text + "=" * (-len(text) % 4)) == raw


@pytest.mark.parametrize("text", ["a", "a b c d", "ää", "ab+/", "a\x00bc"])
def test_what_is_no_base64url_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # several kinds of it
        from_base64url(text)


def test_an_empty_secret_makes_no_key() -> None:
    with pytest.raises(ValueError, match="empty"):
        FieldKey("")
