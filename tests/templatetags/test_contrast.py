"""Contrast of every pair of colours, light and dark: text 4.5 to 1, lines and shapes 3 to 1."""

import re
from pathlib import Path

import pytest

TOKENS = (
    Path(__file__).resolve().parents[2] / "tracker" / "static" / "tracker" / "css" / "tokens.css"
).read_text(encoding="utf-8")
COLOUR = re.compile(r"--([\w-]+):(#[0-9a-f]{3,6})")
STATUSES = ("open", "restricted", "closed", "announced", "unknown")
GROUNDS = ("paper", "sheet", "sunk")

PAIRS = [
    *(("ink", ground, 7.0) for ground in GROUNDS),
    *(("ink-2", ground, 4.5) for ground in GROUNDS),
    *(("press", ground, 4.5) for ground in (*GROUNDS, "press-sunk")),
    ("press-ink", "press", 4.5),
    *((s, ground, 4.5) for s in STATUSES for ground in (*GROUNDS, f"{s}-tint")),
    *(("on-status", s, 4.5) for s in STATUSES),
    *(("ink", f"{s}-tint", 7.0) for s in STATUSES),
    ("line-strong", "paper", 3.0),
    ("line-strong", "sheet", 3.0),
    ("focus", "paper", 3.0),
]


def _modes() -> dict[str, dict[str, str]]:
    light = dict(COLOUR.findall(TOKENS.split("@media")[0]))
    follows = TOKENS.split("@media (prefers-color-scheme:dark)")[1].split("}}")[0]
    by_hand = TOKENS.split(":root[data-theme=dark]{")[1].split("}")[0]
    return {
        "light": light,
        "dark": light | dict(COLOUR.findall(follows)),
        "dark by hand": light | dict(COLOUR.findall(by_hand)),
    }


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(c * 2 for c in digits)
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _ratio(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_measures_21() -> None:
    assert _ratio("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("mode", ["light", "dark", "dark by hand"])
def test_every_pair_of_colours_can_be_read(mode: str) -> None:
    colours = _modes()[mode]

    too_weak = [
        f"{front} on {ground}: {_ratio(colours[front], colours[ground]):.2f} < {need}"
        for front, ground, need in PAIRS
        if _ratio(colours[front], colours[ground]) < need
    ]

    assert too_weak == []


def test_dark_chosen_by_hand_equals_dark_of_the_system() -> None:
    modes = _modes()

    assert modes["dark"] == modes["dark by hand"]
