"""Template tags that draw the signature pieces: signs, pills, row of days, strip map, funnel."""

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, pgettext

from tracker.attempts.models import AttemptStatus
from tracker.convoys.models import ConvoyState
from tracker.corridors.models import CorridorStatus, PassageWindow
from tracker.lib import drawing, stripmap, stylesheets
from tracker.templatetags.words import status_word

register = template.Library()

# Status code -> (colour, sign). Shape, word and colour always come together.
LOOKS: dict[str, tuple[str, str]] = {
    CorridorStatus.ANNOUNCED: ("announced", "announced"),
    CorridorStatus.OPEN: ("open", "open"),
    CorridorStatus.RESTRICTED: ("restricted", "restricted"),
    CorridorStatus.SUSPENDED: ("closed", "suspended"),
    CorridorStatus.CLOSED: ("closed", "closed"),
    CorridorStatus.UNKNOWN: ("unknown", "unknown"),
    AttemptStatus.PLANNED: ("announced", "announced"),
    AttemptStatus.UNDER_WAY: ("moving", "moving"),
    AttemptStatus.SUCCEEDED: ("open", "arrived"),
    AttemptStatus.PARTLY_SUCCEEDED: ("restricted", "restricted"),
    AttemptStatus.FAILED: ("closed", "closed"),
    AttemptStatus.CANCELLED: ("closed", "cancelled"),
    ConvoyState.ASSEMBLING: ("announced", "announced"),
    ConvoyState.MOVING: ("moving", "moving"),
    ConvoyState.HELD: ("restricted", "held"),
    ConvoyState.TURNED_BACK: ("closed", "turned"),
    ConvoyState.ARRIVED: ("open", "arrived"),
    ConvoyState.OUT_OF_CONTACT: ("unknown", "unknown"),
    PassageWindow.State.CONFIRMED: ("moving", "check"),
}

STYLES = Path(__file__).resolve().parent.parent / "static" / "tracker" / "css"


def _drawn(markup: str) -> SafeString:
    return mark_safe(markup)  # noqa: S308  # lib.drawing and lib.stripmap escape every word


def colour_of(status: str) -> str:
    """Return the colour name of a status code; an empty code has none."""
    return LOOKS[status][0] if status else ""


@register.simple_tag
def glyph(name: str) -> SafeString:
    """Draw one sign by its name."""
    return _drawn(drawing.draw_glyph(name))


@register.simple_tag
def sprite(*names: str) -> SafeString:
    """Draw the hidden store of all signs, once a page; of these alone when they are named."""
    return _drawn(drawing.draw_sprite(*names))


def _current(status: str, *, old: bool) -> str:
    """Replace an old OPEN by UNKNOWN: there is no green without fresh proof."""
    return CorridorStatus.UNKNOWN if old and status == CorridorStatus.OPEN else status


@register.simple_tag
def pill(
    status: str, *, of: str = "corridor", big: bool = False, old: bool = False, word: str = ""
) -> SafeString:
    """Draw a status as shape, word and colour in a box; `old` is dashed and never OPEN."""
    shown = _current(status, old=old)
    colour, sign = LOOKS[shown]
    return format_html(
        '<span class="pill{}{}" data-s="{}">{}{}</span>',
        " big" if big else "",
        " old" if old and shown == status else "",
        colour,
        glyph(sign),
        word if word and shown == status else status_word(shown, of=of),
    )


@register.simple_tag
def state(status: str, *, of: str = "corridor", word: str = "") -> SafeString:
    """Draw a status as shape, word and colour without a box, for tables and lists."""
    colour, sign = LOOKS[status]
    return format_html(
        '<span class="state" data-s="{}">{}{}</span>',
        colour,
        glyph(sign),
        word or status_word(status, of=of),
    )


@register.simple_tag
def colour(status: str) -> str:
    """Return the colour name of a status for a data-s attribute."""
    return colour_of(status)


