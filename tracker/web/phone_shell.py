"""The field log as a phone keeps it: the same bytes for everybody, and no secret among them."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from tracker.lib.field_sealing import FieldKey


@lru_cache(maxsize=4)
def _key(secret: str) -> FieldKey:
    return FieldKey(secret)


def field_key() -> FieldKey:
    """Return the key pair of this installation."""
    return _key(settings.FIELD_KEY)


def _shell() -> str:
    # Without the request: nothing of whoever asks can come into what every phone keeps.
    context = {"key": field_key().public, "zone": settings.FIELD_TIME_ZONE}
    return render_to_string("phone/shell.html", context)


def _kept(text: str, content_type: str) -> HttpResponse:
    """Return what may be kept, but is asked for anew whenever there is a network."""
    return HttpResponse(text, content_type=content_type, headers={"Cache-Control": "no-cache"})


# Pressed here: a bad line is what this page is for, and it holds no secret that its length betrays.
@gzip_page
@require_safe
def shell(_request: HttpRequest) -> HttpResponse:
    """Show the page; it asks for everything else itself."""
    return _kept(_shell(), "text/html; charset=utf-8")


@gzip_page
@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """Return the service worker; another shell makes it another one."""
    version = sha256(_shell().encode()).hexdigest()[:12]
    return _kept(
        render_to_string("phone/sw.js", {"version": version}), "text/javascript; charset=utf-8"
    )


@gzip_page
@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """Return what a phone needs to put the page on its home screen."""
    return _kept(
        render_to_string("phone/app.webmanifest"), "application/manifest+json; charset=utf-8"
    )


urlpatterns = [
    path("f/", shell, name="phone"),
    path("f/sw.js", worker, name="phone_worker"),
    path("f/app.webmanifest", manifest, name="phone_manifest"),
]
