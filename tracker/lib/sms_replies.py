"""Write the answer to a short message: in its language, and short enough for one part; pure."""

from __future__ import annotations

import re

from tracker.lib.sms_words import LANGUAGES, REPLIES, SHORT_AGE
from tracker.lib.text import clamp, tidy

# GSM 03.38: a single sign outside it halves what a part holds and more.
_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of these takes the room of two.
_GSM_7_LONG = frozenset("^{}\\[~]|€")
GSM_LIMIT, UCS_LIMIT = 160, 70
_SPACES = re.compile(r" {2,}")
_BEFORE_STOP = re.compile(r" +(?=[.,\n]|$)")
_FIGURE = re.compile(r"\d+")
_TEXT_LIMIT = 40


def size_of(text: str) -> tuple[int, int]:
    """Return how much room a text takes and how much one part has, in signs of its alphabet."""
    if set(text) <= _GSM_7 | _GSM_7_LONG:
        return sum(2 if sign in _GSM_7_LONG else 1 for sign in text), GSM_LIMIT
    return len(text.encode("utf-16-le")) // 2, UCS_LIMIT


def fits(text: str) -> bool:
    """Tell whether a text goes into one part of a short message."""
    size, room = size_of(text)
    return size <= room


def language_of(languages: tuple[str, ...], *, own: str) -> str:
    """Return the language to answer in: the sender's own where the words allow it."""
    mine = own[:2].lower()
    if mine in languages or languages == ("en",):
        return mine if mine in LANGUAGES else "en"
    return languages[0]


def reply(name: str, language: str, **values: object) -> str:
    """Return the answer of this name, filled in; values lose what could reorder the line.

    One that does not fit with all its values goes without the place, then is cut.
    """
    template = REPLIES[name].get(language) or REPLIES[name]["en"]
    filled = _filled(template, values)
    if not fits(filled) and values.get("cp"):
        filled = _filled(template, {**values, "cp": ""})
    while not fits(filled):
        filled = filled[:-1].rstrip()
    return filled


def _filled(template: str, values: dict[str, object]) -> str:
    told = {
        name: clamp(tidy(str(value)), _TEXT_LIMIT) if value != "" else ""
        for name, value in values.items()
    }
    return _BEFORE_STOP.sub("", _SPACES.sub(" ", template.format(**told))).strip()


def age_words(minutes: int, language: str) -> str:
    """Return how long ago something was, as the short answers say it."""
    number, unit = (minutes, 0) if minutes < 60 else (minutes // 60, 1)
    if minutes >= 48 * 60:
        number, unit = minutes // (24 * 60), 2
    return _FIGURE.sub(str(number), SHORT_AGE[language][unit])
