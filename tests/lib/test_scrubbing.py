"""A log line keeps what it says and loses the tokens in it."""

from __future__ import annotations

import logging
import sys

import pytest

from tracker.lib.scrubbing import WithoutTokens, without_tokens

TOKEN = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("line", "scrubbed"),
    [
        (f"Not Found: /in/osmand/{TOKEN}", "Not Found: /in/osmand/[token]"),
        ("Not Found: /in/osmand/half-a-token/x", "Not Found: /in/osmand/[token]/x"),
        (
            f'"GET /in/osmand/{TOKEN}?lat=1 HTTP/1.1" 400',
            '"GET /in/osmand/[token]?lat=1 HTTP/1.1" 400',
        ),
        (f"Gone: /stop/{TOKEN}/", "Gone: /stop/[token]/"),
        (f"somewhere else {TOKEN}.", "somewhere else [token]."),
        ("Not Found: /convoys/M1/", "Not Found: /convoys/M1/"),
        (f"digest {TOKEN}{'a' * 24}", f"digest {TOKEN}{'a' * 24}"),
    ],
)
def test_tokens_are_hidden_and_nothing_else(line: str, scrubbed: str) -> None:
    assert without_tokens(line) == scrubbed


def _record(message: str, *args: object, failing: bool = False) -> logging.LogRecord:
    trouble = None
    if failing:
        try:
            raise ValueError(TOKEN)
        except ValueError:
            trouble = sys.exc_info()
    return logging.LogRecord("name", logging.ERROR, "file", 1, message, args, trouble)


def test_arguments_and_tracebacks_are_scrubbed_too() -> None:
    record = _record("At %s", f"/in/osmand/{TOKEN}", failing=True)

    passes = WithoutTokens().filter(record)

    written = logging.Formatter().format(record)
    assert passes
    assert written.startswith("At /in/osmand/[token]")
    assert "ValueError: [token]" in written
    assert TOKEN not in written


def test_a_line_whose_arguments_do_not_fit_is_written_all_the_same() -> None:
    record = _record(f"%d of {TOKEN}", "many")

    WithoutTokens().filter(record)

    assert record.getMessage() == "%d of [token]"
