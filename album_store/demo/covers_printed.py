"""The demo covers that come off a press: linocut, risograph and screen print (needs numpy and Pillow)."""

from __future__ import annotations

import numpy as np

from album_store.demo import canvas as c
from album_store.demo.canvas import Field, bar, polygon


def cut(phase: Field, dark: Field) -> Field:
    """Carve lines along a phase: the darker, the more of the block is left standing."""
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * phase)
    return c.smooth(wave, 1 - dark - 0.06, 1 - dark + 0.06)


def lantern_road() -> Field:
    """A linocut: night hills, a road, and the light of one lantern carved out of the dark."""
    x, y = c.plane()
    at_x, at_y = 0.30, 0.50
    away = np.hypot(x - at_x, y - at_y)
    light = np.exp(-((away / 0.24) ** 1.4))
    wander = c.noise(1, 5, octaves=3) - 0.5
    block = cut(away * 16 + 1.1 * wander, np.clip(0.97 - 1.3 * light, 0.0, 0.90))
    block = np.maximum(block, c.smooth(away + 0.1 * wander, 0.535, 0.538))
    for hill in range(4):
        top = 0.43 + 0.135 * hill - (0.19 - 0.02 * hill) * c.ridge(3 + hill, 1.5, 0.3)
        body = c.smooth(y, top, top + 0.0015)
        depth = np.clip((y - top) / 0.17, 0, 1)
        lines = cut((y - top) * 25 + 0.5 + 1.2 * wander, np.clip(0.40 + 0.62 * depth - 0.8 * light, 0.05, 1.1))
        block = block * (1 - body) + np.maximum(lines, c.smooth(y, top + 0.006, top + 0.004)) * body
    stars = c.smooth(c.noise(9, 45, 45, 1), 0.91, 0.93) * (y < 0.26)
    block = np.clip(_road(block, light) - stars, 0, 1)
    image = c.gradient(np.clip(light * 1.6, 0, 1), "#efe3c6", "#f6cf7d", "#f5a62f")
    solid = _lantern(at_x, at_y)
    block = block * c.smooth(away, 0.080, 0.088)
    block = np.maximum(block * (1 - c.smooth(c.blur(solid, 0.004), 0.08, 0.14)), solid)
    flame = [(0.0, -0.036), (0.012, -0.004), (0.013, 0.012), (0.0, 0.03), (-0.013, 0.012), (-0.012, -0.004)]
    image = c.lay(image, polygon([(at_x + dx, at_y + dy) for dx, dy in flame]), "#e8532a")
    image = c.ink(image, np.clip(block, 0, 1), "#182247", 11, 0.1)
    return c.grain(c.paper(image, 12, 0.015), 13, 0.003)


def _road(block: Field, light: Field) -> Field:
    """Carve the road over the hills, wider as it comes nearer."""
    x, y = c.plane()
    down = np.clip((y - 0.40) / 0.60, 0, 1)
    middle = 0.70 - 0.15 * np.sin(7.0 * down**0.62) * (1 - 0.2 * down)
    width = 0.006 + 0.15 * down**1.6
    inside = c.smooth(y, 0.40, 0.402) * (1 - c.smooth(np.abs(x - middle), width - 0.002, width + 0.002))
    verge = (1 - c.smooth(np.abs(np.abs(x - middle) - width), 0.004, 0.006)) * (y > 0.40)
    tracks = cut(22 * down**0.8 + 0.35 * ((x - middle) / width) ** 2, np.clip(0.30 - 0.3 * light, 0.04, 0.5))
    return np.maximum(block * (1 - inside) + tracks * inside, verge)


def _lantern(x: float, y: float) -> Field:
    """Cut a gatepost and the lantern that hangs from its arm."""
    post = bar(x - 0.185, y - 0.19, x - 0.14, 1.0)
    arm = bar(x - 0.185, y - 0.165, x + 0.016, y - 0.148)
    ring = bar(x - 0.004, y - 0.15, x + 0.004, y - 0.08)
    roof = polygon([(x - 0.054, y - 0.052), (x + 0.054, y - 0.052), (x + 0.018, y - 0.086), (x - 0.018, y - 0.086)])
    foot = bar(x - 0.05, y + 0.052, x + 0.05, y + 0.068)
    sides = [bar(x + s - 0.0035, y - 0.06, x + s + 0.0035, y + 0.06) for s in (-0.044, 0.044)]
    return np.maximum.reduce([post, arm, ring, roof, foot, *sides])


