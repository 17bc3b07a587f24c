"""Make text that people typed safe to store, fill into sentences and write into any format."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

# Bidi embeddings, overrides, isolates and marks: they can reorder what stands around them
# ("open" made to read as "closed"), and no typed name needs them.
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Invisible characters that make two equal-looking codes differ. ZWNJ and ZWJ (U+200C, U+200D) stay:
# Persian spelling and joined emoji need them, and they are dropped only where they join nothing.
_INVISIBLE = "\u00ad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
# C0 and C1 controls but tab and line feed, lone surrogates, and the code points XML 1.0 forbids.
_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"

_DROP = re.compile(f"[{_BIDI}{_INVISIBLE}{_CONTROL}]")
_LOOSE_JOINERS = re.compile("(?<!\\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\\S)")
_LINE_ENDS = re.compile("\r\n?|\x85|\u2028|\u2029")
_SPACES = re.compile(r"\s+")
_LONGEST_ADDRESS = 2000
_ADDRESS_WITHIN = re.compile(r"https?://[^\s()<>]+")
_SENTENCE_ENDS = ".!?…؟。"


def plain(text: str) -> str:
    """Return text in NFC without bidi controls, invisible characters and control characters.

    Line feeds and tabs stay; every other line end becomes a line feed.
    """
    with_line_feeds = _LINE_ENDS.sub("\n", text)
    visible = _DROP.sub("", with_line_feeds)
    return unicodedata.normalize("NFC", _LOOSE_JOINERS.sub("", visible))


def tidy(text: str) -> str:
    """Return plain text on one line, with single spaces and none at the ends."""
    return _SPACES.sub(" ", plain(text)).strip()


def as_sentence(text: str) -> str:
    """Return text with a capital first letter and a full stop, if it ends without a mark."""
    words = text.strip()
    closed = words if not words or words[-1] in _SENTENCE_ENDS else f"{words}."
    return closed[:1].upper() + closed[1:]


def split_link(text: str) -> tuple[str, str]:
    """Return what was typed beside the first web address in it, and that address or ""."""
    found = _ADDRESS_WITHIN.search(text)
    if found is None:
        return text.strip(), ""
    beside = f"{text[: found.start()].rstrip(' :(')} {text[found.end() :].lstrip(' )')}"
    return beside.strip(), web_address(found[0])


def tidy_lines(text: str) -> str:
    """Return plain text with each line tidied, and no blank lines at the ends or in pairs."""
    if text.isascii() and text.isprintable() and "  " not in text:
        # One clean line, as nearly all are that a device sends.
        return text.strip(" ")
    lines = [_SPACES.sub(" ", line).strip() for line in plain(text).split("\n")]
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def clamp(text: str, limit: int) -> str:
    """Return text of at most `limit` characters; what was cut is shown by an ellipsis.

    The cut never separates a letter from its combining marks or splits joined emoji.
    Raises ValueError when `limit` is below 1.
    """
    if limit < 1:
        raise ValueError(f"limit {limit} leaves no room for the ellipsis")
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and _belongs_to_the_one_before(text, end):
        end -= 1
    return text[:end].rstrip() + "…"


def _belongs_to_the_one_before(text: str, index: int) -> bool:
    joined = "\u200d" in (text[index], text[index - 1])
    return joined or unicodedata.category(text[index]).startswith("M")


def reads_right_to_left(text: str) -> bool:
    """Say whether text holds a letter of a right-to-left script."""
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def web_address(text: str) -> str:
    """Return text when it is an absolute http or https address, else the empty string.

    Anything else (`javascript:`, a bare word, a broken host) must never become a link.
    """
    address = plain(text).strip()
    if len(address) > _LONGEST_ADDRESS or _SPACES.search(address):
        return ""
    try:
        parts = urlsplit(address)
        # Reading the port is what makes urlsplit check it.
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    return address if sound else ""
