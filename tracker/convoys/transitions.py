"""Which state a convoy is in after each kind of entry; a pure table."""

from __future__ import annotations

from tracker.convoys.models import ConvoyState

_ASSEMBLING = ConvoyState.ASSEMBLING
_MOVING = ConvoyState.MOVING
_HELD = ConvoyState.HELD
_TURNED_BACK = ConvoyState.TURNED_BACK
_ARRIVED = ConvoyState.ARRIVED
_SILENT = ConvoyState.OUT_OF_CONTACT

_UNDER_WAY = (_ASSEMBLING, _MOVING, _HELD, _TURNED_BACK, _SILENT)


def _from_all(target: ConvoyState) -> dict[ConvoyState, ConvoyState]:
    """Reach `target` from every state but the last; earlier entries may still be on their way."""
    return dict.fromkeys(_UNDER_WAY, target)


# After ARRIVED nothing moves a convoy: a journey that goes on is another convoy. One that turned
# back stays TURNED_BACK when it is safe again, and moves when it departs anew.
TRANSITIONS: dict[str, dict[ConvoyState, ConvoyState]] = {
    "convoy.departed": _from_all(_MOVING),
    "convoy.arrived_at": _from_all(_MOVING) | {_HELD: _HELD, _TURNED_BACK: _TURNED_BACK},
    "convoy.held": _from_all(_HELD),
    "convoy.cleared": _from_all(_MOVING),
    "convoy.sent_back": _from_all(_TURNED_BACK),
    "convoy.turned_back": _from_all(_TURNED_BACK),
    "convoy.diverted": _from_all(_MOVING),
    "convoy.took_cover": _from_all(_HELD),
    "convoy.night_stop": _from_all(_HELD),
    "convoy.arrived": _from_all(_ARRIVED) | {_TURNED_BACK: _TURNED_BACK},
    "contact.lost": {_ASSEMBLING: _SILENT, _MOVING: _SILENT, _HELD: _SILENT, _SILENT: _SILENT},
}

# What a person at a desk may not type although the fold would bear it, with the reason as a code.
_NOT_TYPED: dict[tuple[str, ConvoyState], str] = {
    ("convoy.departed", _MOVING): "has_left",
    ("convoy.turned_back", _TURNED_BACK): "has_turned",
    ("convoy.arrived", _ASSEMBLING): "not_left",
}
_ONLY_ON_THE_ROAD = frozenset({*TRANSITIONS, "convoy.split", "convoy.joined"})


def next_state(*, kind: str, state: ConvoyState) -> ConvoyState | None:
    """Return the state after an entry of `kind`; `None` where it changes none."""
    return TRANSITIONS.get(kind, {}).get(state)


def why_not(*, kind: str, state: ConvoyState) -> str:
    """Return why such an entry makes no sense in this state, as a code; "" where it may be typed.

    Only a desk asks: a phone's late entry is kept whatever it says and folded in event order.
    """
    if state == _ARRIVED and kind in _ONLY_ON_THE_ROAD:
        return "has_arrived"
    return _NOT_TYPED.get((kind, state), "")
