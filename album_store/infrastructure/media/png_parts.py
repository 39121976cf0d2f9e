"""Parses PNG files (PNG Specification, Third Edition)."""

import struct
import zlib
from collections.abc import Iterator, Mapping

from album_store.infrastructure.media.colour_profile import MAX_PROFILE_BYTES, SRGB, Primaries, matrix_profile
from album_store.infrastructure.media.picture_parts import PictureParts, check_part, not_whole

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_GREY, _RGB, _PALETTE, _GREY_ALPHA = 0, 2, 3, 4
_KEY_SAMPLES = {_GREY: 1, _RGB: 3}
_PIXELS = frozenset({b"IHDR", b"IDAT", b"IEND"})
_SIDE_DATA = frozenset({b"tRNS", b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"eXIf"})
# The codes of ITU-T H.273 in cICP chunks, except those for HDR. A gamma of None is the curve of sRGB.
_CICP_PRIMARIES: dict[int, Primaries] = {
    1: SRGB,
    9: (0.3127, 0.3290, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),  # BT.2020
    12: (0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),  # Display P3
}
_CICP_GAMMAS = {1: 1 / 2.4, 4: 1 / 2.2, 6: 1 / 2.4, 8: 1.0, 13: None, 14: 1 / 2.4, 15: 1 / 2.4}
_GAMMA_OF_SRGB = 45_455


def png_parts(content: bytes) -> PictureParts:
    """Return the parts of the image; of an animation, its still image. Raises MediaError if the file is incomplete.

    Text and other unused chunks are dropped unread, so they are never decompressed and never cause an error.
    """
    if content[12:16] != b"IHDR" or len(content) < 26:
        raise not_whole()
    width, height, depth, colour = struct.unpack_from(">IIBB", content, 16)
    pieces = [SIGNATURE]
    entries = 0
    side: dict[bytes, bytes] = {}
    for kind, start, end in _chunks(content):
        data = content[start + 8 : end - 4]
        if kind == b"PLTE" and colour == _PALETTE:
            entries = len(data) // 3
        elif kind in _SIDE_DATA and zlib.crc32(kind + data) == int.from_bytes(content[end - 4 : end]):
            side.setdefault(kind, data)
            if not (kind == b"tRNS" and 0 < len(data) <= entries):  # the decoder needs the opacity of a palette
                continue
        elif kind not in _PIXELS:
            continue
        pieces.append(content[start:end])
    return PictureParts(
        "png",
        (width, height),
        b"".join(pieces),
        profiles=tuple(filter(None, _profiles(side))),
        exif=side.get(b"eXIf", b""),
        is_grey=colour in (_GREY, _GREY_ALPHA),
        depth=depth,
        colour_key=_colour_key(side.get(b"tRNS", b""), colour, depth),
    )


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind, start and end of each chunk up to IEND. Anything after that is ignored."""
    start, number, kind = len(SIGNATURE), 0, b""
    while kind != b"IEND":
        number += 1
        check_part(number)
        kind = content[start + 4 : start + 8]
        end = start + 12 + int.from_bytes(content[start : start + 4])
        if end > len(content):
            raise not_whole()
        yield kind, start, end
        start = end


def _colour_key(data: bytes, colour: int, depth: int) -> tuple[int, ...]:
    samples = _KEY_SAMPLES.get(colour, 0)
    if len(data) < 2 * samples:
        return ()
    return tuple(sample & ((1 << depth) - 1) for sample in struct.unpack_from(f">{samples}H", data))


def _profiles(side: Mapping[bytes, bytes]) -> Iterator[bytes | None]:
    """Yield the profiles that the chunks describe, in order of precedence, except those that browsers read as sRGB."""
    primaries, transfer = (*side.get(b"cICP", b"")[:2], 0, 0)[:2]
    if primaries in _CICP_PRIMARIES and transfer in _CICP_GAMMAS:
        yield matrix_profile(_CICP_PRIMARIES[primaries], _CICP_GAMMAS[transfer])
    if b"iCCP" in side:
        yield _inflated(side[b"iCCP"])
    gamma = int.from_bytes(side.get(b"gAMA", b"")[:4])
    if b"sRGB" in side or not gamma:
        return
    if len(side.get(b"cHRM", b"")) == 32:
        yield matrix_profile([value / 100_000 for value in struct.unpack(">8I", side[b"cHRM"])], gamma / 100_000)
    elif gamma != _GAMMA_OF_SRGB:
        yield matrix_profile(SRGB, gamma / 100_000)


def _inflated(data: bytes) -> bytes | None:
    """Return the profile of an iCCP chunk; None if it is broken or larger than MAX_PROFILE_BYTES."""
    _, _, compressed = data.partition(b"\0")
    inflate = zlib.decompressobj()
    try:
        profile = inflate.decompress(compressed[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if inflate.eof else None
