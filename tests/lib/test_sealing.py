"""What is sealed opens only with its secret and for its use, and is found without being read."""

from __future__ import annotations

import pytest

from tracker.lib.sealing import CannotOpen, seal_of

SEAL = seal_of("a secret of this installation")
TEXT = "somebody@example.net"


def test_what_was_sealed_opens_again_and_cannot_be_read_in_between() -> None:
    sealed = SEAL.seal(TEXT, use="contact")

    assert SEAL.open(sealed, use="contact") == TEXT
    assert b"somebody" not in sealed


def test_the_same_text_is_sealed_differently_each_time_but_has_one_fingerprint() -> None:
    sealed = {SEAL.seal(TEXT, use="contact") for _ in range(20)}
    fingerprints = {SEAL.fingerprint(TEXT, use="contact") for _ in range(20)}

    assert (len(sealed), len(fingerprints)) == (20, 1)


def test_another_secret_another_use_or_a_changed_byte_opens_nothing() -> None:
    sealed = SEAL.seal(TEXT, use="contact")
    changed = [
        sealed[:index] + bytes([sealed[index] ^ 1]) + sealed[index + 1 :]
        for index in range(len(sealed))
    ]

    for bad in [*changed, b"", sealed[:12]]:
        with pytest.raises(CannotOpen):
            SEAL.open(bad, use="contact")
    with pytest.raises(CannotOpen):
        SEAL.open(sealed, use="stop")
    with pytest.raises(CannotOpen):
        seal_of("another secret").open(sealed, use="contact")


def test_fingerprints_differ_by_text_by_use_and_by_secret() -> None:
    fingerprints = {
        SEAL.fingerprint(TEXT, use="contact"),
        SEAL.fingerprint(TEXT + "x", use="contact"),
        SEAL.fingerprint(TEXT, use="network"),
        seal_of("another secret").fingerprint(TEXT, use="contact"),
    }

    assert len(fingerprints) == 4


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        seal_of("")
