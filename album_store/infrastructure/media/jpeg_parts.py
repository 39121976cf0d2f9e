"""Parses JPEG files (ITU-T T.81)."""

import re

from album_store.infrastructure.media.media_error import MediaError
from album_store.infrastructure.media.picture_parts import PictureParts, check_part, not_whole

BEGINNING = b"\xff\xd8\xff"
# Each scan visits every block of the image, even if it has only a few bytes. Encoders write about ten scans.
MAX_SCANS = 100

# Neither a byte of pixel data (FF00), nor a marker without a segment.
_MARKER = re.compile(rb"\xff+([\x02-\xcf\xd9-\xfe])")
_END, _SCAN = 0xD9, 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # those three hold tables
_SIDE_DATA = frozenset({*range(0xE0, 0xF0), 0xFE})
# These two say how colours are stored. They are used only if they are complete.
_COLOUR_STORAGE = re.compile(rb"JFIF\0.{9}|Adobe.{7}", re.DOTALL)
_EXIF, _ICC = b"Exif\0\0", b"ICC_PROFILE\0"


def jpeg_parts(content: bytes) -> PictureParts:
    """Return the parts of the file's first image. Raises MediaError if it is incomplete or has too many scans."""
    pieces = []
    kept_from, position, number, scans = 0, 2, 0, 0
    size = (0, 0)
    exif, profile = b"", []
    while match := _MARKER.search(content, position):
        number += 1
        check_part(number)
        marker = match[1][0]
        if marker == _END:
            pieces.append(content[kept_from : match.end()])
            return PictureParts("jpg", size, b"".join(pieces), profiles=_joined(profile), exif=exif)
        position = match.end() + int.from_bytes(content[match.end() : match.end() + 2])
        segment = content[match.end() + 2 : position]
        if marker == _SCAN:
            scans += 1
            if scans > MAX_SCANS:
                raise MediaError(f"The JPEG has more than {MAX_SCANS} scans. Export it again from an image editor.")
        elif marker in _FRAMES and size == (0, 0):
            size = int.from_bytes(segment[3:5]), int.from_bytes(segment[1:3])
        elif marker in _SIDE_DATA and not _COLOUR_STORAGE.match(segment):
            pieces.append(content[kept_from : match.start()])
            kept_from = position
            if segment.startswith(_EXIF):
                exif = exif or segment
            elif segment.startswith(_ICC):
                profile.append(segment[len(_ICC) :])
    raise not_whole()


def _joined(segments: list[bytes]) -> tuple[bytes, ...]:
    """Join the segments of the profile, which start with their number and the total; () if any is missing."""
    whole = [bytes((number + 1, len(segments))) for number in range(len(segments))] if len(segments) < 256 else []
    if not segments or sorted(segment[:2] for segment in segments) != whole:
        return ()
    return (b"".join(segment[2:] for segment in sorted(segments)),)
