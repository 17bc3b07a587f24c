"""Serve what is published from memory, before anything that could need a database or Redis."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotModified

from tracker.situation import files
from tracker.situation.queries import folder_of

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

LOOK_EVERY_S = 0.2
# Short: a corridor that closes must not stay open in a cache.
_CACHE = "public, max-age=5, must-revalidate"
_HEADERS = {
    "Cache-Control": _CACHE,
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_GZIP = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?(?=,|$)", re.IGNORECASE)
_TAGS = re.compile(r'(?:W/)?"([^"]*)"')


class Shelf:
    """The newest revision in memory; looks at the pointer on disk a few times a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._folder = Path()
        self._pointer = ""
        self._documents: dict[str, files.Served] = {}

    def find(self, path: str) -> files.Served | None:
        """Return the document at a path, `None` if none is published there."""
        self._look(folder_of("public"), time.monotonic())
        return self._documents.get(path)

    def _look(self, folder: Path, now: float) -> None:
        is_other = folder != self._folder
        if not is_other and now - self._looked_at < LOOK_EVERY_S:
            return
        # One thread reads the disk; the others go on with what they have, except at the start.
        if not self._lock.acquire(blocking=not self._documents):
            return
        try:
            if is_other:
                self._folder, self._pointer, self._documents = folder, "", {}
            self._looked_at = now
            self._read(folder)
        finally:
            self._lock.release()

    def _read(self, folder: Path) -> None:
        newest = files.pointer(folder)
        if not newest or newest == self._pointer:
            return
        try:
            published = files.read(folder)
        except (OSError, ValueError, KeyError, files.DamagedPublication):
            # What is in memory stays: it says itself until when to rely on it.
            logger.exception("published: revision %s cannot be read", newest)
            return
        self._documents = dict(published.documents)
        self._pointer = newest


class PublishedFiles:
    """Answer requests for published documents; hand everything else on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.shelf = Shelf()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer from memory, or let the application answer."""
        document = self.shelf.find(request.path_info)
        if document is None or _wants_tls_first(request):
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return _answer(request, document)


def _wants_tls_first(request: HttpRequest) -> bool:
    """Tell whether Django must send the visitor to https before anything is answered."""
    return bool(settings.SECURE_SSL_REDIRECT) and not request.is_secure()


def _answer(request: HttpRequest, document: files.Served) -> HttpResponse:
    packed = accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    tag = f"{document.digest[:32]}-gz" if packed else document.digest[:32]
    body = document.packed if packed else document.body
    response: HttpResponse
    if _has(request.META.get("HTTP_IF_NONE_MATCH", ""), tag):
        response = HttpResponseNotModified()
    else:
        content = b"" if request.method == "HEAD" else body
        response = HttpResponse(content, content_type=document.content_type)
        response["Content-Length"] = str(len(body))
        if packed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = f'"{tag}"'
    response["Content-Language"] = document.language
    for name, value in (*_HEADERS.items(), *document.headers.items()):
        response[name] = value
    if settings.SECURE_HSTS_SECONDS:
        response["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return response


def accepts_gzip(header: str) -> bool:
    """Tell whether a visitor takes gzip; "gzip;q=0" says no."""
    found = _GZIP.search(header)
    if found is None:
        return False
    try:
        return float(found[1] or 1) > 0
    except ValueError:
        return False


def _has(header: str, tag: str) -> bool:
    return header.strip() == "*" or tag in _TAGS.findall(header)
