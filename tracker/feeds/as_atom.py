"""Write the situation as Atom (RFC 4287) with GeoRSS-Simple: corridors, windows, statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

from tracker.feeds.encoding import in_language, link
from tracker.feeds.positions import Position, position, route_line
from tracker.feeds.snapshot import CorridorView, Snapshot, Stamp, StatementView, WindowView
from tracker.lib.periods import utc_text
from tracker.lib.text import clamp, plain, tidy, web_address

_ATOM = "http://www.w3.org/2005/Atom"
_GEORSS = "http://www.georss.org/georss"
# When the document was made stands here and not in Atom's `updated`: that says when something
# changed, so readers do not show every entry as new at each tick.
_OURS = "urn:x-evacuation-tracker:feed"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_LONGEST_TITLE = 160
# A corridor of which no word was ever heard has changed at no known time.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# The year in which the tags were first given out; tag URIs (RFC 4151) must not change with time.
_TAG_YEAR = 2026

for _prefix, _namespace in (("", _ATOM), ("georss", _GEORSS), ("tracker", _OURS)):
    ET.register_namespace(_prefix, _namespace)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    tag: str
    title: str
    text: str
    updated: datetime
    page: str
    categories: Mapping[str, str]
    source_url: str = ""
    line: tuple[Position, ...] = field(default=())


def render(snapshot: Snapshot, stamp: Stamp, *, language: str = "en") -> bytes:
    """Return the feed in UTF-8, newest entry first.

    Apart from the three elements of its own namespace the bytes change only with the content.
    Raises ValueError when a moment has no time zone.
    """
    entries = sorted(
        (entry for corridor in snapshot.corridors for entry in _entries(corridor, language)),
        key=lambda entry: (-entry.updated.timestamp(), entry.tag),
    )
    feed = ET.Element(f"{{{_ATOM}}}feed", {_XML_LANG: language})
    _write_head(
        feed, snapshot, stamp, language=language, newest=entries[0].updated if entries else _NEVER
    )
    for entry in entries:
        _write_entry(feed, entry, snapshot)
    document: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def _write_head(
    feed: ET.Element, snapshot: Snapshot, stamp: Stamp, *, language: str, newest: datetime
) -> None:
    suffix = "" if language == "en" else f".{language}"
    _add(feed, "id", _tag(snapshot, f"feeds/status{suffix}"))
    _add(feed, "title", _marked(snapshot, in_language(snapshot.headline, language, "Status")))
    _add(feed, "updated", utc_text(newest))
    _add(_add(feed, "author"), "name", "Evacuation tracker")
    own = link(snapshot, f"/feeds/status{suffix}.atom")
    _add(feed, "link", rel="self", type="application/atom+xml", href=own)
    _add(feed, "link", rel="alternate", type="text/html", href=link(snapshot, "/"))
    if snapshot.credits:
        _add(feed, "rights", " ".join(snapshot.credits))
    _write_exercise(feed, snapshot)
    ours = {
        "generated_at": utc_text(stamp.generated_at),
        "valid_until": utc_text(stamp.valid_until),
    }
    for name, value in (ours | {"revision": str(stamp.revision)}).items():
        _add(feed, name, value, namespace=_OURS)


def _write_entry(feed: ET.Element, entry: _Entry, snapshot: Snapshot) -> None:
    element = _add(feed, "entry")
    _add(element, "id", _tag(snapshot, entry.tag))
    _add(element, "title", _marked(snapshot, entry.title))
    _add(element, "updated", utc_text(entry.updated))
    _add(element, "link", rel="alternate", type="text/html", href=link(snapshot, entry.page))
    if entry.source_url:
        _add(element, "link", rel="via", href=entry.source_url)
    for scheme, term in entry.categories.items():
        if tidy(term):
            _add(element, "category", scheme=f"{_OURS}:{scheme}", term=tidy(term))
    _write_exercise(element, snapshot)
    _add(element, "content", entry.text, type="text")
    if entry.line:
        kind = "line" if len(entry.line) > 1 else "point"
        # GeoRSS writes latitude first, the other way round than GeoJSON.
        numbers = " ".join(f"{place.lat:.5f} {place.lon:.5f}" for place in entry.line)
        _add(element, kind, numbers, namespace=_GEORSS)


def _write_exercise(parent: ET.Element, snapshot: Snapshot) -> None:
    if snapshot.exercise is not None:
        label = tidy(snapshot.exercise.name)
        _add(parent, "category", scheme=f"{_OURS}:exercise", term="EXERCISE", label=label)


def _add(
    parent: ET.Element, name: str, text: str = "", *, namespace: str = _ATOM, **marks: str
) -> ET.Element:
    attributes = {mark: plain(value) for mark, value in marks.items()}
    element = ET.SubElement(parent, f"{{{namespace}}}{name}", attributes)
    if text:
        element.text = plain(text)
    return element


def _entries(corridor: CorridorView, language: str) -> Iterator[_Entry]:
    yield _corridor_entry(corridor, language)
    for window in corridor.windows:
        yield _window_entry(corridor, window, language)
    for statement in corridor.statements:
        yield _statement_entry(corridor, statement)


def _corridor_entry(corridor: CorridorView, language: str) -> _Entry:
    word = in_language(corridor.status_words, language, corridor.status)
    single = tuple(place for point in corridor.points if (place := position(point)))[:1]
    return _Entry(
        tag=f"corridors/{corridor.slug}",
        title=f"{corridor.name}: {word}",
        text=in_language(corridor.sentence, language, corridor.basis),
        updated=_last_change(corridor),
        page=f"/corridors/{corridor.slug}/",
        categories={"status": corridor.status},
        line=route_line(corridor) or single,
    )


def _window_entry(corridor: CorridorView, window: WindowView, language: str) -> _Entry:
    period = f"{utc_text(window.opens_at)}/{utc_text(window.closes_at)}"
    sentence = in_language(window.sentence, language, f"{window.who}: {period} ({window.state})")
    return _Entry(
        tag=f"corridors/{corridor.slug}/windows/{window.id}",
        title=f"{corridor.name}: {sentence}",
        text=sentence,
        updated=window.said_at or _last_change(corridor),
        page=f"/corridors/{corridor.slug}/",
        categories={"window": window.state},
    )


def _statement_entry(corridor: CorridorView, statement: StatementView) -> _Entry:
    speaker = ", ".join(part for part in (statement.who, statement.who_detail) if tidy(part))
    source = " ".join(part for part in (statement.grade, statement.source_title) if tidy(part))
    return _Entry(
        tag=f"corridors/{corridor.slug}/statements/{statement.id}",
        title=f"{corridor.name}: {statement.who}: {statement.says or statement.claims}",
        text="\n".join((f"{speaker}: {statement.says or statement.claims}", source)).rstrip(),
        updated=statement.corrected_at or statement.said_at,
        page=f"/corridors/{corridor.slug}/",
        categories={"claims": statement.claims, "grade": statement.grade},
        source_url=web_address(statement.source_url),
    )


def _last_change(corridor: CorridorView) -> datetime:
    known = [at for at in (corridor.status_since, corridor.last_word_at) if at is not None]
    return max(known, default=_NEVER)


def _marked(snapshot: Snapshot, title: str) -> str:
    shown = clamp(tidy(title), _LONGEST_TITLE)
    return shown if snapshot.exercise is None else f"EXERCISE: {shown}"


def _tag(snapshot: Snapshot, path: str) -> str:
    try:
        host = urlsplit(snapshot.base_url).hostname or "localhost"
    except ValueError:
        host = "localhost"
    return f"tag:{quote(plain(host))},{_TAG_YEAR}:{quote(plain(path))}"
