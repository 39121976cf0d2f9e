"""Colour profiles, and the conversion of images to sRGB."""

import io
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Literal

from PIL import Image, ImageCms

# The x and y (CIE 1931) of white, red, green and blue.
Primaries = Sequence[float]
ColourMode = Literal["L", "RGB", "CMYK"]

SRGB: Primaries = (0.3127, 0.3290, 0.640, 0.330, 0.300, 0.600, 0.150, 0.060)
# The largest profiles in use, those of printing presses, have about 3 MB.
MAX_PROFILE_BYTES = 8_000_000

_SPACES: dict[str, ColourMode] = {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}
# The curve of sRGB (IEC 61966-2-1) as parameters of an ICC curve of type 3.
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_D50 = (0.9642, 1.0, 0.8249)  # the white of every ICC profile
_BRADFORD = ((0.8951, -0.7502, 0.0389), (0.2664, 1.7135, -0.0685), (-0.1614, 0.0367, 1.0296))  # its columns

_Vector = Sequence[float]


def srgb_converter(profiles: Iterable[bytes], mode: ColourMode) -> Callable[[Image.Image], Image.Image]:
    """Return a function that converts images of the mode to RGB with the first usable profile.

    As in browsers, a profile that is broken, too large or meant for another mode is ignored.
    """
    for profile in profiles:
        if len(profile) > MAX_PROFILE_BYTES:
            continue
        with suppress(ImageCms.PyCMSError, OSError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            space = _SPACES.get(source.profile.xcolor_space.strip())
            if space == mode or (space, mode) == ("RGB", "L"):
                transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), space, "RGB")
                return lambda image: transform.apply(image.convert(space))
    return lambda image: image.convert("RGB")


def matrix_profile(primaries: Primaries, gamma: float | None) -> bytes | None:
    """Return the ICC profile of these primaries, or None if the numbers are impossible.

    `gamma` is the value in a PNG file, such as 0.45455 for an exponent of 2.2, or None for the curve of sRGB.
    """
    try:
        white, *columns = (_xyz(*primaries[at : at + 2]) for at in range(0, 8, 2))
        amounts = _solved(columns, white)
        curve = _curve(3, *_SRGB_CURVE) if gamma is None else _curve(0, 1 / gamma)
        tags = {b"wtpt": _xyz_tag(_D50)}
        for letter, column, amount in zip((b"r", b"g", b"b"), columns, amounts, strict=True):
            colorant = _seen_under_d50([part * amount for part in column], white)
            tags |= {letter + b"XYZ": _xyz_tag(colorant), letter + b"TRC": curve}
    except (ZeroDivisionError, struct.error):  # the primaries form a line, or a number does not fit
        return None
    return _profile(tags)


def _xyz(x: float, y: float) -> _Vector:
    return x / y, 1.0, (1 - x - y) / y


def _seen_under_d50(colour: _Vector, white: _Vector) -> _Vector:
    """Return the colour adapted from its white to D50 by the Bradford method, as ICC profiles require."""
    cones, white_cones, d50_cones = (_product(_BRADFORD, vector) for vector in (colour, white, _D50))
    return _solved(_BRADFORD, [c * d / w for c, d, w in zip(cones, d50_cones, white_cones, strict=True)])


def _product(columns: Sequence[_Vector], vector: _Vector) -> _Vector:
    return [sum(part * amount for part, amount in zip(row, vector, strict=True)) for row in zip(*columns, strict=True)]


def _solved(columns: Sequence[_Vector], vector: _Vector) -> _Vector:
    """Return how much of each column adds up to the vector (Cramer's rule)."""
    whole = _determinant(*columns)
    return [_determinant(*columns[:at], vector, *columns[at + 1 :]) / whole for at in range(3)]


def _determinant(a: _Vector, b: _Vector, c: _Vector) -> float:
    return a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0])


def _fixed(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65_536) for number in numbers))


def _xyz_tag(colour: _Vector) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*colour)


def _curve(kind: int, *parameters: float) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">Hxx", kind) + _fixed(*parameters)


def _profile(tags: Mapping[bytes, bytes]) -> bytes:
    """Return a version 4 display profile (ICC.1:2010) with these tags."""
    offset = 128 + 4 + 12 * len(tags)
    table = struct.pack(">I", len(tags))
    for name, data in tags.items():
        table += struct.pack(">4sII", name, offset, len(data))
        offset += len(data)
    header = struct.pack(">I4xI4s4s4s12x4s28x", offset, 0x04200000, b"mntr", b"RGB ", b"XYZ ", b"acsp") + _fixed(*_D50)
    return header.ljust(128, b"\0") + table + b"".join(tags.values())