def tidal_arithmetic() -> Field:
    """Two sets of rings in two inks, slightly out of step: a moiré like water in a harbour."""
    x, y = c.plane()
    image = c.flat("#f2ead9")
    sway = 0.010 * np.sin(7 * y + 2 * x) + 0.006 * np.sin(13 * x - 4 * y)
    first = np.hypot(x - 0.40, y - 0.43) + sway
    second = np.hypot(x - 0.58, y - 0.56) - sway
    coral = c.smooth(np.sin(first * 2 * np.pi * 36), -0.15, 0.15) * c.disc(0.43, 0.45, 0.36)
    teal = c.smooth(np.sin(second * 2 * np.pi * 34), -0.15, 0.15) * c.disc(0.57, 0.55, 0.36)
    image = c.ink(image, c.disc(0.57, 0.55, 0.36), "#bfe3dc", 202, 0.15)
    image = c.ink(image, coral, "#ff5440", 200, 0.1)
    image = c.ink(image, teal, "#0d5266", 201, 0.1)
    for step in range(24):
        tall = 0.012 + 0.02 * (0.5 + 0.5 * np.sin(step * 0.9) * np.cos(step * 0.23))
        image = c.ink(image, bar(0.07 + step * 0.0125, 0.94 - tall, 0.073 + step * 0.0125, 0.94), "#0d5266", 203)
    return c.grain(c.paper(image, 204, 0.02), 205, 0.003)


def coast_from_memory() -> Field:
    """A chart drawn from memory and printed in three inks that do not quite meet."""
    x, y = c.plane()
    height = c.noise(227, 2.2, 2.2, 6, 0.47) + 0.40 * (x - y) + 0.02
    height = c.blur(height, 0.005)
    sea = 1 - c.smooth(height, 0.499, 0.502)
    image = c.flat("#f6f1e4")
    image = c.ink(image, c.shift(1 - sea, 0.010, 0.008), "#ffd23f", 221, 0.08)
    image = c.ink(image, c.smooth(height, 0.74, 0.743) * (1 - sea), "#ffab5c", 226, 0.08)
    shallow = c.smooth(np.sin(2 * np.pi * height * 26), 0.55, 0.8) * sea * c.smooth(height, 0.18, 0.5)
    image = c.ink(image, c.shift(sea, -0.006, 0.004) * 0.92, "#ff8fa8", 222, 0.08)
    slope = np.hypot(*np.gradient(height))
    bands = (height - 0.5) * 18
    off = np.abs(bands - np.round(bands)) / np.maximum(slope * 18, 1e-4)
    contour = (1 - c.smooth(off, 1.6, 3.2)) * (1 - sea)
    coast = 1 - c.smooth(np.abs(height - 0.5) / np.maximum(slope, 1e-5), 5.5, 7.5)
    image = c.ink(image, np.maximum(contour * 0.9, coast), "#2440a8", 223, 0.08)
    image = c.ink(image, shallow * 0.6, "#2440a8", 224, 0.08)
    grid = np.minimum(np.abs((x * 6 + 0.5) % 1 - 0.5), np.abs((y * 6 + 0.5) % 1 - 0.5)) / 6
    image = c.ink(image, (1 - c.smooth(grid, 0.0004, 0.0009)) * 0.5, "#2440a8", 225, 0.08)
    star = [(np.pi * n / 5 - np.pi / 2, 0.042 if n % 2 == 0 else 0.017) for n in range(10)]
    place = polygon([(0.668 + r * np.cos(a), 0.415 + r * np.sin(a)) for a, r in star])
    image = c.ink(c.lay(image, c.shift(place, 0.004, 0.003), "#f6f1e4"), place, "#e8352e", 228, 0.08)
    margin = np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y)) + 0.012 * (c.noise(229, 40) - 0.5)
    image = c.lay(image, 1 - c.smooth(margin, 0.044, 0.047), "#f6f1e4")
    return c.grain(c.paper(image, 230, 0.015), 231, 0.003)


