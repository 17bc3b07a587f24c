"""Compose the one small style sheet that public pages carry in their head. Pure text work."""

import re

# What public pages never show; the rest of components.css is sent.
STAFF_ONLY = frozenset({"queue", "toast", "alert", "log", "funnel", "heads", "dots", "ministrip"})

_SECTION = re.compile(r"/\* == ([\w-]+) ==[^*]*\*/")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_HAND_CHOSEN_DARK = re.compile(r":root\[data-theme=\w+\]\{[^}]*\}")


def select_sections(components: str, *, leave_out: frozenset[str]) -> str:
    """Return components.css without the named sections (marked `/* == name == */`)."""
    parts = _SECTION.split(components)
    named = zip(parts[1::2], parts[2::2], strict=True)
    return "".join(text for name, text in named if name not in leave_out)


def minify(css: str) -> str:
    """Drop comments, line breaks and blanks around punctuation; change nothing else.

    Blanks around + and > stay: inside calc() they carry meaning.
    """
    css = _COMMENT.sub("", css)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,])\s*", r"\1", css)
    css = re.sub(r":\s+", ":", css)
    return css.replace(";}", "}").strip()


def compose(*, tokens: str, components: str, layout: str) -> str:
    """Return tokens, the components public pages use and their layout as one minified sheet.

    The tokens of a dark mode chosen by hand are left out: only staff pages offer that choice.
    """
    pieces = select_sections(components, leave_out=STAFF_ONLY)
    return minify(_HAND_CHOSEN_DARK.sub("", tokens) + pieces + layout)
