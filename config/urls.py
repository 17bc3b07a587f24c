"""Addresses of the project: each page module brings its own."""

from importlib import import_module
from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

PAGES = (
    "public",
    "subscriptions",
    "health",
    "board",
    "corridors",
    "statements",
    "windows",
    "agreement",
    "checkpoints",
    "attempts",
    "incidents",
    "convoy_plans",
    "convoys",
    "field_log",
    "corrections",
    "entries",
    "alerts",
    "messages",
)


def _has_addresses(name: str) -> bool:
    """Tell whether a module is there and brings addresses."""
    return find_spec(name) is not None and hasattr(import_module(name), "urlpatterns")


urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    *(
        path("", include(f"tracker.web.{page}"))
        for page in PAGES
        if _has_addresses(f"tracker.web.{page}")
    ),
]
if _has_addresses("tracker.api.urls"):
    urlpatterns.append(path("api/v1/", include("tracker.api.urls")))