def traffic_and_thunder() -> Field:
    """A printed cloth of wheels and headlights, torn by one bolt of lightning."""
    x, y = c.plane()
    image = c.flat("#f28a1c")
    wobble = 0.0022 * (c.noise(280, 30, octaves=2) - 0.5)
    for row in range(5):
        for column in range(5):
            at_x, at_y = (column + 0.5 * (row % 2)) / 3.4, (row + 0.1) / 3.4
            away = np.hypot(x - at_x, y - at_y) + wobble
            spokes = np.sin(np.arctan2(y - at_y, x - at_x) * (10 if (row + column) % 2 else 8))
            tile = (away < 0.153).astype(np.float32)
            rings = tile * (away > 0.131) + (away < 0.114) * (away > 0.068) * (spokes > 0)
            image = c.lay(image, tile, ("#fbe3a2", "#f7c530", "#1aa6a0")[(row * 2 + column) % 3])
            image = c.ink(image, np.clip(rings + (away < 0.043) * (away > 0.019), 0, 1), "#1b1f5e", 281, 0.08)
    bolt = [(0.60, -0.05), (0.30, 0.47), (0.475, 0.47), (0.24, 1.05), (0.80, 0.37), (0.60, 0.37), (0.86, -0.05)]
    shape = polygon(bolt)
    image = c.lay(image, np.clip(c.blur(shape, 0.019) * 2.4, 0, 1) > 0.35, "#1b1f5e")
    inner = x * 0.8 - y * 0.6
    image = c.lay(image, shape, "#fff4d2")
    image = c.lay(image, shape * c.smooth(np.sin(2 * np.pi * inner * 13), 0.1, 0.14), "#e2322b")
    return c.grain(c.paper(image, 283, 0.02), 284, 0.004)


def slow_honey() -> Field:
    """Seven bands that come round the bend in no hurry and end in drops."""
    x, y = c.plane()
    image = c.gradient(np.clip(y + 0.06 * (c.noise(300, 3) - 0.5), 0, 1), "#fbe9c9", "#f8d9b4", "#f3c4a4")
    hues = ["#5a2413", "#96391a", "#cf5b1d", "#ee8a22", "#f7b034", "#fbd06a", "#fde6a6"]
    ends = [0.90, 0.69, 0.83, 0.60, 0.76, 0.63, 0.68]
    for band, hue in enumerate(hues):
        outer, thick = 0.60 - 0.074 * band, 0.074
        middle = outer - thick / 2
        bend = np.abs(np.hypot(x - 0.30, y - 0.70 + 0.16) - middle)
        right = 0.30 + middle
        curved = np.where((y < 0.54) & (x > 0.30), bend, 9)
        fall = np.where((y >= 0.54) & (y < ends[band]), np.abs(x - right), 9)
        flow = np.where(x <= 0.30, np.abs(y - (0.54 - middle)), 9)
        drop = np.hypot(x - right, y - ends[band]) - 0.012 * c.smooth(y, ends[band] - 0.1, ends[band])
        band_only = np.minimum.reduce([curved, fall, flow])
        away = np.minimum(band_only, drop)
        mask = 1 - c.smooth(away, thick / 2 - 0.0012, thick / 2 + 0.0006)
        image = c.lay(image, mask, hue)
        gloss = np.exp(-(((band_only - thick * 0.02) / (thick * 0.16)) ** 2)) * 0.15
        gloss *= 1 - c.smooth(y, ends[band] - 0.12, ends[band] - 0.01)
        image = c.glow(image, gloss * mask, "#fff2cf")
    bead = c.disc(0.30 + 0.60 - 0.074 * 3.5, 0.745, 0.026)
    image = c.lay(image, bead, hues[3])
    image = c.glow(image, c.disc(0.63, 0.736, 0.007, 0.003), "#fff2cf", 0.8)
    title = c.letter("Slow", (0.075, 0.80), 0.118, "dejavu/DejaVuSerif-BoldItalic.ttf", -0.004)
    title += c.letter("Honey", (0.075, 0.905), 0.118, "dejavu/DejaVuSerif-BoldItalic.ttf", -0.004)
    image = c.lay(image, np.clip(title, 0, 1), hues[0])
    return c.grain(c.paper(image, 301, 0.06), 302, 0.02)
