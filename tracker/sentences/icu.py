"""Parse and render the part of ICU MessageFormat used here: {x}, plural, selectordinal, select, #.

No library is used: of the pure Python ones the older have seen no release since 2021, the newer
call themselves experimental, and PyICU must be compiled. Every sentence was compared with ICU 78.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale
from babel.numbers import format_decimal

Value = str | int

_PLACEHOLDER = re.compile(r"\{\s*(\w+)\s*(?:(\})|,\s*(plural|selectordinal|select)\s*,)")
_CASE = re.compile(r"\s*(=\d+|\w+)\s*\{")
_END = re.compile(r"\s*\}")


class MalformedTemplateError(ValueError):
    """A template that is not in the supported part of MessageFormat; the text says where."""


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Argument:
    name: str


@dataclass(frozen=True, slots=True)
class Count:
    """The number sign, which stands for the number of the plural around it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A plural, selectordinal or select; `cases` always holds "other"."""

    kind: str
    name: str
    cases: Mapping[str, tuple[Node, ...]]


Node = Text | Argument | Count | Choice


@cache
def parse(template: str) -> tuple[Node, ...]:
    """Return the template as nodes.

    Raises MalformedTemplateError. An ASCII apostrophe is one, because ICU reads it as quoting:
    apostrophes are written U+2019.
    """
    if "'" in template:
        raise MalformedTemplateError("ASCII apostrophe is ICU quoting: use U+2019")
    nodes, end = _sequence(template, 0, inside_plural=False, nested=False)
    if end != len(template):
        raise MalformedTemplateError(f"stray }} at {end}")
    return nodes


def _sequence(
    template: str, start: int, *, inside_plural: bool, nested: bool
) -> tuple[tuple[Node, ...], int]:
    nodes: list[Node] = []
    at = start
    stops = re.compile("[{}#]" if inside_plural else "[{}]")
    while at < len(template):
        found = stops.search(template, at)
        until = found.start() if found else len(template)
        if until > at:
            nodes.append(Text(template[at:until]))
        at = until
        if found is None or found[0] == "}":
            break
        if found[0] == "#":
            nodes.append(Count())
            at += 1
        else:
            node, at = _placeholder(template, at, inside_plural=inside_plural)
            nodes.append(node)
    if nested and at >= len(template):
        raise MalformedTemplateError(f"case opened at {start} is not closed")
    return tuple(nodes), at


def _placeholder(template: str, start: int, *, inside_plural: bool) -> tuple[Node, int]:
    opening = _PLACEHOLDER.match(template, start)
    if opening is None:
        raise MalformedTemplateError(
            f"bad placeholder at {start}: {template[start : start + 30]!r}"
        )
    name, closed, kind = opening.groups()
    at = opening.end()
    if closed:
        return Argument(name), at
    cases: dict[str, tuple[Node, ...]] = {}
    while (case := _CASE.match(template, at)) is not None:
        # A select within a plural still speaks of the plural's number.
        counted = kind != "select" or inside_plural
        body, at = _sequence(template, case.end(), inside_plural=counted, nested=True)
        at += 1
        if case[1] in cases:
            raise MalformedTemplateError(f"case {case[1]} of {name} stands twice")
        cases[case[1]] = body
    ending = _END.match(template, at)
    if ending is None or "other" not in cases:
        raise MalformedTemplateError(f"{kind} of {name} is not closed or has no case other")
    return Choice(kind, name, cases), ending.end()


def walk(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Yield every node, those inside the cases too."""
    for node in nodes:
        yield node
        if isinstance(node, Choice):
            for body in node.cases.values():
                yield from walk(body)


def placeholders(template: str) -> frozenset[str]:
    """Return the names of the values that the template needs."""
    return frozenset(
        node.name for node in walk(parse(template)) if isinstance(node, Argument | Choice)
    )


def render(template: str, *, language: str, values: Mapping[str, Value]) -> str:
    """Return the template with values filled in, numbers grouped as in `language`, Western digits.

    Raises KeyError when a value is missing and TypeError when a plural gets no number.
    """
    return _fill(parse(template), _locale(language), values, count=None)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def _fill(
    nodes: tuple[Node, ...], locale: Locale, values: Mapping[str, Value], *, count: int | None
) -> str:
    parts: list[str] = []
    for node in nodes:
        if isinstance(node, Text):
            parts.append(node.text)
        elif isinstance(node, Argument):
            parts.append(_written(values[node.name], locale))
        elif isinstance(node, Count):
            parts.append("#" if count is None else _written(count, locale))
        else:
            body, inner = _chosen(node, locale, values[node.name])
            parts.append(_fill(body, locale, values, count=count if inner is None else inner))
    return "".join(parts)


def _chosen(choice: Choice, locale: Locale, value: Value) -> tuple[tuple[Node, ...], int | None]:
    other = choice.cases["other"]
    if choice.kind == "select":
        return choice.cases.get(str(value), other), None
    if not isinstance(value, int):
        raise TypeError(f"{choice.kind} of {choice.name} needs a number, not {value!r}")
    rule = locale.plural_form if choice.kind == "plural" else locale.ordinal_form
    exact = choice.cases.get(f"={value}")
    return (choice.cases.get(rule(abs(value)), other) if exact is None else exact), value


def _written(value: Value, locale: Locale) -> str:
    # babel writes Western digits in Arabic unless asked otherwise; OCHA's Arabic pages do too.
    return format_decimal(value, locale=locale) if isinstance(value, int) else value
