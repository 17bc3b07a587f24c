"""What of a convoy its own people and a partner are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tracker.convoys.models import Convoy, ConvoyShare, ConvoyState, Vehicle
from tracker.convoys.queries import state_at
from tracker.headcounts.balance import Balance

# A partner's position is a stretch of the road while the convoy is on it, never a point.
STRETCH_KM = 25
# No partner is told a number of fewer people, unless counts are shared.
FEWEST_PEOPLE = 5
# While people load or a convoy is held, its place is nobody's business but its own organisation's.
_STANDING = frozenset({ConvoyState.ASSEMBLING, ConvoyState.HELD})
# What a partner hears of a convoy whose movements are not shared: not yet left, or arrived.
_TOLD = frozenset({ConvoyState.ASSEMBLING, ConvoyState.ARRIVED})

_NOT_SHARED: dict[str, Any] = dict.fromkeys(
    (
        "attempt",
        "state",
        "state_since",
        "planned_departure_at",
        "last_contact_at",
        "head_km",
        "tail_km",
        "at_checkpoint",
        "held_reason",
        "vehicles",
        "passages",
    )
)


def _frame(convoy: Convoy) -> dict[str, Any]:
    return {
        "id": convoy.pk,
        "code": convoy.code,
        "organisation": convoy.organisation.name,
        "corridor": convoy.corridor.slug,
        "departed_at": convoy.departed_at,
    }


def _people(convoy: Convoy, balance: Balance) -> dict[str, int | None]:
    on_board, gap = balance.on_board, balance.gap
    return {
        "planned": convoy.people_planned,
        "on_board_low": on_board.low if on_board else None,
        "on_board_high": on_board.high if on_board else None,
        "on_board_is_estimate": on_board.is_estimate if on_board else None,
        "not_accounted_for_low": gap.low if gap else None,
        "not_accounted_for_high": gap.high if gap else None,
    }


def convoy_for_its_own(convoy: Convoy, *, balance: Balance, at: datetime) -> dict[str, Any]:
    """Return everything, to people of the convoy's own organisation."""
    standing = [each for each in convoy.vehicles.all() if each.state != Vehicle.State.WITHDRAWN]
    return {
        **_frame(convoy),
        "attempt": convoy.attempt_id,
        "state": state_at(convoy, at=at),
        "state_since": convoy.state_since,
        "planned_departure_at": convoy.planned_departure_at,
        "ended_at": convoy.ended_at,
        "last_contact_at": convoy.last_contact_at,
        "head_km": convoy.head_km,
        "tail_km": convoy.tail_km,
        "at_checkpoint": convoy.at_checkpoint.code if convoy.at_checkpoint else None,
        "held_reason": convoy.held_reason,
        "people": _people(convoy, balance),
        "vehicles": standing,
        "passages": sorted(convoy.passages.all(), key=lambda passage: passage.checkpoint.km),
    }


def _movement(convoy: Convoy, *, is_shared: bool) -> dict[str, Any]:
    """Return what a partner is told of the way: with the movement shared, a stretch of 25 km."""
    has_arrived = convoy.state == ConvoyState.ARRIVED
    told: dict[str, Any] = {"ended_at": convoy.ended_at if is_shared or has_arrived else None}
    if is_shared or convoy.state in _TOLD:
        told |= {"state": convoy.state, "state_since": convoy.state_since}
    if is_shared and convoy.state not in _STANDING and convoy.head_km is not None:
        told["head_km"] = (
            convoy.head_km if has_arrived else convoy.head_km // STRETCH_KM * STRETCH_KM
        )
    return told


def _counts(convoy: Convoy, balance: Balance, *, is_shared: bool) -> dict[str, int | None]:
    people = _people(convoy, balance)
    if is_shared:
        return people
    planned = convoy.people_planned
    return {
        **dict.fromkeys(people),
        "planned": planned if planned is not None and planned >= FEWEST_PEOPLE else None,
    }


def convoy_for_partner(convoy: Convoy, *, balance: Balance) -> dict[str, Any]:
    """Return what its organisation shares of a convoy with the one that asks.

    Expects the share as `convoy.shares_with_reader`, from `convoys_with_parts_seen_by`.
    """
    shares: list[ConvoyShare] = getattr(convoy, "shares_with_reader", [])
    return {
        **_frame(convoy),
        **_NOT_SHARED,
        **_movement(convoy, is_shared=any(share.shares_position for share in shares)),
        "people": _counts(convoy, balance, is_shared=any(share.shares_counts for share in shares)),
    }
