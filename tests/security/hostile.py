"""Texts that break what is built carelessly, and readers that notice when one got through."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# An element or attribute of this name in a page was typed by somebody.
MARK = "qzx"
# What a template engine would make of 7191 times 7191.
COMPUTED = "51710481"

PAYLOADS = (
    f"<script {MARK}>alert(1)</script>",
    f"</script><script {MARK}>alert(1)</script>",
    f"<img src=x {MARK} onerror=alert(1)>",
    f"<svg {MARK} onload=alert(1)>",
    f"<svg><animate {MARK} onbegin=alert(1) attributeName=x>",
    f"<iframe {MARK} srcdoc='<script>alert(1)</script>'>",
    f"<a {MARK} href='javascript:alert(1)'>road</a>",
    f"</textarea><script {MARK}>alert(1)</script>",
    f"</title><script {MARK}>alert(1)</script>",
    f"</style><style {MARK}>body{{display:none}}</style>",
    f'" autofocus onfocus=alert(1) {MARK}="',
    f"' onmouseover=alert(1) {MARK}='",
    f"--><b {MARK}>bold</b><!--",
    f"]]><b {MARK}>bold</b><![CDATA[",
    f"<![CDATA[<b {MARK}>]]>",
    f"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><a {MARK}>&x;</a>",
    f"&lt;script {MARK}&gt;alert(1)&lt;/script&gt;",
    "&amp;&quot;&#39;&nbsp;&bogus;",
    f"<scr\x00ipt {MARK}>alert(1)</scr\x00ipt>",
    "text with a NUL \x00 inside",
    "{{7191*7191}}",
    "{% load admin %}{{ 7191|add:1 }}${7191*7191}#{7191*7191}",
    "%(people)s %s %d {0} {people} {!r}",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://example.org","click")',
    "+1+1",
    "-2+3",
    "@SUM(1,1)",
    "\u202eNEPO si daor eht\u202c",
    "\u2066isolated\u2069 \u200e\u200f\u061c",
    "zero\u200bwidth\u2060\ufeffjoin",
    "مغلق الطريق (A1) < 5",
    "הדרך סגורה & 'סגורה'",
    "👩‍👩‍👧‍👦🚍🏳️‍🌈",
    "\u0301\u0301\u0301 combining first",
    "Subject: x\r\nBcc: somebody@example.org\r\n\r\nbody",
    "line one\nline two\u2028line three\x85line four",
    "../../../../etc/passwd%00",
    "'; DROP TABLE tracker_logevent; --",
    "W" * 4000,
)
# What may reorder or hide the words around it, and what XML forbids.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
# The house isolates names and figures in right-to-left sentences itself, in pairs.
_ISOLATED = re.compile("[\u2066\u2068]([^\u2066-\u2069]*)\u2069")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.alien: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_inline = tag == "script" and not given.get("src") and "json" not in given.get("type", "")
        acts = [
            name for name in given if name.startswith("on") or name in {MARK, "style", "srcdoc"}
        ]
        leads = [
            value
            for name, value in given.items()
            if name in {"href", "src", "action", "formaction"}
            and value.strip().lower().startswith(("javascript:", "data:text", "vbscript:"))
        ]
        if is_inline or acts or leads or tag in {"iframe", "object", "embed", "base"}:
            self.alien.append(f"<{tag} {given}>")


def alien_elements(html: str) -> list[str]:
    """Return the elements of a page that act, or that nobody of the house wrote."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.alien


def invisible_in(text: str) -> list[str]:
    """Return the signs that could hide or turn round the words about them."""
    unwrapped = _ISOLATED.sub(r"\1", _ISOLATED.sub(r"\1", text))
    return [f"U+{ord(each):04X}" for each in _INVISIBLE.findall(unwrapped)]


def flaws(html: str) -> list[str]:
    """Return what is wrong with a page that shows text of others."""
    found = alien_elements(html)
    found += invisible_in(html)
    return found + [COMPUTED for _ in range(html.count(COMPUTED))]
