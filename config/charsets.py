"""Refuse requests in character sets that would break the framework before any page is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s\";]*)", re.IGNORECASE)
# Django decodes the query string in the named set as it makes the request. Python knows sets such
# as hex, zip, idna or undefined, which raise what Django does not expect: a 500 for any address.
_READABLE = re.compile(r"^(|utf-?8|us-ascii|ascii|iso-8859-\d{1,2}|windows-125\d|koi8-[ru])$")


def is_readable(content_type: str) -> bool:
    """Tell whether the character set that a content type names, if any, is one people write in."""
    found = _CHARSET.search(content_type)
    return found is None or bool(_READABLE.match(found.group(1).lower()))


def with_readable_charsets(application: Application) -> Application:
    """Return an application that answers 415 for other character sets, else as the one given."""

    def guarded(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if is_readable(environ.get("CONTENT_TYPE", "")):
            return application(environ, start_response)
        detail = _("Send UTF-8: leave the charset out or name utf-8.")
        body = {"type": "about:blank", "title": "Unsupported Media Type", "status": 415}
        answer = json.dumps({**body, "detail": detail, "errors": []}).encode()
        headers = [
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(answer))),
            ("Cache-Control", "no-store"),
        ]
        start_response("415 Unsupported Media Type", headers)
        return [answer]

    return guarded
