"""A QR code is a small picture that needs no style and no script."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from tracker.lib.qr import qr_address


def test_a_qr_code_is_an_svg_that_scales_and_carries_no_style() -> None:
    picture = unquote(qr_address("https://field.example/in/osmand/" + "a" * 40))

    assert picture.startswith("data:image/svg+xml")
    assert "viewBox=" in picture
    assert "style" not in picture
    assert "<script" not in picture


def test_text_that_no_code_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        qr_address("a" * 5000)
