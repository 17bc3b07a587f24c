"""Read the JSON bodies of the API strictly, with a sentence for whoever sent another one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.http import RawPostDataException, UnreadablePostError
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

from tracker.intake.strict_json import MAX_DEPTH, read_json

MAX_BODY_BYTES = 1_000_000
_CHARSETS = frozenset({"", "utf-8", "utf8"})
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s\";]*)", re.IGNORECASE)


class TooLargeError(APIException):
    """The body is larger than the server reads."""

    status_code = 413
    default_code = "too_large"


class StorageFullError(APIException):
    """The database has no room left; what was sent is safe only where it is."""

    status_code = 507
    default_code = "storage_full"


class LengthMissingError(APIException):
    """The body comes in pieces of unknown number, which the server does not read."""

    status_code = 411
    default_code = "length_missing"


def charset_of(content_type: str) -> str:
    """Return the character set that a content type names, in lower case; "" if it names none."""
    found = _CHARSET.search(content_type)
    return found.group(1).lower() if found else ""


def require_utf8(content_type: str) -> None:
    """Refuse a body in another character set; raises UnsupportedMediaType."""
    if charset_of(content_type) not in _CHARSETS:
        raise UnsupportedMediaType(
            content_type, detail=_("Send UTF-8: leave the charset out or name utf-8.")
        )


def _refuse(detail: str) -> NoReturn:
    raise ParseError(detail)


def _bounded(stream: IO[bytes]) -> bytes:
    try:
        body = stream.read(MAX_BODY_BYTES + 1)
    except (UnreadablePostError, RawPostDataException):
        _refuse(_("The connection broke before all of the body had come. Send it again."))
    if len(body) > MAX_BODY_BYTES:
        raise TooLargeError(
            _("The body is larger than 1 MB. Send the events in several smaller batches.")
        )
    return body


class StrictJSONParser(BaseParser):
    """Read a JSON body of at most 1 MB in UTF-8.

    Syntax is judged here, for the whole body. What is odd in a value (`flaw_in`) is judged item by
    item, so that one poisoned event of a batch stops no other.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what the body says; raises ParseError, TooLarge or UnsupportedMediaType."""
        require_utf8(media_type or "")
        try:
            return read_json(_bounded(stream))
        except UnicodeDecodeError as error:
            _refuse(_("The body is not UTF-8: byte %(at)s.") % {"at": error.start})
        except json.JSONDecodeError as error:
            _refuse(
                _("The body is not JSON: %(problem)s at line %(line)s, column %(column)s.")
                % {"problem": error.msg, "line": error.lineno, "column": error.colno}
            )
        except RecursionError:
            _refuse(
                _("The JSON is nested too deeply. Send at most %(n)s levels.") % {"n": MAX_DEPTH}
            )
        except ValueError:
            # Python reads no integer of more than some thousand digits.
            _refuse(_("The body holds a number of too many digits."))
