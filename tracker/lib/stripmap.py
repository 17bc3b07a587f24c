"""Draw a convoy's road to scale: checkpoints by km, what is behind and ahead, head and tail.

Pure: no clock, no framework. The list twin for small screens is a template on the same Strip.
"""

from dataclasses import dataclass
from html import escape
from typing import Literal

WIDTH, MARGIN, LINE_Y = 1088, 11, 44
# In one of two columns: text keeps its size there.
NARROW_WIDTH = 520
LABEL_GAP = 12  # px kept free between two labels
ROW_HEIGHT = 18
# Mean advance of the staff typeface at 14 px, bold Latin and Cyrillic; a little wide on purpose.
CHARACTER_WIDTH = 8.0

Anchor = Literal["start", "middle", "end"]
Choice = tuple[Anchor, float]


@dataclass(frozen=True)
class Stop:
    """State one place on the road. `note` and `wait` are text; `alarm` colours the wait.

    "on_road" is a place on a road that is drawn without a convoy.
    """

    km: float
    name: str
    place: Literal["past", "here", "ahead", "on_road"]
    note: str = ""
    wait: str = ""
    alarm: bool = False
    url: str = ""


@dataclass(frozen=True)
class Mark:
    """State where one vehicle is by its tracker; `level` is fresh, ageing, old or off (the road).

    A mark fades with its age and never takes the colour of a status.
    """

    km: float
    level: str


@dataclass(frozen=True)
class Strip:
    """State a road and a convoy on it. `spoken` is the one sentence a screen reader says.

    Without `head_km` the place is not known and only the road to the last passed stop is solid;
    a road whose stops are all "on_road" is solid as a whole. `width` is in px. `reach` are the km
    between which a convoy that nobody hears can be: it is hatched.
    """

    stops: tuple[Stop, ...]
    total_km: float
    spoken: str
    label: str = ""
    head_km: float | None = None
    tail_km: float | None = None
    held: bool = False
    width: int = WIDTH
    marks: tuple[Mark, ...] = ()
    reach: tuple[float, float] | None = None


@dataclass(frozen=True)
class PlacedLabel:
    """State where the label of a stop stands: its anchor, its x in px, its level (0 is the top)."""

    anchor: Anchor
    x: float
    level: int


def _label_lines(stop: Stop) -> list[tuple[str, str]]:
    """List the lines under a stop as (class, text), from the top."""
    lines = [("b", stop.name), ("s", f"{stop.km:g} km")]
    if stop.note:
        lines.append(("", stop.note))
    if stop.wait:
        lines.append(("am" if stop.alarm else "s", stop.wait))
    return lines


def _label_width(stop: Stop) -> float:
    return max(len(text) for _, text in _label_lines(stop)) * CHARACTER_WIDTH


def _span(anchor: Anchor, x: float, width: float) -> tuple[float, float]:
    """Return left and right edge in reading direction, so that mirroring changes nothing here."""
    if anchor == "start":
        return x, x + width
    if anchor == "end":
        return x - width, x
    return x - width / 2, x + width / 2


def place_labels(strip: Strip) -> tuple[PlacedLabel, ...]:
    """Choose anchor and level of each label so that no two labels overlap.

    A label goes under its stop, else ends or starts there. What finds no room drops to a deeper
    level and is tied to its stop by a thin line. x is measured from the start of the road.
    """
    placed: dict[int, PlacedLabel] = {}
    waiting = [_options(strip, index) for index in range(len(strip.stops))]
    level = 0
    while waiting:
        chosen = _fill_level(waiting, width=strip.width)
        if not any(chosen):  # wider than the drawing: it is cut, but it is there
            chosen = [waiting[0].choices[0], *chosen[1:]]
        for label, choice in zip(waiting, chosen, strict=True):
            if choice:
                placed[label.index] = PlacedLabel(*choice, level)
        waiting = [label for label in waiting if label.index not in placed]
        level += 1
    return tuple(placed[index] for index in range(len(strip.stops)))


@dataclass(frozen=True)
class _Label:
    """State where one label may stand, best first, and what it costs to drop it a level."""

    index: int
    width: float
    choices: list[Choice]
    drop_cost: int


