"""Render a snapshot as every document that its audience can ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tracker.feeds import as_atom, as_geojson, as_json
from tracker.feeds.snapshot import Snapshot, Stamp
from tracker.situation import addresses, pages
from tracker.situation.files import Document

Render = Callable[..., bytes]

FEEDS: tuple[tuple[str, str, Render], ...] = (
    ("json", "application/json; charset=utf-8", as_json.render),
    ("geojson", "application/geo+json; charset=utf-8", as_geojson.render),
    ("atom", "application/atom+xml; charset=utf-8", as_atom.render),
)
# Public data without cookies: any page anywhere may read it.
_FEED_HEADERS = {"Access-Control-Allow-Origin": "*"}


def render_documents(snapshot: Snapshot, stamp: Stamp, *, at: datetime) -> list[Document]:
    """Return all pages and feeds in every published language; `at` is field time."""
    documents = []
    for language in addresses.languages():
        documents += [
            Document(
                path=addresses.feed(ending, language),
                body=render(snapshot, stamp, language=language),
                content_type=content_type,
                language=language,
                headers=_FEED_HEADERS,
            )
            for ending, content_type, render in FEEDS
        ]
        documents += pages.render_pages(snapshot, stamp, language=language, at=at)
    return documents
