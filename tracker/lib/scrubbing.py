"""Keep the tokens of devices and links out of every log line: who has one may speak as them."""

from __future__ import annotations

import logging
import re

HIDDEN = "[token]"
# What follows the addresses that carry a token, also where the token is a wrong or a cut one.
_IN_ADDRESS = re.compile(r"(/in/[\w-]+/|/stop/|/subscribe/confirm/)[^/\s?\"'<>]+")
# The tokens of devices, channels and links are 40 hex digits; digests of 64 are left alone.
_TOKEN = re.compile(r"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])")
_FORMAT = logging.Formatter()


def without_tokens(text: str) -> str:
    """Return text with every token in it replaced by a mark."""
    return _TOKEN.sub(HIDDEN, _IN_ADDRESS.sub(rf"\1{HIDDEN}", text))


class WithoutTokens(logging.Filter):
    """Scrub the message of a log record and its traceback before anybody writes them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record in place and let it pass."""
        try:
            said = record.getMessage()
        except (TypeError, ValueError):
            # A line whose arguments do not fit says what it can.
            said = str(record.msg)
        record.msg, record.args = without_tokens(said), None
        if record.exc_info and not record.exc_text:
            record.exc_text = _FORMAT.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_tokens(record.exc_text)
        return True
