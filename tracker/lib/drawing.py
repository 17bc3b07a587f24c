"""Draw the signature pieces as SVG text: signs, row of days, funnel, chances, small road.

Pure functions: no clock, no network, no framework. Every word they are given is escaped here, so
the caller may mark the result as safe. `rtl` mirrors a drawing; text is never mirrored.
"""

from dataclasses import dataclass
from html import escape
from typing import Literal

GLYPHS = {
    "open": '<circle cx="8" cy="8" r="7"/>',
    "restricted": (
        '<path fill-rule="evenodd" d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 2v10A5 5 0 0 0 8 3Z"/>'
    ),
    "closed": '<path d="M1.5 1.5h13v13h-13z"/>',
    # Closed for now: the square of "closed", hollow, with the two bars of "held".
    "suspended": (
        '<path fill-rule="evenodd" d="M1.5 1.5h13v13h-13zM3.3 3.3v9.4h9.4V3.3z"/>'
        '<path d="M5.4 5.2h1.9v5.6H5.4zM8.7 5.2h1.9v5.6H8.7z"/>'
    ),
    "announced": (
        '<path fill-rule="evenodd" d="M8 .2 15.8 8 8 15.8.2 8ZM8 3.1 3.1 8 8 12.9 12.9 8Z"/>'
    ),
    "unknown": (
        '<path d="M4.6 5.3A3.4 3.4 0 0 1 8 2.1c2 0 3.5 1.2 3.5 3.1 0 2.5-3.4 2.7-3.4 5.3" '
        'fill="none" stroke="currentColor" stroke-width="2.4"/><circle cx="8" cy="13.8" r="1.6"/>'
    ),
    "moving": '<path d="M3 1.5 14 8 3 14.5Z"/>',
    "held": '<path d="M3 2h4v12H3zM9 2h4v12H9z"/>',
    "turned": (
        '<path d="M5 1 .8 5.2 5 9.4V6.5h4.8a2.4 2.4 0 0 1 0 4.8H4v2.6h5.8a5 5 0 0 0 0-10H5Z"/>'
    ),
    "arrived": (
        '<path fill-rule="evenodd" d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z'
        'm-1.2 10.6L3.4 8.2l1.5-1.5 1.9 1.9 4.3-4.3 1.5 1.5Z"/>'
    ),
    "cancelled": ('<path fill-rule="evenodd" d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1ZM4 7h8v2H4Z"/>'),
    "ring": (
        '<path fill-rule="evenodd" d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 1.8a5.2 5.2 0 1 1 0 10.4'
        'A5.2 5.2 0 0 1 8 2.8ZM7.1 4.5v4.2l3 1.8.9-1.5-2.2-1.3V4.5Z"/>'
    ),
    "phone": ('<path d="M4 .5h8v15H4zM5.5 2.5v9h5v-9zM7 13h2v1H7z" fill-rule="evenodd"/>'),
    "alarm": (
        '<path d="M8 .8 15.6 14.5H.4ZM7.1 5.5v4.6h1.8V5.5Zm0 5.8v1.8h1.8v-1.8Z" '
        'fill-rule="evenodd"/>'
    ),
    "check": '<path d="M6.2 13.2 1 8l1.7-1.7 3.5 3.5 7.1-7.1L15 4.4Z"/>',
    "people": (
        '<path d="M8 1.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM2.5 14.5c0-3.5 2.2-5.5 5.5-5.5'
        's5.5 2 5.5 5.5Z"/>'
    ),
    "says": '<path d="M1 2h14v9.5H7L3.5 15v-3.5H1Z"/>',
    "stophere": (
        '<path fill-rule="evenodd" d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 1.8'
        'a5.2 5.2 0 1 1 0 10.4A5.2 5.2 0 0 1 8 2.8Z"/>'
    ),
}

# Signs that point along the road; in a right-to-left page the road runs the other way.
DIRECTED = frozenset({"moving", "turned"})

HATCH = (
    '<pattern id="p-hatch" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<path class="ph" d="M-1 1 1-1M0 5 5 0M4 6 6 4"/></pattern>'
)


@dataclass(frozen=True)
class DayRow:
    """State one code a day, oldest first; "" is a day without information."""

    states: tuple[str, ...]
    label: str
    first: str
    last: str
    today: str = ""


@dataclass(frozen=True)
class FunnelRow:
    """State one count point. `people` sizes the bar, `figure` is the text a person reads."""

    label: str
    figure: str
    people: int | None
    kind: Literal["counted", "estimated", "not_yet", "none_yet"]
    explained: int = 0
    missing: int = 0
    note: str = ""
    alarm: bool = False
    url: str = ""


@dataclass(frozen=True)
class Chance:
    """State one line of a forecast: by when, in words, in percent."""

    when: str
    words: str
    percent: int
    arrives: bool = True


def draw_glyph(name: str) -> str:
    """Draw one sign in the colour of the text around it. Raise KeyError for an unknown name."""
    flip = " flip" if name in DIRECTED else ""
    if name not in GLYPHS:
        raise KeyError(name)
    return f'<svg class="g{flip}" aria-hidden="true"><use href="#g-{name}"/></svg>'


def draw_sprite(*names: str) -> str:
    """Draw the hidden store of signs and of the hatch that `draw_glyph` refers to."""
    symbols = "".join(
        f'<symbol id="g-{name}" viewBox="0 0 16 16">{GLYPHS[name]}</symbol>'
        for name in names or tuple(GLYPHS)
    )
    return f'<svg class="defs" aria-hidden="true">{symbols}{HATCH}</svg>'


