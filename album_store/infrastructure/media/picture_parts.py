"""A picture file taken apart: what its pixels need, and what says how they are meant."""

from dataclasses import dataclass

from album_store.infrastructure.media.media_error import MediaError

EXTENSIONS = ("jpg", "png", "webp")
# Tools write some thousand at most; files made to cost time have millions.
MAX_PARTS = 100_000


@dataclass(frozen=True)
class PictureParts:
    """The file without anything but its pixels, and the side data that changes how they look.

    `extension` is one of EXTENSIONS. The first usable of `profiles` holds; they and `exif` may be broken, since they
    come from outside. `is_grey`: the file stores grey, whatever the decoder makes of it. `colour_key` is the colour
    that is transparent, a sample of `depth` bits for each channel.
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
    """The error for a file that is of none of the three formats, or incomplete."""
    return MediaError("This is not a whole JPEG, PNG or WebP picture.")


def check_part(number: int) -> None:
    """Raise MediaError if a file has more parts than are read."""
    if number > MAX_PARTS:
        raise MediaError(f"The picture file has more than {MAX_PARTS:,} parts; save it again with an image program.")
