"""Render the public pages from a snapshot: one language at a time, without database or request."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from tracker.feeds.snapshot import CorridorView, ExerciseLabel, Snapshot, Stamp
from tracker.lib.lean_pages import lean
from tracker.situation import addresses, rows
from tracker.situation.files import Document
from tracker.situation.rows_incidents import incident_rows

# What stale.js puts on a page that has outlived its time.
_ADDED_BY_SCRIPT = frozenset({"stalebar", "data-stale"})
HTML = "text/html; charset=utf-8"
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_BETWEEN_LINES = re.compile(r"\n\s+")
_FEED_TYPES = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "atom": "application/atom+xml",
}


@dataclass(frozen=True, slots=True)
class Banner:
    """The watermark of an exercise, as its component reads it."""

    name: str
    now: datetime
    speed: int


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One entry of the language switch."""

    code: str
    name: str
    url: str
    is_current: bool


def render_pages(
    snapshot: Snapshot, stamp: Stamp, *, language: str, at: datetime
) -> list[Document]:
    """Return the pages of one language; `at` is field time, the stamp machine time."""
    with translation.override(language):
        frame = _frame(snapshot, stamp, language=language, at=at)
        status = rows.status_page(snapshot, language=language, at=at)
        incidents = incident_rows(snapshot.incidents, language=language)
        found = [
            _page("status", addresses.home, language, frame, {"page": status}),
            _page("text", addresses.text, language, frame, {"page": status}),
            _page("about", addresses.about, language, frame, {}),
            _page("incidents", addresses.incidents, language, frame, {"incidents": incidents}),
        ]
        found += [
            _corridor_page(corridor, snapshot, frame, language=language, at=at)
            for corridor in snapshot.corridors
        ]
    return found


def _corridor_page(
    corridor: CorridorView,
    snapshot: Snapshot,
    frame: Mapping[str, Any],
    *,
    language: str,
    at: datetime,
) -> Document:
    page = rows.corridor_page(corridor, snapshot, language=language, at=at)

    def address(code: str) -> str:
        return addresses.corridor(corridor.slug, code)

    more = {
        "page": page,
        "zone": corridor.time_zone,
        "zone_place": _place_of(corridor.time_zone),
    }
    return _page("corridor", address, language, frame, more)


def _place_of(time_zone: str) -> str:
    """Return the town that a time zone is named after."""
    return time_zone.rpartition("/")[2].replace("_", " ")


def _frame(snapshot: Snapshot, stamp: Stamp, *, language: str, at: datetime) -> dict[str, Any]:
    return {
        "now": at,
        "field_now": at,
        "zone": settings.FIELD_TIME_ZONE,
        "zone_place": _place_of(settings.FIELD_TIME_ZONE),
        "exercise_banner": _banner(snapshot.exercise),
        "exercise_zone": settings.FIELD_TIME_ZONE,
        "generated_at": stamp.generated_at,
        "valid_until": stamp.valid_until,
        "home_url": addresses.home(language),
        "text_url": addresses.text(language),
        "about_url": addresses.about(language),
        "incidents_url": addresses.incidents(language),
        "feeds": {ending: addresses.feed(ending, language) for ending in _FEED_TYPES},
        "credits": snapshot.credits,
    }


def _banner(exercise: ExerciseLabel | None) -> Banner | None:
    return Banner(exercise.name, exercise.field_time, exercise.speed) if exercise else None


def _page(
    name: str,
    address: Any,
    language: str,
    frame: Mapping[str, Any],
    more: Mapping[str, Any],
) -> Document:
    switch = [
        LanguageLink(
            code=code,
            name=translation.get_language_info(code)["name_local"],
            url=address(code),
            is_current=code == language,
        )
        for code in settings.LANGUAGES_COMPLETE
    ]
    drawn = render_to_string(f"public/{name}.html", {**frame, **more, "languages": switch})
    # Indentation is for the people who write templates; a phone on a bad line pays for it.
    html = lean(_BETWEEN_LINES.sub("\n", drawn).lstrip(), kept=_ADDED_BY_SCRIPT)
    return Document(
        path=address(language),
        body=html.encode(),
        content_type=HTML,
        language=language,
        headers={"Content-Security-Policy": _policy(html), "Link": _feed_links(language)},
    )


def _policy(html: str) -> str:
    """Return the policy of this very page: its own style sheet is allowed by its hash alone."""
    hashes = (hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(html))
    styles = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _feed_links(language: str) -> str:
    return ", ".join(
        f'<{addresses.feed(ending, language)}>; rel="alternate"; type="{kind}"'
        for ending, kind in _FEED_TYPES.items()
    )