@register.simple_tag
def state_sign(status: str) -> SafeString:
    """Draw the sign of a status alone, with its word for screen readers."""
    shade, sign = LOOKS[status]
    return format_html(
        '<span class="state" data-s="{}">{}<span class="vh">{}</span></span>',
        shade,
        glyph(sign),
        status_word(status),
    )


@register.simple_tag
def stop_sign(stop: stripmap.Stop, *, held: bool) -> SafeString:
    """Draw the sign of one stop in the list twin of the strip map."""
    return _drawn(stripmap.draw_stop_sign(stop, held=held))


@register.simple_tag(takes_context=True)
def nav_link(context: template.Context, name: str, word: str) -> str:
    """Link to a page by its URL name, bold where one is; nothing while the page does not exist."""
    try:
        address = reverse(name)
    except NoReverseMatch:
        return ""
    request = context.get("request")
    path = request.path if request else ""
    if path == address:
        return format_html('<b aria-current="page">{}</b>', word)
    if path.startswith(address):
        return format_html('<a href="{}" aria-current="true">{}</a>', address, word)
    return format_html('<a href="{}">{}</a>', address, word)


@register.simple_tag
def from_to(origin: str, destination: str) -> SafeString:
    """Write a direction with an arrow that follows the reading direction; said as "to"."""
    return format_html(
        '{} <span aria-hidden="true">{}</span><span class="vh">{}</span> {}',
        origin,
        "←" if get_language_bidi() else "→",
        pgettext("from one place to another", "to"),
        destination,
    )


@register.inclusion_tag("components/_days.html")
def days(row: drawing.DayRow) -> dict[str, object]:
    """Draw the row of days and the words under its ends."""
    return {"row": row, "svg": _drawn(drawing.draw_days(row, rtl=get_language_bidi()))}


@register.inclusion_tag("components/_strip.html")
def strip(strip: stripmap.Strip) -> dict[str, object]:
    """Draw the strip map and its list twin; the style sheet shows one of them."""
    return {
        "strip": strip,
        "svg": _drawn(stripmap.draw_strip(strip, rtl=get_language_bidi())),
    }


@register.simple_tag
def ministrip(fraction: float | None, *, stops: Sequence[float] = (0.0, 1.0)) -> SafeString:
    """Draw the small road of a board row; `fraction` of the road done, None is not known."""
    road = drawing.draw_small_road(fraction, stops=tuple(stops), rtl=get_language_bidi())
    return _drawn(road)


@register.inclusion_tag("components/_funnel.html")
def funnel(rows: Sequence[drawing.FunnelRow]) -> dict[str, object]:
    """Draw the headcount funnel, one bar a count point on one scale."""
    bars = (_drawn(bar) for bar in drawing.draw_funnel_bars(tuple(rows)))
    return {"rows": list(zip(rows, bars, strict=True))}


@register.inclusion_tag("components/_chances.html")
def chances(rows: Sequence[drawing.Chance], *, caption: str = "") -> dict[str, object]:
    """Draw the lines of a forecast: the words first, the bar second."""
    bars = [(row, _drawn(drawing.draw_chance_bar(row))) for row in rows]
    return {"rows": bars, "caption": caption}


@lru_cache(maxsize=1)
def public_styles() -> str:
    """Return the style sheet of the public pages: tokens, the pieces they use, their layout."""
    return stylesheets.compose(
        tokens=(STYLES / "tokens.css").read_text(encoding="utf-8"),
        components=(STYLES / "components.css").read_text(encoding="utf-8"),
        layout=(STYLES / "public.css").read_text(encoding="utf-8"),
    )


def public_style_hash() -> str:
    """Return the CSP source for the style block of the public pages, as 'sha256-…' in quotes."""
    digest = hashlib.sha256(public_styles().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@register.simple_tag
def public_style() -> SafeString:
    """Write the style block of the public pages; the policy names its hash."""
    return mark_safe(f"<style>{public_styles()}</style>")  # noqa: S308  # our own files
