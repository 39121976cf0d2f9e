"""Creates unusual image files, chunk by chunk."""

import io
import struct
import zlib
from collections.abc import Sequence

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    colour: int, pixels: Sequence[bytes], *, depth: int = 8, before: bytes = b"", after: bytes = b"", side: int = 16
) -> bytes:
    """Return a PNG of squares side by side, one per pixel, with other chunks `before` and `after` its data.

    A pixel is given as its bytes. A pixel of less than a byte is given as a byte that repeats its bits.
    """
    row = b"\0" + b"".join(pixel * (side * min(depth, 8) // 8) for pixel in pixels)
    header = struct.pack(">IIBBBBB", side * len(pixels), side, depth, colour, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(row * side, 9))
    return SIGNATURE + chunk(b"IHDR", header) + before + data + after + chunk(b"IEND", b"")


def large_png(colour: int, channels: int, size: tuple[int, int], *, depth: int = 8, before: bytes = b"") -> bytes:
    """Return a PNG of this size whose samples are all zero, without holding all pixels in memory."""
    width, height = size
    row = bytes(1 + width * channels * depth // 8)
    deflate = zlib.compressobj(9)
    data = b"".join([*(deflate.compress(row) for _ in range(height)), deflate.flush()])
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + before + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    """Return the bytes of an image file."""
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def segment(marker: int, data: bytes) -> bytes:
    """Return a segment of a JPEG file."""
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def with_segment(jpeg: bytes, marker: int, data: bytes) -> bytes:
    """Return the JPEG with a segment inserted after its first two bytes."""
    return jpeg[:2] + segment(marker, data) + jpeg[2:]


def jpeg_of_scans(size: tuple[int, int], scans: int, mode: str = "RGB") -> bytes:
    """Return a progressive JPEG with this number of scans, of which the last is repeated."""
    content = saved(Image.new(mode, size), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * (1 + scans - content.count(b"\xff\xda")) + content[-2:]


def exif(orientation: int, *, broken: bool = False) -> bytes:
    """Return EXIF data with an orientation. If `broken`, another entry points beyond the end of the data."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    odd = struct.pack(">HHII", 0x010E, 2, 0xFFFF_FFFF, 0xFFFF_FFF0)
    entries = [entry, odd] if broken else [entry]
    return (
        b"MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + b"".join(entries) + (b"\xff" * 4 if broken else bytes(4))
    )
