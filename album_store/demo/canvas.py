"""The studio for the demo covers: noise, gradients, stencils, inks, paper and grain (needs numpy and Pillow)."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Field = NDArray[np.float32]

WORK = 2000
FINAL = 1000
FEW_BYTES, MOST_BYTES = 84_000, 116_000
FONTS = Path("/usr/share/fonts/truetype")


def rgb(code: str) -> Field:
    """Turn a hexadecimal colour into three numbers between 0 and 1."""
    return np.array([int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)], np.float32)


def plane() -> tuple[Field, Field]:
    """Return the x and y of every point, between 0 and 1."""
    axis = (np.arange(WORK, dtype=np.float32) + 0.5) / WORK
    return np.broadcast_to(axis, (WORK, WORK)), np.broadcast_to(axis[:, None], (WORK, WORK))


def flat(code: str) -> Field:
    """Return a sheet of one colour."""
    return np.tile(rgb(code), (WORK, WORK, 1))


def noise(seed: int, across: float, down: float | None = None, octaves: int = 5, gain: float = 0.5) -> Field:
    """Return cloudy noise between 0 and 1, with so many cells across and down."""
    rng = np.random.default_rng(seed)
    total = np.zeros((WORK, WORK), np.float32)
    for octave in range(octaves):
        size = [min(max(int(cells * 2**octave) + 2, 3), WORK) for cells in (across, down or across)]
        cells = Image.fromarray(rng.random((size[1], size[0]), np.float32))
        total += gain**octave * np.asarray(cells.resize((WORK, WORK), Image.Resampling.BICUBIC))
    return (total - total.min()) / (total.max() - total.min())


def ridge(seed: int, across: float, gain: float = 0.5) -> Field:
    """Return one line of noise between 0 and 1: the outline of a hill for every x."""
    return np.broadcast_to(noise(seed, across, 1, 7, gain)[WORK // 2], (WORK, WORK))


def smooth(value: Field, low: float, high: float) -> Field:
    """Ease a field from 0 at the low mark to 1 at the high mark."""
    eased = np.clip((value - low) / (high - low), 0, 1)
    return (eased * eased * (3 - 2 * eased)).astype(np.float32)


def gradient(value: Field, *stops: str) -> Field:
    """Colour a field between 0 and 1 with evenly spaced colours."""
    marks = np.linspace(0, 1, len(stops))
    colours = np.array([rgb(stop) for stop in stops])
    return np.stack([np.interp(value, marks, colours[:, c]) for c in range(3)], axis=-1).astype(np.float32)


def blur(mask: Field, radius: float) -> Field:
    """Blur a field; the radius is a share of the width."""
    freq_y, freq_x = np.fft.fftfreq(WORK)[:, None], np.fft.rfftfreq(WORK)[None, :]
    kernel = np.exp(-2 * (np.pi * radius * WORK) ** 2 * (freq_x**2 + freq_y**2))
    return np.fft.irfft2(np.fft.rfft2(mask) * kernel, (WORK, WORK)).astype(np.float32)


def stencil(paint: Callable[[ImageDraw.ImageDraw], None]) -> Field:
    """Cut a mask: the painter draws in white (255) on a square of WORK by WORK."""
    sheet = Image.new("L", (WORK, WORK))
    paint(ImageDraw.Draw(sheet))
    return np.asarray(sheet, np.float32) / 255


def polygon(points: list[tuple[float, float]]) -> Field:
    """Cut a straight-edged mask from points between 0 and 1."""
    return stencil(lambda draw: draw.polygon([(x * WORK, y * WORK) for x, y in points], 255))


def bar(left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> Field:
    """Cut a rectangle, rounded if wished."""
    box = [left * WORK, top * WORK, right * WORK, bottom * WORK]
    return stencil(lambda draw: draw.rounded_rectangle(box, radius * WORK, 255))


def disc(at_x: float, at_y: float, radius: float, soft: float = 0.001) -> Field:
    """Cut a round mask."""
    x, y = plane()
    return 1 - smooth(np.hypot(x - at_x, y - at_y), radius - soft, radius + soft)


def shift(mask: Field, right: float, down: float) -> Field:
    """Move a mask, as a badly registered press does; shares of the width."""
    return np.roll(mask, (int(down * WORK), int(right * WORK)), (0, 1))


def lay(image: Field, mask: Field, colour: str | Field) -> Field:
    """Paint over the image through a mask."""
    paint = rgb(colour) if isinstance(colour, str) else colour
    return image + (paint - image) * mask[..., None]


def ink(image: Field, mask: Field, colour: str, seed: int = 0, patchy: float = 0.2) -> Field:
    """Print through a mask with transparent, slightly uneven ink."""
    worn = 1 - patchy * noise(seed, 130, octaves=2, gain=0.7) ** 1.5
    return image * (1 - (mask * worn)[..., None] * (1 - rgb(colour)))


def glow(image: Field, mask: Field, colour: str, strength: float = 1.0) -> Field:
    """Add light through a mask."""
    return 1 - (1 - np.clip(image, 0, 1)) * (1 - np.clip(mask * strength, 0, 1)[..., None] * rgb(colour))


def paper(image: Field, seed: int, depth: float = 0.05) -> Field:
    """Give the image the tooth of paper."""
    fibres = noise(seed, 170, 170, 2, 0.6) + 0.6 * noise(seed + 1, 240, 40, 2, 0.6) - 0.8
    return image * (1 + depth * fibres[..., None])


def grain(image: Field, seed: int, amount: float = 0.03) -> Field:
    """Add the grain of film."""
    speck = np.random.default_rng(seed).standard_normal((FINAL, FINAL)).astype(np.float32)
    return image + amount * np.repeat(np.repeat(speck, 2, 0), 2, 1)[..., None]


def letter(text: str, at: tuple[float, float], size: float, face: str, spacing: float = 0.0) -> Field:
    """Set a line of type; place, size and letter-spacing are shares of the width."""
    font = ImageFont.truetype(str(FONTS / face), int(size * WORK))

    def paint(draw: ImageDraw.ImageDraw) -> None:
        left = at[0] * WORK
        for sign in text:
            draw.text((left, at[1] * WORK), sign, 255, font, anchor="ls")
            left += font.getlength(sign) + spacing * WORK

    return stencil(paint)


def finish(image: Field, path: Path) -> None:
    """Reduce the sheet to its final size and save it as JPEG, within its allowance of bytes."""
    pixels = Image.fromarray((np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8))
    small = pixels.resize((FINAL, FINAL), Image.Resampling.BOX)
    for quality in range(86, 52, -2):
        data = io.BytesIO()
        small.save(data, "JPEG", quality=quality, optimize=True, progressive=True)
        if data.tell() <= (FEW_BYTES if quality > 66 else MOST_BYTES):
            break
    path.write_bytes(data.getvalue())
