"""Decodes the pixels of an image, in sRGB and on white where it is transparent."""

import io
from collections.abc import Iterator, Sequence
from functools import reduce

from PIL import Image, ImageChops

from album_store.infrastructure.media.colour_profile import ColourMode, srgb_converter
from album_store.infrastructure.media.picture_parts import PictureParts

_FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
_STRIP_PIXELS = 1_000_000

_Box = tuple[int, int, int, int]


def flattened_picture(parts: PictureParts, least_px: int) -> Image.Image:
    """Return the image, reduced to no less than `least_px` on its longer side.

    Only the decoder holds the whole image. Everything else is done in strips, to avoid several copies of a large image.
    Raises any exception that the decoder raises for broken data.
    """
    low_matches = _low_byte_matches(parts)
    with _opened(parts) as image:
        image.draft(None, (least_px, least_px))  # decodes JPEG at a half, a quarter or an eighth, if enough
        factor = max(1, max(image.size) // least_px)
        mode = _colour_mode(image, parts)
        to_rgb = srgb_converter(parts.profiles, mode)
        result = Image.new("RGB", tuple(-(-side // factor) for side in image.size))
        for box in _strips(image.size, factor):
            strip, alpha = _alpha(image.crop(box), parts, low_matches and low_matches.crop(box))
            flat = Image.new("RGB", strip.size, "white")
            flat.paste(to_rgb(strip.convert(mode)), mask=alpha)
            result.paste(flat.reduce(factor), (0, box[1] // factor))
    return result


def _opened(parts: PictureParts) -> Image.Image:
    image = Image.open(io.BytesIO(parts.pixels), formats=[_FORMATS[parts.extension]])
    if image.size != parts.size:  # the limits were checked against the other size
        raise ValueError("The file contradicts itself about its size.")
    return image


def _strips(size: tuple[int, int], factor: int) -> Iterator[_Box]:
    """Yield boxes from top to bottom. The height of each, except the last, is a multiple of the factor."""
    width, height = size
    rows = factor * max(1, _STRIP_PIXELS // (width * factor))
    for top in range(0, height, rows):
        yield 0, top, width, min(top + rows, height)


def _colour_mode(image: Image.Image, parts: PictureParts) -> ColourMode:
    if parts.is_grey or image.mode == "L":
        return "L"
    return "CMYK" if image.mode == "CMYK" else "RGB"


def _alpha(
    strip: Image.Image, parts: PictureParts, low_matches: Image.Image | None
) -> tuple[Image.Image, Image.Image | None]:
    """Return the strip in 8 bits, and its alpha. `low_matches` marks where the bytes that the decoder dropped match."""
    if strip.mode == "I;16":
        samples = strip.tobytes()
        low, strip = (Image.frombytes("L", strip.size, samples[at::2]) for at in (0, 1))
        low_matches = _matches(low, _low_bytes(parts.colour_key)) if parts.colour_key else None
    if strip.has_transparency_data:
        strip = strip.convert("RGBA")
        return strip, strip.getchannel("A")
    if not parts.colour_key:
        return strip, None
    strip = strip.convert("L" if parts.is_grey else "RGB")
    matches = _matches(strip, [_high_byte(sample, parts.depth) for sample in parts.colour_key])
    if low_matches:
        matches = ImageChops.darker(matches, low_matches)
    return strip, ImageChops.invert(matches)


def _low_byte_matches(parts: PictureParts) -> Image.Image | None:
    """Mark where the lower bytes of a 16-bit RGB image match the colour key. Returns None for all other images.

    Pillow keeps only the upper bytes. If it is told that the file is little-endian, it keeps the lower ones instead.
    """
    if parts.depth != 16 or len(parts.colour_key) != 3:
        return None
    with _opened(parts) as image:
        image.tile = [tile._replace(args="RGB;16L") for tile in image.tile]
        found = Image.new("L", image.size)
        for box in _strips(image.size, 1):
            found.paste(_matches(image.crop(box), _low_bytes(parts.colour_key)), box)
    return found


def _matches(image: Image.Image, samples: Sequence[int]) -> Image.Image:
    """Return an image that is white where each band has its sample, and black elsewhere."""
    bands = zip(image.split(), samples, strict=True)
    found = [band.point([255 * (value == sample) for value in range(256)]) for band, sample in bands]
    return reduce(ImageChops.darker, found)


def _low_bytes(samples: Sequence[int]) -> list[int]:
    return [sample & 0xFF for sample in samples]


def _high_byte(sample: int, depth: int) -> int:
    """Return the sample as the decoder stores it: the upper byte of 16 bits, or fewer than 8 bits scaled to a byte."""
    return sample >> 8 if depth == 16 else sample * 255 // ((1 << depth) - 1)
