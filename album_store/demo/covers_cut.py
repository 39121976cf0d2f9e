"""The demo covers of cut paper and things laid on a table (needs numpy and Pillow)."""

from __future__ import annotations

import numpy as np

from album_store.demo import canvas as c
from album_store.demo.canvas import Field, bar, polygon

_LEAVES = [(0.06, 0.9, 0.22), (0.12, -0.7, 0.20), (0.33, -0.9, 0.22), (0.36, 1.25, 0.20), (0.58, -0.6, 0.24)]
_LEAVES += [(0.60, 0.95, 0.22), (0.78, 0.12, 0.20), (0.40, 0.55, 0.15)]
_KNIFE = [(0.870, 0.52), (0.862, 0.40), (0.862, 0.22), (0.872, 0.13), (0.888, 0.11), (0.894, 0.13), (0.894, 0.52)]


def domingo() -> Field:
    """Cut paper: a Sunday sun, a lemon branch, and the waves of the pavement below."""
    x, y = c.plane()
    image = c.flat("#f6e7c8")
    image = c.ink(image, c.disc(0.66, 0.34, 0.235), "#ee6c3a", 240)
    wave = y - 0.715 - 0.035 * np.sin(2 * np.pi * x * 2.5)
    floor = c.smooth(wave, 0, 0.002)
    bend = 0.030 * np.sin(2 * np.pi * x * 2.5)
    rows = np.sin(2 * np.pi * (y - bend - 0.715) * 8.8)
    image = c.lay(image, floor, "#fbf5e6")
    image = c.ink(image, floor * c.smooth(rows, -0.02, 0.02), "#1f3d4d", 241)
    stem = 0.165 + 0.34 * x - 0.22 * x * x
    branch = (1 - c.smooth(np.abs(y - stem - 0.02), 0.006, 0.008)) * (x < 0.80)
    image = c.ink(image, branch, "#5b3a24", 242)
    for n, (at, angle, long) in enumerate(_LEAVES):
        root = 0.165 + 0.34 * at - 0.22 * at * at + 0.02
        leaf, shade = _leaf(at, root, angle, long)
        image = c.lay(image, leaf, ("#2f7d4f", "#3f9a5c", "#1f6a57")[n % 3])
        image = c.ink(image, c.shift(shade, 0.002, 0.002) * leaf, "#5c9a86", 243)
    for at_x, at_y, size in ((0.265, 0.425, 0.088), (0.485, 0.485, 0.10)):
        around = np.arctan2(y - at_y, x - at_x)
        turn = 1 - 0.13 * np.cos(2 * around) + 0.24 * np.exp(-(((around - np.pi / 2) / 0.24) ** 2))
        lemon = 1 - c.smooth(np.hypot(x - at_x, (y - at_y) * 0.9) / turn, size - 0.001, size + 0.001)
        shine = c.disc(at_x - size * 0.28, at_y - size * 0.4, size * 0.22)
        image = c.lay(image, lemon, "#f9c926")
        image = c.ink(image, lemon * (1 - c.disc(at_x - 0.018, at_y - 0.018, size * 1.02)), "#e8a33a", 244)
        image = c.lay(image, shine * lemon, "#fdeb9a")
        stalk = (np.abs(x - at_x) < 0.004) * (y > stem + 0.02) * (y < at_y - size * 0.9)
        image = c.ink(image, stalk.astype(np.float32), "#5b3a24", 245)
    return c.grain(c.paper(image, 246, 0.07), 247, 0.012)


def _leaf(x: float, y: float, angle: float, long: float) -> tuple[Field, Field]:
    """Cut a leaf between two arcs, and its darker half."""
    here, there = c.plane()
    along = (here - x) * np.cos(angle) + (there - y) * np.sin(angle)
    across = -(here - x) * np.sin(angle) + (there - y) * np.cos(angle)
    place = np.clip(along / long, 0, 1)
    half = 0.26 * long * np.sin(np.pi * place**0.85)
    leaf = (1 - c.smooth(np.abs(across), half - 0.001, half + 0.001)) * (along > 0) * (along < long)
    veins = np.abs(((along - np.abs(across) * 0.9) / long * 9) % 1 - 0.5) < 0.035
    return leaf, leaf * np.maximum(across > 0, veins * 0.7)


