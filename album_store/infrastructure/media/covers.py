"""Album covers: which files are accepted, and the two sizes that are shown."""

import io
from pathlib import Path

from PIL import Image, ImageOps

from album_store.infrastructure.media.media_error import MediaError

SIZES_PX = (1200, 480)
MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000

_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 85
_TOO_MANY_PIXELS = f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels; make it smaller."


def read_cover_file(source: Path) -> bytes:
    """Return the bytes of an image file. Raises MediaError above MAX_BYTES, OSError if it cannot be read."""
    with source.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise MediaError(f"The picture is larger than {MAX_BYTES // 1_000_000} MB; save it smaller.")
    return content


def decode_cover(content: bytes) -> Image.Image:
    """Return the image, upright, in RGB, on white where it is transparent. Raises MediaError if it is invalid.

    Every pixel is decoded, so that a truncated file is rejected now and not found by a visitor.
    """
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise MediaError(_TOO_MANY_PIXELS)
            return _in_rgb(ImageOps.exif_transpose(image))
    except MediaError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise MediaError(_TOO_MANY_PIXELS) from None
    except Exception as error:  # what a decoder raises on broken data is not documented and varies
        raise MediaError("This is not a whole JPEG, PNG or WebP picture.") from error


def _in_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):  # Pillow would turn every 16-bit grey white
        image = image.point(lambda grey: grey / 256).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")


def encode_cover(image: Image.Image, size_px: int) -> bytes:
    """Return a JPEG whose longer side is at most `size_px`, without metadata."""
    smaller = Image.new("RGB", image.size)  # a new image has no metadata
    smaller.paste(image)
    smaller.thumbnail((size_px, size_px), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    smaller.save(buffer, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()
