"""Requests in strange character sets reach no page and break none."""

from __future__ import annotations

import json
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from config.charsets import is_readable
from config.wsgi import application


def ask(content_type: str) -> tuple[str, bytes]:
    """Ask the WSGI application itself, as a server does, for an address below the API."""
    environ: dict[str, Any] = {
        "PATH_INFO": "/api/v1/nowhere",
        "QUERY_STRING": "slug=%61",
        "CONTENT_TYPE": content_type,
        "HTTP_HOST": "testserver",
    }
    setup_testing_defaults(environ)
    statuses: list[str] = []
    body = application(environ, lambda status, _headers, *_: statuses.append(status))
    return statuses[0], b"".join(body)


@pytest.mark.parametrize("charset", ["nope", "hex", "zip", "idna", "undefined", "utf-7", "\x00"])
def test_a_strange_character_set_is_refused_before_the_framework_reads_it(charset: str) -> None:
    status, body = ask(f"application/json; charset={charset}")

    assert status == "415 Unsupported Media Type"
    assert "UTF-8" in json.loads(body)["detail"]


@pytest.mark.django_db
@pytest.mark.parametrize("content_type", ["", "text/plain", "application/json; charset=UTF-8"])
def test_a_readable_request_reaches_its_address(content_type: str) -> None:
    status, _ = ask(content_type)

    assert status.startswith("404")


@pytest.mark.parametrize("charset", ["utf-8", '"utf-8"', "ISO-8859-1", "windows-1251", "koi8-u"])
def test_character_sets_that_people_write_in_are_readable(charset: str) -> None:
    assert is_readable(f"text/plain; charset={charset}; boundary=x")
