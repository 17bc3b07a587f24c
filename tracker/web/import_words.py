"""Say what is wrong with a row of a file, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

_WORDS: dict[str, str | Promise] = {
    # the file
    "too_big": lazy("The file is too large, or unpacks to too much. Send at most 5 MB."),
    "too_hard": lazy("The file takes too much work to read. Send a plain, smaller one."),
    "not_a_table": lazy("This is no table. Send a CSV or XLSX file."),
    "too_many_rows": lazy("The table has too many rows. Send at most 2,000."),
    "too_many_columns": lazy("The table has too many columns. Send at most 40."),
    "no_rows": lazy("The file is empty."),
    "no_vehicles": lazy("No vehicle stands in the file. Give each one a row with its code."),
    "not_a_route": lazy("This is no route. Send a GPX, KML, KMZ or GeoJSON file."),
    "no_line": lazy("The file holds no line of at least two points."),
    "off_earth": lazy("A point has no location on earth. Check latitude and longitude."),
    "too_many_points": lazy("The line has too many points. Send at most 20,000."),
    "too_deep": lazy("The file is nested too deeply to be a route."),
    "entities": lazy("The file defines entities of its own. Save it anew without them."),
    "ends_unknown": lazy("The corridor's two places have no location. Give them one first."),
    # the line
    "far_start": lazy("The line begins far from where the corridor does: %(text)s km."),
    "far_end": lazy("The line ends far from where the corridor does: %(text)s km."),
    "no_length": lazy("The line has no length."),
    "several_lines": lazy("The file holds %(text)s lines; the one with most points is taken."),
    "place_off": lazy("This place is not on the line and will be left out: %(text)s km beside it."),
    # a row
    "code": lazy("“%(text)s” is not a code. Use up to 16 letters and digits."),
    "kind": lazy("“%(text)s” is no kind of vehicle. Write bus, car, ambulance or truck."),
    "number": lazy("“%(text)s” is not a number. Leave it empty if not known."),
    "seats": lazy("%(text)s seats cannot be right. Check the number."),
    "slip": lazy("%(text)s people to seats looks like a slip. Check the number."),
    "crowded": lazy("%(text)s people to seats. Is that right?"),
    "twice": lazy("This vehicle stands in the file already (%(text)s)."),
    "taken": lazy("The convoy has a vehicle %(text)s already. Leave the row out."),
    "too_many": lazy("The file has %(text)s vehicles. Send at most 500."),
}


def problem_words(problem: Mapping[str, Any]) -> str:
    """Return one problem of a file, with the row it stands in."""
    text = str(_WORDS.get(problem["code"], problem["code"])) % {"text": problem["text"]}
    if not problem["row"]:
        return text
    return _("Row %(row)s: %(text)s") % {"row": problem["row"], "text": text}
