"""Draw a text as a QR code that a page can show without any inline style."""

from __future__ import annotations

import segno


def qr_address(text: str) -> str:
    """Return the QR code of `text` as the `data:` address of an SVG, black on nothing.

    Error correction M, a quiet border of four modules. Raises ValueError where the text is
    longer than a QR code can hold (about 2,300 bytes).
    """
    try:
        code = segno.make(text, error="m", micro=False)
    except segno.DataOverflowError as error:
        raise ValueError("too long for a QR code") from error
    return code.svg_data_uri(border=4, omitsize=True, svgclass=None, lineclass=None)
