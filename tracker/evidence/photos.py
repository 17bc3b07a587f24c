"""Make the copy of a photo that may be shown: smaller, upright, without a word about its maker.

Pure; run it through lib.bounded, for what comes here is a stranger's.
"""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

READER = "tracker.evidence.photos:shown"
# More than telephones send; a small file may unpack to far more.
MOST_PIXELS = 60_000_000
# A screen shows no more, and a copy of this size tells what there was to see.
LONGEST_SIDE = 1600
QUALITY = 82
NOT_A_PHOTO, TOO_MANY_PIXELS = "not_a_photo", "too_many_pixels"
_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
# Photos of iPhones, which Pillow alone cannot read: kept, and shown to nobody.
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc")

# Our own limit is asked first; beyond it Pillow's warning would come too late.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def _opened(body: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(body), formats=tuple(_FORMATS))
    except Image.DecompressionBombError as error:
        raise ValueError(TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise ValueError(NOT_A_PHOTO) from error
    if image.width * image.height > MOST_PIXELS:
        raise ValueError(TOO_MANY_PIXELS)
    return image


def _copy(image: Image.Image) -> bytes:
    """Return a JPEG of the picture alone: no comment, profile, thumbnail or place comes along."""
    # A JPEG is read at the size that is wanted, which costs a fraction of its pixels.
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright, mask=upright.getchannel("A"))
    out = BytesIO()
    clean.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def shown(body: bytes) -> dict[str, Any]:
    """Return the media type of a photo, and its copy to show in base64, "" where none is made.

    Raises ValueError with NOT_A_PHOTO or TOO_MANY_PIXELS.
    """
    if body[4:12] in _HEIC:
        return {"mime": "image/heic", "copy": ""}
    image = _opened(body)
    mime = _FORMATS[str(image.format)]
    try:
        return {"mime": mime, "copy": base64.b64encode(_copy(image)).decode()}
    except (OSError, SyntaxError, EOFError) as error:
        raise ValueError(NOT_A_PHOTO) from error
