"""Damage files the way wires, editors and people who mean harm do."""

from __future__ import annotations

import random

_SNIPPETS = (
    b"\x00", b"\xff", b"<", b">", b"&", b'"', b"]]>", b"<!--", b"NaN", b"1e309", b"-", b",,,",
    b"\xd8\x00", b"\xe2\x80\xae", b"[" * 50, b"{" * 50, b"9" * 400, b"=cmd|' /C calc'!A0", b"\n",
)  # fmt: skip


def mangled(body: bytes, chance: random.Random) -> bytes:
    """Return `body` with one to six cuts, flips, repeats, swaps or foreign bytes."""
    found = bytearray(body)
    for _ in range(chance.randint(1, 6)):
        if not found:
            break
        at, other = sorted(chance.randrange(len(found) + 1) for _ in range(2))
        act = chance.randrange(5)
        if act == 0:
            del found[at:other]
        elif act == 1:
            found[at:at] = chance.choice(_SNIPPETS)
        elif act == 2 and at < len(found):
            found[at] ^= 1 << chance.randrange(8)
        elif act == 3:
            found[at:at] = found[at : min(other, at + 200)]
        else:
            found[at : at + 2] = bytes(chance.randrange(256) for _ in range(2))
    return bytes(found)
