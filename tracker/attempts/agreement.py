"""Weigh what the parties say of the eleven points of a corridor; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

SIDES = frozenset({"PARTY_A", "PARTY_B"})
# Only a neutral organisation that speaks to both sides can vouch for both at once.
NEUTRAL = "HUMANITARIAN"


class PartyPosition(Protocol):
    """One party's newest word on one point."""

    @property
    def item(self) -> str: ...

    @property
    def party(self) -> str: ...

    @property
    def position(self) -> str: ...


Said = TypeVar("Said", bound=PartyPosition)


@dataclass(frozen=True, slots=True)
class PointState(Generic[Said]):
    """One point: AGREED, ONE_SIDE, CONTESTED or SILENT, and the words it rests on."""

    item: str
    state: str
    positions: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Agreement(Generic[Said]):
    """Every point in the order of the list, and how many of them are agreed."""

    points: tuple[PointState[Said], ...]

    @property
    def agreed(self) -> int:
        """Return how many points both sides agree on."""
        return sum(point.state == "AGREED" for point in self.points)

    @property
    def still_open(self) -> tuple[str, ...]:
        """Return the points that are not agreed by both sides."""
        return tuple(point.item for point in self.points if point.state != "AGREED")


def _state(positions: Iterable[PartyPosition]) -> str:
    """Return the state of one point; a word against it outweighs any word for it."""
    by_party = {said.party: said.position for said in positions}
    if "CONTESTED" in by_party.values():
        return "CONTESTED"
    agreeing = {party for party, position in by_party.items() if position == "AGREED"}
    if agreeing >= SIDES or NEUTRAL in agreeing:
        return "AGREED"
    return "ONE_SIDE" if agreeing & SIDES else "SILENT"


def weigh(positions: Iterable[Said], *, items: Sequence[str]) -> Agreement[Said]:
    """Weigh the newest word of each party on each of `items`, which come in this order."""
    by_item: dict[str, list[Said]] = {item: [] for item in items}
    for said in positions:
        by_item.setdefault(said.item, []).append(said)
    return Agreement(
        tuple(PointState(item, _state(said), tuple(said)) for item, said in by_item.items())
    )