DAY_WIDTH, DAY_GAP, DAY_HEIGHT = 10, 3, 28


def _day_shapes(states: tuple[str, ...], *, rtl: bool) -> dict[str, str]:
    """Collect path data by class: o open, r and rf restricted, x closed or suspended."""
    shapes = {"rf": "", "r": "", "x": "", "o": ""}
    half, low = DAY_HEIGHT // 2, 9
    for index, status in enumerate(states):
        x = (len(states) - 1 - index if rtl else index) * (DAY_WIDTH + DAY_GAP)
        if status == "OPEN":
            shapes["o"] += f"M{x} 0h{DAY_WIDTH}v{DAY_HEIGHT}h-{DAY_WIDTH}z"
        elif status == "RESTRICTED":
            shapes["rf"] += f"M{x} .5h{DAY_WIDTH}v{DAY_HEIGHT - 1}h-{DAY_WIDTH}z"
            shapes["r"] += f"M{x} {half}h{DAY_WIDTH}v{half}h-{DAY_WIDTH}z"
        elif status in {"CLOSED", "SUSPENDED"}:
            shapes["x"] += f"M{x} {DAY_HEIGHT - low}h{DAY_WIDTH}v{low}h-{DAY_WIDTH}z"
    return shapes


def draw_days(row: DayRow, *, rtl: bool = False) -> str:
    """Draw one bar a day, stretched to its box: full open, half restricted, low square closed."""
    width = max(len(row.states) * (DAY_WIDTH + DAY_GAP) - DAY_GAP, DAY_WIDTH)
    shapes = _day_shapes(row.states, rtl=rtl)
    paths = "".join(f'<path class="{name}" d="{d}"/>' for name, d in shapes.items() if d)
    # Short dashes, one under each day: what shows between the bars is a day without information.
    dots = f'<path class="u" d="M3.5 {DAY_HEIGHT - 1.5}H{width}"/>'
    return (
        f'<svg class="days" viewBox="0 0 {width} {DAY_HEIGHT}" preserveAspectRatio="none" '
        f'role="img" aria-label="{escape(row.label)}">{dots}{paths}</svg>'
    )


def _rect(css_class: str, x: float, width: float) -> str:
    name = f' class="{css_class}"' if css_class else ""
    return f'<rect{name} x="{x:.2f}%" y="1" width="{width:.2f}%" height="14"/>'


def _funnel_bar(row: FunnelRow, scale: float, expected: float) -> str:
    """Draw one bar: counted black, estimated hatched, missing red, not reported an empty outline.

    A count that is not there is drawn as the outline of what was last known, never as zero.
    """
    share = (row.people or 0) / scale * 100
    if row.kind == "estimated":
        return _rect("est", 0.2, max(share - 0.4, 0))
    if row.kind == "not_yet":
        return _rect("none", 0.2, max(expected / scale * 100 - 0.4, 0))
    if row.kind == "none_yet":
        return _rect("none", 0, 0.4)
    explained, missing = row.explained / scale * 100, row.missing / scale * 100
    bar = _rect("", 0, share)
    if explained:
        bar += _rect("est", share, explained)
    if missing:
        # A loss of 12 in 3,000 is under half a pixel: a red end is kept at 1 % so that it is seen.
        bar += _rect("gapr", min(share + explained + 0.13, 98.9), max(missing, 1.1))
    return bar


def draw_funnel_bars(rows: tuple[FunnelRow, ...]) -> tuple[str, ...]:
    """Draw the bars of a funnel on one common scale, one SVG per row."""
    scale = float(max((row.people or 0) + row.explained + row.missing for row in rows) or 1)
    bars, expected = [], 0.0
    for row in rows:
        bars.append(f'<svg aria-hidden="true">{_funnel_bar(row, scale, expected)}</svg>')
        if row.kind == "counted":
            expected = float(row.people or 0)
    return tuple(bars)


def draw_chance_bar(chance: Chance) -> str:
    """Draw one chance as a bar; a chance of not arriving is hatched."""
    name = "" if chance.arrives else ' class="not"'
    return (
        '<svg aria-hidden="true"><rect class="bg" width="100%" height="16"/>'
        f'<rect{name} width="{chance.percent}%" height="16"/></svg>'
    )


SMALL_ROAD_WIDTH, SMALL_ROAD_MARGIN = 120, 6


def draw_small_road(
    fraction: float | None, *, stops: tuple[float, ...] = (0.0, 1.0), rtl: bool = False
) -> str:
    """Draw a road of one board row; `fraction` and `stops` are 0..1, None is place not known."""

    def x(value: float) -> float:
        inner = SMALL_ROAD_WIDTH - 2 * SMALL_ROAD_MARGIN
        return SMALL_ROAD_MARGIN + (1 - value if rtl else value) * inner

    parts = [f'<line class="l" x1="{x(0):.0f}" x2="{x(1):.0f}" y1="8" y2="8"/>']
    if fraction is not None:
        parts.append(f'<line class="d" x1="{x(0):.0f}" x2="{x(fraction):.0f}" y1="8" y2="8"/>')
    parts += [f'<circle class="c" cx="{x(stop):.0f}" cy="8" r="2"/>' for stop in stops]
    if fraction is not None:
        parts.append(f'<circle cx="{x(fraction):.0f}" cy="8" r="5"/>')
    side = "xMaxYMid" if rtl else "xMinYMid"
    return (
        f'<svg class="ms" viewBox="0 0 {SMALL_ROAD_WIDTH} 16" '
        f'preserveAspectRatio="{side} meet" aria-hidden="true">{"".join(parts)}</svg>'
    )