def _options(strip: Strip, index: int) -> _Label:
    stop, last = strip.stops[index], len(strip.stops) - 1
    at, width = _position(stop.km, strip), _label_width(stop)
    # The two ends of the road stay on the first level whatever stands between them.
    if index == 0:
        return _Label(index, width, [("start", max(at - MARGIN, 0.0))], 1000)
    if index == last:
        return _Label(index, width, [("end", min(at + MARGIN, float(strip.width)))], 1000)
    return _Label(index, width, [("middle", at), ("end", at + 8), ("start", at - 8)], 100)


def _fill_level(labels: list[_Label], *, width: int) -> list[Choice | None]:
    """Choose an anchor for each label on one level, or None to drop it, at the least cost.

    Reads in km order and keeps, for each cost, the row that ends furthest back: with the same cost
    that row leaves the most room, so no better one is lost.
    """
    rows: dict[int, tuple[float, list[Choice | None]]] = {0: (-float(LABEL_GAP), [])}
    for label in labels:
        following: dict[int, tuple[float, list[Choice | None]]] = {}
        for cost, (edge, row) in rows.items():
            ways: list[tuple[int, float, Choice | None]] = [(cost + label.drop_cost, edge, None)]
            for preference, choice in enumerate(label.choices):
                left, right = _span(*choice, label.width)
                if max(0.0, edge + LABEL_GAP) <= left and right <= width:
                    ways.append((cost + min(preference, 1), right, choice))
            for price, end, way in ways:
                if price not in following or end < following[price][0]:
                    following[price] = (end, [*row, way])
        rows = following
    return rows[min(rows)][1]


def _position(km: float, strip: Strip) -> float:
    share = min(max(km / strip.total_km, 0.0), 1.0) if strip.total_km else 0.0
    return MARGIN + share * (strip.width - 2 * MARGIN)


class _Pen:
    """Write SVG at x measured from the start of the road, mirrored when reading from the right."""

    def __init__(self, strip: Strip, *, rtl: bool) -> None:
        self.strip, self.rtl = strip, rtl

    def mirror(self, x: float) -> float:
        """Turn a distance from the start of the road into an x of the drawing."""
        return self.strip.width - x if self.rtl else x

    def x(self, km: float) -> float:
        """Turn km into an x of the drawing."""
        return self.mirror(_position(km, self.strip))

    def road(self) -> str:
        """Draw the solid road behind the head and the dotted road ahead."""
        passed = [stop.km for stop in self.strip.stops if stop.place != "ahead"]
        head = self.strip.head_km
        known = head if head is not None else max(passed, default=0.0)
        done, end = self.x(known), self.x(self.strip.total_km)
        return (
            f'<line class="done" x1="{self.x(0):.1f}" x2="{done:.1f}" y1="{LINE_Y}" y2="{LINE_Y}"/>'
            f'<line class="todo" x1="{done:.1f}" x2="{end:.1f}" y1="{LINE_Y}" y2="{LINE_Y}"/>'
        )

    def reach(self) -> str:
        """Hatch the part of the road on which a convoy that nobody hears can be."""
        if self.strip.reach is None:
            return ""
        a, b = (self.x(km) for km in self.strip.reach)
        left, width = min(a, b), max(abs(b - a), 4.0)
        return (
            f'<rect class="reach" x="{left:.1f}" y="{LINE_Y - 8}" width="{width:.1f}" height="16"/>'
        )

    def stop(self, stop: Stop) -> str:
        """Draw the sign of one stop: filled behind, ring ahead, two bars where it stands."""
        x, past = self.x(stop.km), stop.place == "past"
        sign = (
            f'<circle class="stop{" past" if past else ""}" cx="{x:.1f}" cy="{LINE_Y}" '
            f'r="{7 if past else 8}"/>'
        )
        if stop.place == "here" and self.strip.held:
            sign += (
                f'<path class="body" d="M{x - 3.5:.1f} {LINE_Y - 4}h2.5v8h-2.5z'
                f'M{x + 1:.1f} {LINE_Y - 4}h2.5v8h-2.5z"/>'
            )
        elif stop.place == "here":
            sign += f'<circle class="past" cx="{x:.1f}" cy="{LINE_Y}" r="3.5"/>'
        return sign

    def tie(self, stop: Stop, placed: PlacedLabel, top: int) -> str:
        """Tie a label on a deeper level to its stop by a thin line."""
        if not placed.level:
            return ""
        return f'<path class="tie" d="M{self.x(stop.km):.1f} {LINE_Y + 10}V{top - 16}"/>'

    def label(self, stop: Stop, placed: PlacedLabel, top: int) -> str:
        """Write the lines under one stop; text-anchor follows the text direction by itself."""
        x = self.mirror(placed.x)
        return "".join(
            f'<text class="{name}" x="{x:.1f}" y="{top + ROW_HEIGHT * row}" '
            f'text-anchor="{placed.anchor}">{escape(text)}</text>'
            for row, (name, text) in enumerate(_label_lines(stop))
        )

    def convoy(self) -> str:
        """Draw the body between tail and head above the line, with its name beside it."""
        head = self.strip.head_km
        if head is None:
            return ""
        tail = self.strip.tail_km if self.strip.tail_km is not None else head
        ahead = -1 if self.rtl else 1
        front = self.x(head)
        back = min(self.x(tail) * ahead, (front - 12 * ahead) * ahead) * ahead
        y = LINE_Y
        body = (
            f'<path class="{"body" if self.strip.held else "go"}" d="M{back:.1f} {y - 26}'
            f"L{front - 6 * ahead:.1f} {y - 26}L{front:.1f} {y - 20}"
            f'L{front - 6 * ahead:.1f} {y - 14}L{back:.1f} {y - 14}z"/>'
            f'<path class="tick" d="M{back:.1f} {y - 26}v20M{front:.1f} {y - 20}v12"/>'
        )
        return body + self._name(front, back, ahead)

    def marks(self) -> str:
        """Draw where single vehicles are by their trackers: ticks below the line, old ones last."""
        order = {"old": 0, "ageing": 1, "fresh": 2, "off": 3}
        ticks = sorted(self.strip.marks, key=lambda mark: order[mark.level])
        return "".join(
            f'<path class="mk {mark.level}" d="M{self.x(mark.km):.1f} {LINE_Y + 4}v10"/>'
            for mark in ticks
        )

    def _name(self, front: float, back: float, ahead: int) -> str:
        """Write the convoy's name behind it, or before it where the road has only begun."""
        if not self.strip.label:
            return ""
        width = len(self.strip.label) * CHARACTER_WIDTH
        room_behind = self.mirror(back) if ahead > 0 else self.strip.width - back
        behind = room_behind > width + 8
        x = back - 8 * ahead if behind else front + 8 * ahead
        return (
            f'<text class="b" x="{x:.1f}" y="{LINE_Y - 16}" '
            f'text-anchor="{"end" if behind else "start"}">{escape(self.strip.label)}</text>'
        )


