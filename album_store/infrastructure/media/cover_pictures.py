"""Pictures of a cover for browsers to choose from: AVIF and WebP, which take a third and half of the bytes of JPEG."""

import io
import re
from typing import Any

from PIL import Image, features

# At speed 8, an AVIF file is a fifth smaller than at 9 and takes four times as long: worth it for those shown most. A
# phone's grid takes 360, large covers on phones and grids on fine screens take 720.
_AVIF: dict[str, Any] = {"quality": 50, "max_threads": 1}
_WEBP: dict[str, Any] = {"quality": 70}
# Extension -> longer side in pixels -> how Pillow saves it. The smallest format is first: browsers take the first that
# they know.
_OPTIONS: dict[str, dict[int, dict[str, Any]]] = {
    "avif": {360: _AVIF | {"speed": 8}, 720: _AVIF | {"speed": 8}, 1200: _AVIF | {"speed": 9}},
    "webp": {360: _WEBP, 720: _WEBP},
}
PICTURE_NAME = re.compile("|".join(f"-(?:{'|'.join(map(str, sizes))})\\.{form}" for form, sizes in _OPTIONS.items()))


def picture_sizes() -> dict[str, tuple[int, ...]]:
    """Return the sizes of each format that this build of Pillow can write, by extension; the smallest format first."""
    return {form: tuple(sizes) for form, sizes in _OPTIONS.items() if features.check(form)}


def encode_picture(cover: Image.Image, form: str, size_px: int) -> bytes:
    """Return a picture of the cover whose longer side is at most `size_px`, without metadata."""
    smaller = cover.copy()
    smaller.thumbnail((size_px, size_px), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    smaller.save(buffer, form.upper(), **_OPTIONS[form][size_px])
    return buffer.getvalue()
