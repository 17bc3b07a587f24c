"""Where each public document is served: the paths of pages and feeds in every language."""

from __future__ import annotations

from django.conf import settings

MAIN_LANGUAGE = "en"
# Rendered though not offered, so that the pages are proven in the other reading direction.
PROOF_LANGUAGES = ("ar",)


def languages() -> tuple[str, ...]:
    """Return the languages that pages are published in, the main one first."""
    complete = [code for code in settings.LANGUAGES_COMPLETE if code != MAIN_LANGUAGE]
    return tuple(dict.fromkeys((MAIN_LANGUAGE, *complete, *PROOF_LANGUAGES)))


def _prefix(language: str) -> str:
    return "" if language == MAIN_LANGUAGE else f"/{language}"


def home(language: str = MAIN_LANGUAGE) -> str:
    """Return the path of the status page."""
    return f"{_prefix(language)}/"


def corridor(slug: str, language: str = MAIN_LANGUAGE) -> str:
    """Return the path of the public page of one corridor."""
    return f"{_prefix(language)}/corridors/{slug}/"


def text(language: str = MAIN_LANGUAGE) -> str:
    """Return the path of the page for the slowest phones."""
    return f"{_prefix(language)}/t/"


def incidents(language: str = MAIN_LANGUAGE) -> str:
    """Return the path of the page with every reported incident and every voice about it."""
    return f"{_prefix(language)}/reported/"


def about(language: str = MAIN_LANGUAGE) -> str:
    """Return the path of the page that explains words, grades, delays and feeds."""
    return f"{_prefix(language)}/about/"


def feed(ending: str, language: str = MAIN_LANGUAGE) -> str:
    """Return the path of a feed: json, geojson or atom."""
    name = "corridors" if ending == "geojson" else "status"
    suffix = "" if language == MAIN_LANGUAGE else f".{language}"
    return f"/feeds/{name}{suffix}.{ending}"
