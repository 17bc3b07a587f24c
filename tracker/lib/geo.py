"""Distances on the earth and places on the line of a road: km along it, metres beside it. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, hypot, isfinite, radians, sin, sqrt

from pyproj import Proj
from shapely import LineString, distance, line_locate_point, points

EARTH_M = 6_371_008.8
# A degree of latitude, anywhere.
DEGREE_M = EARTH_M * radians(1)
# A line with a longer straight leg than this runs through places, not along the asphalt.
COARSE_LEG_M = 10_000
# Where the asphalt is known: off beyond the first figure, back within the second.
LEAVE_M, BACK_M = 500, 250
# Where only places are known the road may bow out between them by this share of a leg.
COARSE_LEAVE_M, COARSE_SHARE, COARSE_BACK = 5_000, 0.15, 0.7
# Vehicles assemble and unload anywhere in the towns at both ends.
END_KM, END_OFF_M = 3.0, 3_000


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return the great-circle distance in metres, right to half a percent; degrees in."""
    phi, other_phi = radians(lat), radians(other_lat)
    part = (
        sin((other_phi - phi) / 2) ** 2
        + cos(phi) * cos(other_phi) * sin(radians(other_lon - lon) / 2) ** 2
    )
    return 2 * EARTH_M * asin(min(1.0, sqrt(part)))


def on_plane(
    places: Sequence[tuple[float, float]], *, centre: tuple[float, float]
) -> list[tuple[float, float]]:
    """Return (latitude, longitude) as metres east and north of `centre`, for some 50 km around."""
    lat0, lon0 = centre
    east = DEGREE_M * cos(radians(lat0))
    return [
        (((lon - lon0 + 180) % 360 - 180) * east, (lat - lat0) * DEGREE_M) for lat, lon in places
    ]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a location lies by the road: km by road from its start, metres beside it."""

    chainage_km: float
    off_m: float


class RoadLine:
    """The line of a road, with the km by road that is known of places on it.

    `path` is (longitude, latitude) in degrees, `anchors` are (longitude, latitude, km) of the
    places whose km is known; between them km runs in proportion to the line. `leave_m` and
    `back_m` say how far beside it counts as off the road, and as back on it.
    """

    def __init__(
        self,
        path: Sequence[tuple[float, float]],
        *,
        anchors: Sequence[tuple[float, float, float]],
        length_km: float | None,
    ) -> None:
        middle = path[len(path) // 2]
        self._plane = Proj(proj="aeqd", lon_0=middle[0], lat_0=middle[1], ellps="WGS84")
        line = self._on_plane(path)
        self._line = LineString(line)
        legs = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(line)]
        longest = max(legs)
        self.is_coarse = longest > COARSE_LEG_M
        wide = max(COARSE_LEAVE_M, COARSE_SHARE * longest)
        self.leave_m = wide if self.is_coarse else float(LEAVE_M)
        self.back_m = wide * COARSE_BACK if self.is_coarse else float(BACK_M)
        self._along, self._km = self._scale(anchors, length_km)
        self.total_km = self._km[-1]

    def _on_plane(self, places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        east, north = self._plane([place[0] for place in places], [place[1] for place in places])
        return list(zip(east, north, strict=True))

    def _scale(
        self, anchors: Sequence[tuple[float, float, float]], length_km: float | None
    ) -> tuple[list[float], list[float]]:
        """Return metres along the line and the km that each stands for, both rising."""
        whole_m = self._line.length
        known = {0.0: 0.0}
        if anchors:
            at = line_locate_point(
                self._line, points(self._on_plane([(lon, lat) for lon, lat, _km in anchors]))
            )
            known |= {float(m): km for m, (_lon, _lat, km) in zip(at, anchors, strict=True)}
        known.setdefault(whole_m, length_km or max(*known.values(), whole_m / 1000))
        along, kms = [0.0], [known[0.0]]
        for metres in sorted(known):
            # A place that lies out of order says nothing about the km around it.
            if metres > along[-1] and known[metres] > kms[-1]:
                along.append(metres)
                kms.append(known[metres])
        if along[-1] < whole_m:
            along.append(whole_m)
            kms.append(kms[-1] + (whole_m - along[-2]) / 1000)
        return along, kms

    def _km_at(self, metres: float) -> float:
        index = min(max(bisect_right(self._along, metres), 1), len(self._along) - 1)
        before, after = self._along[index - 1], self._along[index]
        share = (metres - before) / (after - before)
        return self._km[index - 1] + share * (self._km[index] - self._km[index - 1])

    def match(self, places: Sequence[tuple[float, float]]) -> list[Match | None]:
        """Return where each (latitude, longitude) lies; `None` for one out of any relation."""
        if not places:
            return []
        spots = points(self._on_plane([(lon, lat) for lat, lon in places]))
        along, off = line_locate_point(self._line, spots), distance(self._line, spots)
        return [
            Match(round(self._km_at(float(m)), 3), round(float(d), 1))
            if isfinite(m) and isfinite(d)
            else None
            for m, d in zip(along, off, strict=True)
        ]

    def is_at_an_end(self, chainage_km: float, off_m: float) -> bool:
        """Tell whether this is in the town at either end, where nobody is expected on the road."""
        is_near = chainage_km <= self._km[0] + END_KM or chainage_km >= self.total_km - END_KM
        return is_near and off_m <= END_OFF_M
