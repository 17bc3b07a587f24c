"""Read JSON strictly, and find what in it no honest sender writes and no table can hold."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.http import RawPostDataException, UnreadablePostError
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

from tracker.fieldlog.kinds import Finding

MAX_BODY_BYTES = 1_000_000
# No kind of event nests deeper than five; 32 leaves room and keeps every later walk short.
MAX_DEPTH = 32
_MAX_INTEGER = 2**63 - 1
_CHARSETS = frozenset({"", "utf-8", "utf8"})
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s\";]*)", re.IGNORECASE)
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


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


class Repeated(dict[str, Any]):
    """An object that names one key twice: which of the two was meant nobody can know."""

    key: str = ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) == len(pairs):
        return read
    doubtful = Repeated(read)
    names = [key for key, _value in pairs]
    doubtful.key = next(key for key in read if names.count(key) > 1)
    return doubtful


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
            return json.loads(_bounded(stream).decode("utf-8"), object_pairs_hook=_object)
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


def _flaw_of_scalar(value: Any) -> str:
    if isinstance(value, str) and _NOT_STORABLE.search(value):
        return "text_not_storable"
    if isinstance(value, float) and not math.isfinite(value):
        return "number_not_finite"
    if isinstance(value, int) and abs(value) > _MAX_INTEGER:
        return "number_too_large"
    return ""


def _children(value: Any, path: str) -> list[tuple[Any, str]]:
    if isinstance(value, dict):
        inside = [(child, f"{path}.{key}" if path else str(key)) for key, child in value.items()]
        return [(key, path) for key in value] + inside
    if isinstance(value, list):
        return [(child, f"{path}[{index}]") for index, child in enumerate(value)]
    return []


def _is_plain(value: Any, levels: int) -> bool:
    """Tell whether a value is an object of texts, whole numbers and such objects, all storable.

    Most events are: they need not be searched for where the flaw is, which takes five times longer.
    """
    if type(value) is not dict or not levels:
        return False
    texts = list(value)
    for child in value.values():
        if isinstance(child, str):
            texts.append(child)
        elif isinstance(child, int):
            texts.append("" if abs(child) <= _MAX_INTEGER else "\x00")
        elif child is not None and not _is_plain(child, levels - 1):
            return False
    return not _NOT_STORABLE.search("".join(texts))


def flaw_in(value: Any) -> Finding | None:
    """Find the first thing in a parsed value that must not enter the log, or nothing.

    A key named twice, a NUL or half of a surrogate pair, a number that is not finite or has more
    than 64 bits, or more than 32 levels of nesting.
    """
    if _is_plain(value, MAX_DEPTH):
        return None
    level = [(value, "")]
    for _depth in range(MAX_DEPTH):
        below: list[tuple[Any, str]] = []
        for each, path in level:
            if isinstance(each, Repeated):
                return Finding("key_repeated", path, {"key": each.key})
            if code := _flaw_of_scalar(each):
                return Finding(code, path)
            below += _children(each, path)
        if not below:
            return None
        level = below
    return Finding("nested_too_deeply", "", {"levels": MAX_DEPTH})