def _level_tops(under: list[tuple[Stop, PlacedLabel]]) -> list[int]:
    """Return the y of the first line of each level of labels, and last the depth of them all."""
    tops = [LINE_Y + 30]
    for level in range(max((label.level for _, label in under), default=-1) + 1):
        lines = [len(_label_lines(stop)) for stop, label in under if label.level == level]
        tops.append(tops[-1] + max(lines, default=0) * ROW_HEIGHT + 10)
    return tops


def draw_strip(strip: Strip, *, rtl: bool = False) -> str:
    """Draw the strip map as one SVG that says one sentence to a screen reader."""
    pen = _Pen(strip, rtl=rtl)
    under = list(zip(strip.stops, place_labels(strip), strict=True))
    tops = _level_tops(under)
    parts = [pen.road(), pen.reach()]
    # Ties first: a label they pass keeps its letters whole.
    parts += [pen.tie(stop, label, tops[label.level]) for stop, label in under]
    parts += [pen.label(stop, label, tops[label.level]) for stop, label in under]
    parts += [pen.stop(stop) for stop in strip.stops]
    parts += [pen.marks(), pen.convoy()]
    depth = max(tops[-1] - ROW_HEIGHT, LINE_Y + 30)
    return (
        f'<svg class="strip wide" viewBox="0 0 {strip.width} {depth}" role="img" '
        f'aria-label="{escape(strip.spoken)}">{"".join(parts)}</svg>'
    )


def draw_stop_sign(stop: Stop, *, held: bool) -> str:
    """Draw the sign of one stop for the list twin, 16 units wide."""
    ring = '<circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="2"/>'
    if stop.place == "past":
        sign = '<circle cx="8" cy="8" r="6"/>'
    elif stop.place in {"ahead", "on_road"}:
        sign = ring
    elif held:
        sign = ring + '<path d="M5.5 5h2v6h-2zM8.5 5h2v6h-2z"/>'
    else:
        sign = ring + '<circle cx="8" cy="8" r="3"/>'
    return f'<svg class="g" viewBox="0 0 16 16" aria-hidden="true">{sign}</svg>'
