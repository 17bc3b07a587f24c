"""Smells of pages: inline code and style, text outside gettext, sides instead of start and end."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.house.tree import File, Finding, Smell

TEMPLATE_TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
TRANSLATED_BLOCK = re.compile(
    r"{%-?\s*(blocktranslate|blocktrans|comment)\b.*?{%-?\s*end\1\s*%}", re.DOTALL
)
WORD = re.compile(r"[^\W\d_]{2}")
SPOKEN_ATTRIBUTES = {"title", "alt", "aria-label", "aria-description", "placeholder"}
SILENT_ELEMENTS = {"script", "style", "code", "kbd"}
VOID_ELEMENTS = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


def is_page(file: File) -> bool:
    return file.path.startswith("templates/") and file.path.endswith(".html")


def is_web_page(file: File) -> bool:
    """Say whether the file is a page of the site; mail clients read no style sheets."""
    return is_page(file) and not file.path.startswith("templates/email/")


def is_style(file: File) -> bool:
    return file.path.endswith(".css")


def _blank(match: re.Match[str]) -> str:
    """Keep the line breaks, so that a finding names its line."""
    return re.sub(r"[^\n]", " ", match.group())


class _Page(HTMLParser):
    """Collects what a page says outside gettext, and the code and style it carries inline."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.bare: list[Finding] = []
        self.inline: list[Finding] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        named = dict(attrs)
        self._note_inline(line, tag, named)
        for name, value in attrs:
            spoken = name in SPOKEN_ATTRIBUTES or (tag == "button" and name == "value")
            if spoken and WORD.search(value or ""):
                self.bare.append((line, f'{name}="{value}" outside gettext'))
        silent = tag in SILENT_ELEMENTS or named.get("translate") == "no" or self._silent
        if silent and tag not in VOID_ELEMENTS:
            self._silent.append(tag)

    def _note_inline(self, line: int, tag: str, named: dict[str, str | None]) -> None:
        is_data = (named.get("type") or "").endswith("json")
        if tag == "style":
            self.inline.append((line, "<style> in a page; one file per component"))
        if tag == "script" and "src" not in named and not is_data:
            self.inline.append((line, "<script> without src; the policy refuses it"))
        for name, value in named.items():
            if name == "style" or name.startswith("on"):
                self.inline.append((line, f"inline {name}="))
            if (value or "").strip().lower().startswith("javascript:"):
                self.inline.append((line, f"{name} holds a script"))

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag in self._silent:
            while self._silent.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._silent and WORD.search(data):
            self.bare.append((self.getpos()[0], f"{' '.join(data.split())!r} outside gettext"))


def _read(file: File) -> _Page:
    page = _Page()
    text = TRANSLATED_BLOCK.sub(_blank, file.text)
    page.feed(TEMPLATE_TAG.sub(_blank, text))
    page.close()
    return page


def words_outside_gettext(file: File) -> Iterator[Finding]:
    """Find visible words and spoken attributes that no translator will see."""
    yield from _read(file).bare


def inline_code(file: File) -> Iterator[Finding]:
    """Find style and script inside a page, which the content security policy refuses."""
    yield from _read(file).inline


UNSAFE = re.compile(r"\|\s*safe(seq)?\b|{%\s*autoescape\s+off")
INCLUDED = re.compile(r"{%-?\s*include\s+[\"']([^\"']+)[\"']")


def unescaped_text(file: File) -> Iterator[Finding]:
    """Find text put into a page without escaping."""
    for number, line in enumerate(file.lines, start=1):
        if UNSAFE.search(line):
            yield number, "unescaped text; build it with format_html"


def unnamed_partials(file: File) -> Iterator[Finding]:
    """Find included files that are neither a component nor marked by `_`; allauth names its own."""
    for number, line in enumerate(file.lines, start=1):
        for name in INCLUDED.findall(line):
            named_by_us = not name.startswith(("components/", "account/", "mfa/", "admin/"))
            if named_by_us and not name.rpartition("/")[2].startswith("_"):
                yield number, f"{name} is included, so its name begins with _"


SIDES = re.compile(
    r"(?<![\w-])((margin|padding|border|scroll-margin|scroll-padding)-(left|right)\b"
    r"|(left|right)\s*:|(text-align|float|clear)\s*:\s*(left|right)\b"
    r"|border-(top|bottom)-(left|right)-radius)"
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def sides(file: File) -> Iterator[Finding]:
    """Find left and right where the page needs start and end, since Arabic mirrors it."""
    text = COMMENT.sub(_blank, file.text)
    for number, line in enumerate(text.splitlines(), start=1):
        for match in SIDES.finditer(line):
            yield number, f"{match.group()!r}: use the inline-start / inline-end property"


PAGE = "templates/corridors/detail.html"
STYLE = "tracker/static/tracker/css/pill.css"

SMELLS = (
    Smell(
        "words outside gettext",
        words_outside_gettext,
        is_page,
        bad=(
            File(PAGE, "<p>Corridors</p>"),
            File(PAGE, "{% if x %}Open{% endif %}"),
            File(PAGE, '<a title="Next page" href="/">{% translate "Next" %}</a>'),
            File(PAGE, "<code>C7</code><p>after code</p>"),
        ),
        good=(
            File(PAGE, '<p>{% translate "Corridors" %} {{ name }} · 12 &amp; 3</p>'),
            File(PAGE, "{% blocktranslate %}<b>Open</b> since{% endblocktranslate %}"),
            File(PAGE, '<a title="{% translate "Next page" %}">→</a>'),
            File(PAGE, "<code>C7 HELD</code>{# a comment #}"),
            File(PAGE, '<a lang="uk" translate="no">Українська</a>'),
        ),
    ),
    Smell(
        "inline code and style",
        inline_code,
        is_web_page,
        bad=(
            File(PAGE, '<p style="color: red">1</p>'),
            File(PAGE, '<button onclick="go()">1</button>'),
            File(PAGE, "<script>go()</script>"),
            File(PAGE, "<style>p { color: red }</style>"),
            File(PAGE, '<a href="javascript:go()">1</a>'),
        ),
        good=(
            File(PAGE, '<script type="module" src="{% static "tracker/js/age.js" %}"></script>'),
            File(PAGE, '<script type="application/json" id="track">{}</script>'),
        ),
    ),
    Smell(
        "unescaped text",
        unescaped_text,
        is_page,
        bad=(File(PAGE, "{{ note|safe }}"), File(PAGE, "{% autoescape off %}")),
        good=(File(PAGE, "{{ note }} {{ note|linebreaks }}"),),
    ),
    Smell(
        "unnamed partials",
        unnamed_partials,
        is_page,
        bad=(File(PAGE, '{% include "corridors/claims.html" %}'),),
        good=(
            File(PAGE, '{% include "corridors/_claims.html" %}'),
            File(PAGE, '{% include "mfa/webauthn/snippets/login_script.html" %}'),
            File(PAGE, '{% include "components/pill.html" with status=status only %}'),
        ),
    ),
    Smell(
        "sides instead of start and end",
        sides,
        is_style,
        bad=(
            File(STYLE, ".pill { margin-left: 1rem; }"),
            File(STYLE, ".pill { text-align: right; }"),
            File(STYLE, ".pill { left: 0; }"),
        ),
        good=(File(STYLE, ".pill { margin-inline-start: 1rem; } /* left: 0 */"),),
    ),
)
