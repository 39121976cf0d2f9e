"""A parsed image file: its pixel data, and the metadata that affects how it looks."""

from dataclasses import dataclass

from album_store.infrastructure.media.media_error import MediaError

EXTENSIONS = ("jpg", "png", "webp")
# Tools write a few thousand at most. Files made to waste time have millions.
MAX_PARTS = 100_000


@dataclass(frozen=True)
class PictureParts:
    """The pixel data of a file, and the metadata that affects how it looks.

    `extension` is one of EXTENSIONS. The first usable one of `profiles` applies. `profiles` and `exif` are as found in
    the file and may be broken. `is_grey`: the file stores shades of grey, whatever mode the decoder returns.
    `colour_key` is the transparent colour, with one sample of `depth` bits per channel.
    """

    extension: str
    size: tuple[int, int]
    pixels: bytes
    profiles: tuple[bytes, ...] = ()
    exif: bytes = b""
    is_grey: bool = False
    depth: int = 8
    colour_key: tuple[int, ...] = ()


def not_whole() -> MediaError:
    """Return the error for a file that is in none of the three formats, or incomplete."""
    return MediaError("This is not a complete JPEG, PNG or WebP image.")


def check_part(number: int) -> None:
    """Raise MediaError above MAX_PARTS."""
    if number > MAX_PARTS:
        raise MediaError(f"The image file has more than {MAX_PARTS:,} parts. Export it again from an image editor.")
