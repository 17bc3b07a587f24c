"""Read JSON strictly, and find what in it no honest sender writes and no table can hold."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from tracker.fieldlog.kinds import Finding

# No kind of event nests deeper than five; 32 leaves room and keeps every later walk short.
MAX_DEPTH = 32
_MAX_INTEGER = 2**63 - 1
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


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


def read_json(body: bytes) -> Any:
    """Return what a body in UTF-8 says; raises ValueError or RecursionError for what is no JSON.

    What is odd in a value is left in it, for `flaw_in` to find item by item.
    """
    return json.loads(body.decode("utf-8"), object_pairs_hook=_object)


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
