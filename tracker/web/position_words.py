"""Words for positions: why one is not believed, why a file or a point of it was not taken."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.lib import bounded, gpx
from tracker.positions import plausible
from tracker.positions.fixes import MOCK
from tracker.positions.models import PositionFix

# Further from the road than this a place has no km of it.
FAR_M = 50_000

FLAGS: dict[str, str | Promise] = {
    MOCK: gettext_lazy("the phone calls it simulated"),
    plausible.SPEED: gettext_lazy("faster than 130 km/h"),
    plausible.JUMP: gettext_lazy("jumped"),
    plausible.CIRCLE: gettext_lazy("goes in a circle"),
    plausible.FROZEN: gettext_lazy("several places at one moment"),
    plausible.REPLAY: gettext_lazy("repeats an earlier track"),
    plausible.DRIFT: gettext_lazy("drawn away in a straight line"),
    plausible.AFTER: gettext_lazy("follows from a false one"),
}
REFUSALS: dict[str, str | Promise] = {
    "impossible": gettext_lazy("no place on earth"),
    "null_island": gettext_lazy("latitude and longitude are 0"),
    "in_future": gettext_lazy("its time has not come yet"),
    "too_old": gettext_lazy("older than seven days"),
    gpx.NO_TIME: gettext_lazy("has no time"),
    gpx.BAD_TIME: gettext_lazy("its time cannot be read"),
    gpx.NO_PLACE: gettext_lazy("has no latitude and longitude"),
}
FILES: dict[str, str | Promise] = {
    bounded.TOO_BIG: gettext_lazy("The file is larger than 5 MB."),
    bounded.TOO_HARD: gettext_lazy("The file takes too much time or memory to read."),
    gpx.NOT_XML: gettext_lazy("This is no GPX file: it breaks off or is not XML."),
    gpx.NOT_GPX: gettext_lazy("This is XML, but no GPX file."),
    gpx.TOO_DEEP: gettext_lazy("The file is nested too deeply to be a track."),
    gpx.TOO_MANY: gettext_lazy("The file has more than 20,000 points. Cut it in two."),
    gpx.ENTITIES: gettext_lazy("The file declares entities, which no recorder writes."),
}


def flag_words(flags: Iterable[str]) -> str:
    """Say why a position is not believed, "" where it is."""
    return ", ".join(str(FLAGS.get(flag, flag)) for flag in flags)


def km_words(fix: PositionFix | None) -> str:
    """Write the km by road of a fix, "" where it is too far from the road to have any."""
    if fix is None or fix.chainage_km is None or (fix.off_route_m or 0) > FAR_M:
        return ""
    return formats.number_format(fix.chainage_km, decimal_pos=1)


def beside_words(fix: PositionFix | None) -> str:
    """Write how far beside the road a fix is, in m or km."""
    if fix is None or fix.off_route_m is None:
        return ""
    if fix.off_route_m < 1_000:
        return _("%(n)s m") % {"n": round(fix.off_route_m)}
    return _("%(n)s km") % {"n": formats.number_format(fix.off_route_m / 1000, decimal_pos=1)}


def refusal_words(code: str) -> str:
    """Say why a point was not taken."""
    return str(REFUSALS.get(code, code))


def file_words(code: str) -> str:
    """Say why a whole file was not taken."""
    return str(FILES.get(code) or _("The file cannot be read."))
