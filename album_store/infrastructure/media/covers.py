"""Album covers: reading and checking files, and making the two sizes that are shown."""

import io
import struct
from contextlib import suppress
from pathlib import Path

from PIL import ExifTags, Image

from album_store.infrastructure.media.flattened_picture import flattened_picture
from album_store.infrastructure.media.jpeg_parts import BEGINNING, jpeg_parts
from album_store.infrastructure.media.media_error import MediaError
from album_store.infrastructure.media.picture_parts import PictureParts, not_whole
from album_store.infrastructure.media.png_parts import SIGNATURE, png_parts
from album_store.infrastructure.media.webp_parts import webp_parts

SIZES_PX = (1200, 480)
MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
# The WebP decoder holds four copies of the image in memory.
MAX_WEBP_PIXELS = 20_000_000

_QUALITY = 85
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_cover_file(source: Path) -> bytes:
    """Return the bytes of an image file. Raises MediaError above MAX_BYTES, OSError if it cannot be read."""
    with source.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise MediaError(f"The image file is larger than {MAX_BYTES // 1_000_000} MB. Save a smaller version.")
    return content


def picture_parts(content: bytes) -> PictureParts:
    """Parse a file. Raises MediaError if its format is not accepted, or it is incomplete or exceeds the limits."""
    if content.startswith(SIGNATURE):
        return png_parts(content)
    if content.startswith(BEGINNING):
        return jpeg_parts(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return webp_parts(content)
    raise not_whole()


def decode_cover(parts: PictureParts) -> Image.Image:
    """Return the image, upright, in sRGB, on white where it is transparent, and large enough for all SIZES_PX.

    Every pixel is decoded, so that a truncated file is rejected before visitors see it. Broken metadata is ignored.
    Raises MediaError if the image is invalid or exceeds the limits.
    """
    limit = MAX_WEBP_PIXELS if parts.extension == "webp" else MAX_PIXELS
    width, height = parts.size
    if width * height > limit:
        raise MediaError(
            f"The image has more than {limit // 1_000_000} million pixels ({width} x {height}). Make it smaller."
        )
    try:
        # Twice the largest size is enough: resampling from it looks the same as resampling from the original.
        image = flattened_picture(parts, 2 * max(SIZES_PX))
    except Exception as error:  # decoders raise various undocumented exceptions for broken data
        raise not_whole() from error
    turn = _turn(parts.exif)
    return image if turn is None else image.transpose(turn)


def _turn(exif: bytes) -> Image.Transpose | None:
    """Return how to turn the image according to its EXIF data, even if other parts of the data are broken."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = ">" if tiff.startswith(b"MM") else "<"
    with suppress(struct.error):
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if tag == ExifTags.Base.Orientation:
                return _TURNS.get(value)
    return None


def encode_cover(image: Image.Image, size_px: int) -> bytes:
    """Return a JPEG of the image, without metadata, whose longer side is at most `size_px`."""
    smaller = image.copy()
    smaller.thumbnail((size_px, size_px), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    smaller.save(buffer, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()
