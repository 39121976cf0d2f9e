"""Parses WebP files (RFC 9649)."""

from collections.abc import Iterator

from album_store.infrastructure.media.picture_parts import PictureParts, check_part, not_whole


def webp_parts(content: bytes) -> PictureParts:
    """Return the parts of the file. Raises MediaError if it is incomplete."""
    end = 8 + int.from_bytes(content[4:8], "little")
    size = (0, 0)
    side: dict[bytes, bytes] = {}
    for kind, data in _chunks(content[:end]):
        if size == (0, 0):
            size = _size(kind, data)
        if kind in (b"ICCP", b"EXIF"):
            side.setdefault(kind, bytes(data))
    return PictureParts(
        "webp",
        size,
        content[:end],
        profiles=tuple(data for kind, data in side.items() if kind == b"ICCP"),
        exif=side.get(b"EXIF", b""),
    )


def _chunks(content: bytes) -> Iterator[tuple[bytes, memoryview]]:
    position, number = 12, 0
    while position < len(content):
        number += 1
        check_part(number)
        start = position + 8
        end = start + int.from_bytes(content[position + 4 : start], "little")
        if end > len(content):
            raise not_whole()
        yield content[position : position + 4], memoryview(content)[start:end]
        position = end + end % 2


def _size(kind: bytes, data: memoryview) -> tuple[int, int]:
    """Return the size in the first chunk, which is known before the decoder allocates memory for it."""
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
    raise not_whole()