def kitchen_table() -> Field:
    """The table from above: gingham, knife and fork, and a record where the plate should be."""
    x, y = c.plane()
    image = c.flat("#f4efe3")
    weave = 0.5 + 0.5 * np.sin(2 * np.pi * (x + y) * 120)
    for stripe in (x, y):
        check = c.smooth(np.sin(2 * np.pi * (stripe * 6.5 + 0.12)), -0.03, 0.03)
        image = c.ink(image, check * (0.88 + 0.12 * weave), "#e2534b", 260, 0.12)
    image = image * (1 - 0.10 * c.noise(261, 3) - 0.03 * c.noise(262, 120, 120, 2))[..., None]
    letters = [(0.62, 0.70, -0.22, "#c9a26a"), (0.70, 0.78, 0.10, "#fbfaf5"), (0.80, 0.735, 0.34, "#c8312b")]
    fork, knife = _fork(), np.maximum(bar(0.868, 0.50, 0.896, 0.80, 0.014), polygon(_KNIFE))
    for at_x, at_y, angle, colour in letters:
        image = _envelope(image, at_x, at_y, angle, colour)
    for tool in (fork, knife):
        image = image * (1 - 0.55 * np.clip(c.blur(c.shift(tool, 0.010, 0.014), 0.006), 0, 1) * (1 - tool))[..., None]
        image = c.lay(image, tool, c.gradient(np.clip(0.5 + 0.5 * np.sin(x * 90 + y * 5), 0, 1), "#aeb4b8", "#eef1f2"))
    image = image * (1 - 0.6 * c.blur(c.disc(0.486, 0.475, 0.315), 0.016))[..., None]
    away, angle = np.hypot(x - 0.47, y - 0.45), np.arctan2(y - 0.45, x - 0.47)
    china = c.gradient(np.clip(0.6 + 3 * (away - 0.24) + 0.12 * np.cos(angle + 2.3), 0, 1), "#dcd9cf", "#fdfcf7")
    image = c.lay(image, c.disc(0.47, 0.45, 0.315), china)
    image = c.ink(image, (np.abs(away - 0.298) < 0.004).astype(np.float32), "#2d5fa8", 263)
    sheen = np.abs(np.cos(angle - 0.8)) ** 14 + 0.5 * np.abs(np.cos(angle + 0.5)) ** 30
    grooves = 0.5 + 0.5 * np.sin(away * 2 * np.pi * 95)
    vinyl = c.gradient(np.clip(0.08 + 0.5 * sheen * (0.5 + 0.5 * grooves) + 0.10 * grooves, 0, 1), "#0c0c0f", "#9a9aa6")
    image = c.lay(image, c.disc(0.47, 0.45, 0.238), vinyl)
    image = c.lay(image, c.disc(0.47, 0.45, 0.082), "#f2b632")
    image = c.lay(image, (np.abs(away - 0.066) < 0.0016).astype(np.float32), "#b3271f")
    image = c.lay(image, bar(0.43, 0.485, 0.51, 0.490), "#b3271f")
    image = c.lay(image, bar(0.443, 0.497, 0.497, 0.501), "#b3271f")
    image = c.lay(image, c.disc(0.47, 0.45, 0.009), "#f4efe3")
    return c.grain(image, 264, 0.008)


def _fork() -> Field:
    """Cut a fork with four tines."""
    tines = [bar(0.058 + 0.019 * n, 0.11, 0.069 + 0.019 * n, 0.30, 0.005) for n in range(4)]
    neck = polygon([(0.058, 0.28), (0.126, 0.28), (0.115, 0.34), (0.099, 0.38), (0.085, 0.38), (0.069, 0.34)])
    return np.maximum.reduce([*tines, neck, bar(0.084, 0.36, 0.100, 0.56, 0.006), bar(0.079, 0.50, 0.105, 0.80, 0.013)])


def _envelope(image: Field, at_x: float, at_y: float, angle: float, colour: str) -> Field:
    """Lay an envelope on the table, with its flap and its shadow."""

    def turn(right: float, down: float) -> tuple[float, float]:
        return (
            at_x + right * np.cos(angle) - down * np.sin(angle),
            at_y + right * np.sin(angle) + down * np.cos(angle),
        )

    sheet = polygon([turn(-0.02, 0), turn(0.24, 0), turn(0.24, 0.19), turn(-0.02, 0.19)])
    flap = polygon([turn(-0.02, 0), turn(0.24, 0), turn(0.11, 0.105)])
    image = image * (1 - 0.5 * np.clip(c.blur(c.shift(sheet, 0.006, 0.009), 0.006), 0, 1) * (1 - sheet))[..., None]
    image = c.lay(image, sheet, colour)
    edge = np.clip(c.blur(flap, 0.003) * (1 - flap), 0, 1) * sheet
    return image * (1 - 0.6 * edge)[..., None]
