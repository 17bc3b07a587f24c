"""Addresses of the published documents, and the answer while one is not there."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path, re_path

from tracker.situation.queries import newest_publication

RETRY_AFTER_S = 10
_LANGUAGE = r"^(?:(?P<language>uk|ru|fr|ar)/)?"


def not_published(request: HttpRequest, **_parts: str) -> HttpResponse:
    """Say that pages are being prepared; once something is published, an unknown page is 404.

    What is published is answered before Django looks at addresses.
    """
    del request
    if newest_publication() is not None:
        raise Http404
    # Without the request: the frame of other pages asks the database, which may be what is down.
    html = render_to_string("public/preparing.html")
    response = HttpResponse(html, status=503)
    response["Retry-After"] = str(RETRY_AFTER_S)
    response["Cache-Control"] = "no-store"
    return response


urlpatterns = [
    path("", not_published, name="home"),
    path("corridors/<slug:slug>/", not_published, name="public-corridor"),
    path("t/", not_published, name="public-text"),
    path("about/", not_published, name="public-about"),
    path("reported/", not_published, name="public-incidents"),
    path("feeds/status.json", not_published, name="feed-json"),
    path("feeds/corridors.geojson", not_published, name="feed-geojson"),
    path("feeds/status.atom", not_published, name="feed-atom"),
    re_path(
        _LANGUAGE + r"(?:t/|about/|reported/|corridors/[-\w]+/)?$",
        not_published,
        name="public-in-language",
    ),
    re_path(
        r"^feeds/(?:status|corridors)\.(?P<language>uk|ru|fr|ar)\.(?:json|geojson|atom)$",
        not_published,
        name="feed-in-language",
    ),
]
