"""Numbers by group for other eyes: none so small, or so easily worked out, that it names a person.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

# Of these a person is in none, one or several: they add up to nothing that could give one away.
NEEDS = frozenset({"disability", "unaccompanied", "medical"})
FEWEST_FOR_PARTNERS = 5
FEWEST_FOR_PUBLIC = 10


def without_small_cells(groups: Mapping[str, int], *, fewest: int) -> dict[str, int | None]:
    """Return the groups with `None` for each that is kept back.

    Kept back is each number from 1 to below `fewest`, and as many of the next smallest as it takes
    that what is kept back cannot be worked out from a total: at least two groups, with at least
    `fewest` people between them, or else all of them.
    """
    parts = {name: number for name, number in groups.items() if name not in NEEDS}
    hidden = {name for name, number in parts.items() if 0 < number < fewest}
    others = sorted((number, name) for name, number in parts.items() if number >= max(fewest, 1))
    for _number, name in others:
        if not hidden or (len(hidden) > 1 and sum(parts[each] for each in hidden) >= fewest):
            break
        hidden.add(name)
    if len(hidden) == 1 or (hidden and sum(parts[each] for each in hidden) < fewest):
        # Too few to hide among: the zeros beside them would tell who the rest is.
        hidden = set(parts)
    hidden |= {name for name in NEEDS & set(groups) if 0 < groups[name] < fewest}
    return {name: None if name in hidden else number for name, number in groups.items()}
