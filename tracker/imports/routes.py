"""Judge the line of a road against the corridor it is for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tracker.lib.geo import RoadLine, distance_m

# Beyond this from both ends of the corridor the file is of another road.
ENDS_WITHIN_KM = 25.0
# A place of the road as it was stays a place of the new line within this distance.
PLACE_WITHIN_M = 5_000
# More vertices than this say nothing that a map or a match could show.
KEPT_VERTICES = 2_000


@dataclass(frozen=True, slots=True)
class Known:
    """A place that the corridor's road is known to pass, with its km by road where known."""

    name: str
    lat: float
    lon: float
    km: float | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line as it would be taken: its length, which places lie on it, and what is wrong or odd."""

    path: list[list[float]]
    length_km: float
    places: tuple[tuple[str, float], ...]
    off: tuple[tuple[str, float], ...]
    problems: tuple[tuple[str, str], ...]
    is_reversed: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the line as the database keeps it until it is taken."""
        return {
            "path": self.path,
            "length_km": self.length_km,
            "places": [list(each) for each in self.places],
            "off": [list(each) for each in self.off],
            "is_reversed": self.is_reversed,
        }


def _thinned(line: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return at most KEPT_VERTICES of the points, both ends among them."""
    step = max(1, -(-len(line) // KEPT_VERTICES))
    kept = [list(point) for point in line[::step]]
    if kept[-1] != list(line[-1]):
        kept.append(list(line[-1]))
    return kept


def _gap_km(point: Sequence[float], place: Known) -> float:
    return distance_m(point[1], point[0], place.lat, place.lon) / 1000


def draw(
    line: Sequence[Sequence[float]], *, start: Known, end: Known, known: Sequence[Known]
) -> Drawn:
    """Return the line for a corridor from `start` to `end`; `line` is (longitude, latitude).

    One that runs the other way is turned round. Places known on the old road are kept where they
    lie within 5 km of the line, with their km along it.
    """
    path = _thinned(line)
    forward = _gap_km(path[0], start) + _gap_km(path[-1], end)
    backward = _gap_km(path[-1], start) + _gap_km(path[0], end)
    if is_reversed := backward < forward:
        path = path[::-1]
    problems = [
        (code, f"{place.name} {gap:.0f}")
        for code, place, gap in (
            ("far_start", start, _gap_km(path[0], start)),
            ("far_end", end, _gap_km(path[-1], end)),
        )
        if gap > ENDS_WITHIN_KM
    ]
    if path[0] == path[-1] and len(path) == 2:
        return Drawn(path, 0.0, (), (), (("no_length", ""),))
    road = RoadLine([(lon, lat) for lon, lat in path], anchors=(), length_km=None)
    matches = road.match([(place.lat, place.lon) for place in known])
    on, off = [], []
    for place, match in zip(known, matches, strict=True):
        if match is not None and match.off_m <= PLACE_WITHIN_M:
            on.append((place.name, round(match.chainage_km, 1)))
        else:
            off.append((place.name, round(match.off_m / 1000, 1) if match else 0.0))
    return Drawn(path, round(road.total_km, 1), tuple(on), tuple(off), tuple(problems), is_reversed)
