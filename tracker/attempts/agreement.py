"""Weigh what the parties say of one of the eleven points of a corridor; pure."""

from __future__ import annotations

from collections.abc import Mapping

AGREED, ONE_SIDE, CONTESTED, SILENT = "AGREED", "ONE_SIDE", "CONTESTED", "SILENT"
SIDES = frozenset({"PARTY_A", "PARTY_B"})
# Only a neutral organisation that speaks to both sides can vouch for both at once.
NEUTRAL = "HUMANITARIAN"


def state_of_point(by_party: Mapping[str, str]) -> str:
    """Return AGREED, ONE_SIDE, CONTESTED or SILENT from the newest position of each party.

    A word against a point outweighs any word for it.
    """
    if CONTESTED in by_party.values():
        return CONTESTED
    agreeing = {party for party, position in by_party.items() if position == AGREED}
    if agreeing >= SIDES or NEUTRAL in agreeing:
        return AGREED
    return ONE_SIDE if agreeing & SIDES else SILENT
