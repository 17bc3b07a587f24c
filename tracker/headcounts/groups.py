"""Parts of a number by age, sex and need, summed over the vehicles that told them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracker.headcounts.ledger import Item


@dataclass(frozen=True, slots=True)
class Groups:
    """Numbers by group; of `vehicles` each group was told by as many as `told_by` says.

    `vehicles` is 0 where they were told for the whole convoy at once. A group that no vehicle told
    is not in here: not reported is not zero.
    """

    numbers: Mapping[str, int] = field(default_factory=dict)
    told_by: Mapping[str, int] = field(default_factory=dict)
    vehicles: int = 0

    @property
    def told_alike(self) -> int | None:
        """Return how many vehicles told each group, `None` where not all were told by as many."""
        counts = set(self.told_by.values())
        return counts.pop() if len(counts) == 1 else None


def groups_of(items: Sequence[Item], *, vehicles: int) -> Groups:
    """Return the groups of a number that `items` make up: one for the convoy, or one a vehicle.

    `vehicles` is how many there are in the column.
    """
    if len(items) == 1 and items[0].vehicle_id is None:
        return Groups(items[0].groups)
    numbers: dict[str, int] = {}
    told_by: dict[str, int] = {}
    for item in items:
        for name, number in item.groups.items():
            numbers[name] = numbers.get(name, 0) + number
            told_by[name] = told_by.get(name, 0) + 1
    return Groups(numbers, told_by, vehicles if numbers else 0)
