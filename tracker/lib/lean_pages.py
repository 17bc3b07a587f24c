"""Take out of a page what it carries and never shows: style rules, signs. Pure text work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_STYLE = re.compile(r"(<style>)(.*?)(</style>)", re.DOTALL)
_SYMBOL = re.compile(r'<symbol id="([\w-]+)".*?</symbol>', re.DOTALL)
_USED_SYMBOL = re.compile(r'href="#([\w-]+)"')
_PATTERN = re.compile(r'<pattern id="([\w-]+)".*?</pattern>', re.DOTALL)
_TAG = re.compile(r"<([a-z][a-z0-9]*)")
_ATTRIBUTE = re.compile(r'\s([a-z][\w-]*)(?:="([^"]*)")?(?=[\s/>])')
_NEGATION = re.compile(r":not\([^()]*\)")
_PSEUDO = re.compile(r"::?[\w-]+(?:\([^()]*\))?")
_PART = re.compile(r'\.([\w-]+)|#([\w-]+)|\[([\w-]+)(?:="?([^\]"]*)"?)?\]|([a-zA-Z][\w-]*)')
_COMMA = re.compile(r",(?![^(]*\))")
_PROPERTY = re.compile(r"(--[\w-]+):[^;}]*;?")
_NAMED = re.compile(r"(--[\w-]+):")


@dataclass(frozen=True, slots=True)
class _Used:
    """The tags, classes and attributes of a page; `kept` are names that a script may add later."""

    tags: frozenset[str]
    classes: frozenset[str]
    attributes: frozenset[tuple[str, str]]
    kept: frozenset[str]

    def matches(self, selector: str) -> bool:
        """Tell whether the selector could apply to anything in the page."""
        bare = _PSEUDO.sub("", _NEGATION.sub("", selector))
        return all(self._has(*part) for part in _PART.findall(bare))

    def _has(self, css_class: str, name: str, attribute: str, value: str, tag: str) -> bool:
        if css_class:
            return css_class in self.classes or css_class in self.kept
        if name:
            return ("id", name) in self.attributes
        if attribute:
            return attribute in self.kept or (attribute, value) in self.attributes
        return tag in self.tags


def lean(html: str, *, kept: frozenset[str] = frozenset()) -> str:
    """Return the page without the rules and signs that nothing in it uses.

    `kept` names the classes and attributes that a script may add. The page must write attributes
    in double quotes; a rule that is not understood stays.
    """
    html = _without_unused_signs(html)
    used = _used(_STYLE.sub("", html), kept)
    return _STYLE.sub(lambda found: found[1] + _lean_sheet(found[2], used) + found[3], html)


def _without_unused_signs(html: str) -> str:
    used = set(_USED_SYMBOL.findall(html))
    html = _SYMBOL.sub(lambda found: found[0] if found[1] in used else "", html)
    is_hatched = 'class="not"' in html or 'class="est"' in html
    return html if is_hatched else _PATTERN.sub("", html)


def _used(body: str, kept: frozenset[str]) -> _Used:
    attributes: set[tuple[str, str]] = set()
    classes: set[str] = set()
    for name, value in _ATTRIBUTE.findall(body):
        # Once by its name alone, for selectors that ask for no value.
        attributes |= {(name, value), (name, "")}
        if name == "class":
            classes.update(value.split())
    return _Used(frozenset(_TAG.findall(body)), frozenset(classes), frozenset(attributes), kept)


def _lean_sheet(css: str, used: _Used) -> str:
    return _without_unused_properties("".join(_lean_rules(css, used)))


def _lean_rules(css: str, used: _Used) -> Iterator[str]:
    for head, body in _blocks(css):
        if head.startswith("@media"):
            inside = "".join(_lean_rules(body, used))
            if inside:
                yield f"{head}{{{inside}}}"
        elif head.startswith("@"):
            yield f"{head}{{{body}}}"
        else:
            selectors = [one for one in _COMMA.split(head) if used.matches(one)]
            if selectors and body:
                yield f"{','.join(selectors)}{{{body}}}"


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before each outermost pair of braces, and what stands in it."""
    depth = start = opened = 0
    for at, character in enumerate(css):
        if character == "{":
            depth += 1
            if depth == 1:
                opened = at
        elif character == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : at]
                start = at + 1


def _without_unused_properties(css: str) -> str:
    """Drop custom properties that nothing reads, again and again: one may have read another."""
    while True:
        named = set(_NAMED.findall(css))
        unread = {name for name in named if not re.search(rf"var\({name}[,)]", css)}
        if not unread:
            return css
        css = _without(unread, css)


def _without(names: set[str], css: str) -> str:
    return _PROPERTY.sub(lambda found: "" if found[1] in names else found[0], css)
