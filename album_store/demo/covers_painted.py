"""The demo covers with light and weather in them, painted with fields of noise (needs numpy and Pillow)."""

from __future__ import annotations

import numpy as np
from PIL import ImageDraw

from album_store.demo import canvas as c
from album_store.demo.canvas import WORK, Field

SANS = "liberation/LiberationSansNarrow-Bold.ttf"
SERIF = "liberation/LiberationSerif-Italic.ttf"


def blue_ferry() -> Field:
    """A lit ferry far out on dark water, and the long reflections of its windows."""
    x, y = c.plane()
    shore = 0.40
    clouds = c.noise(21, 2, 7)
    image = c.gradient(np.clip(y / shore, 0, 1) * 0.8 + 0.2 * clouds, "#050b1e", "#0a1c44", "#1d4a86", "#4f86b5")
    swell = c.noise(22, 6, 110, 4, 0.6)
    water = c.gradient(np.clip((y - shore) / 0.6, 0, 1) ** 0.6 + 0.22 * (swell - 0.5), "#2d5f94", "#0d2a5a", "#040a1c")
    image = c.lay(image, c.smooth(y, shore, shore + 0.002), water)
    image = c.lay(image, c.smooth(y, shore - 0.018 * c.ridge(23, 5), shore) * (y < shore + 0.001), "#071226")
    depth = np.clip((y - shore) / 0.6, 0, 1)
    for at, colour, power in _windows():
        wobble = (c.noise(int(at * 997), 2, 60, 3, 0.7) - 0.5) * (0.012 + 0.1 * depth)
        streak = np.exp(-(((x - at + wobble) / (0.0045 + 0.012 * depth)) ** 2)) * np.exp(-depth * 2.2)
        image = c.glow(image, streak * (y > shore) * c.smooth(swell, 0.3, 0.62), colour, power)
    image = c.lay(image, c.stencil(_ferry), "#040915")
    lights = c.stencil(_ferry_lights)
    image = c.glow(c.lay(image, lights, "#ffd58a"), c.blur(lights, 0.012), "#ff9d3c", 1.6)
    image = c.lay(image, c.letter("Blue Ferry, Late", (0.07, 0.135), 0.075, SERIF), "#e9dcc0")
    image = c.lay(image, c.letter("ILSE MARANDT QUARTET", (0.073, 0.178), 0.021, SANS, 0.006), "#e8a85c")
    return c.grain(image, 24, 0.018)


def _windows() -> list[tuple[float, str, float]]:
    """Return where the lights stand on the horizon, with colour and strength."""
    deck = [(0.545 + 0.022 * n, "#ffb14e" if n % 4 else "#ff7a3c", 0.75) for n in range(13)]
    return [*deck, (0.12, "#9ad0e8", 0.4), (0.26, "#e86a52", 0.55), (0.31, "#9ad0e8", 0.3), (0.93, "#9ad0e8", 0.35)]


def _ferry(draw: ImageDraw.ImageDraw) -> None:
    """Cut the hull, the decks, the funnel and the mast."""
    for points in (
        [(0.50, 0.372), (0.87, 0.372), (0.845, 0.407), (0.525, 0.407)],
        [(0.53, 0.352), (0.835, 0.352), (0.835, 0.374), (0.53, 0.374)],
        [(0.555, 0.333), (0.80, 0.333), (0.81, 0.353), (0.545, 0.353)],
        [(0.70, 0.292), (0.745, 0.292), (0.75, 0.334), (0.695, 0.334)],
        [(0.597, 0.262), (0.600, 0.262), (0.602, 0.334), (0.595, 0.334)],
    ):
        draw.polygon([(px * WORK, py * WORK) for px, py in points], 255)


def _ferry_lights(draw: ImageDraw.ImageDraw) -> None:
    """Cut the lit windows of two decks."""
    for row, (top, first, count) in enumerate(((0.357, 0.540, 13), (0.338, 0.562, 10))):
        for n in range(count):
            if (n + row * 3) % 7 != 5:
                left = first + 0.0222 * n
                draw.rectangle([left * WORK, top * WORK, (left + 0.013) * WORK, (top + 0.010) * WORK], 255)


def silence_and_light() -> Field:
    """Ridges in fog, a low sun that is hardly there, and one lit window."""
    x, y = c.plane()
    sun = np.exp(-(((x - 0.3) / 0.32) ** 2 + ((y - 0.36) / 0.22) ** 2))
    image = c.gradient(np.clip(y * 1.3, 0, 1), "#8fa7b8", "#c5d3da", "#ecebe4", "#e3e8ea")
    image = c.glow(image, sun, "#fff0d6", 0.65)
    image = c.glow(image, c.disc(0.3, 0.36, 0.036, 0.004), "#fffaf0", 0.8)
    for layer in range(6):
        far = 1 - layer / 5
        top = 0.42 + 0.085 * layer - (0.15 - 0.012 * layer) * c.ridge(40 + layer, 2.5 + layer * 0.5, 0.48)
        body = c.smooth(y, top, top + 0.0015)
        rock = c.noise(50 + layer, 9, 26)
        depth = np.clip((y - top) / 0.16, 0, 1)
        shade = np.clip(0.18 + 0.62 * (1 - far) - 0.55 * depth + 0.34 * (rock - 0.5), 0, 1)
        image = c.lay(image, body, c.gradient(shade, "#dfe6e8", "#9fb3bf", "#577080", "#223642"))
        fog = c.smooth(y, top + 0.02, top + 0.16) * (0.35 + 0.6 * c.noise(60 + layer, 3, 9))
        image = c.lay(image, np.clip(fog * body, 0, 1), "#e6ebec")
    snow = c.smooth(y, 0.83 + 0.02 * c.ridge(70, 3), 0.87)
    drift = c.noise(71, 3, 22)
    image = c.lay(image, snow, c.gradient(drift, "#b9c9d3", "#dde6ea", "#f6f8f7"))
    hut = c.stencil(lambda d: d.polygon([(v * WORK, w * WORK) for v, w in _HUT], 255))
    image = c.lay(image, hut, "#1f2c35")
    light = c.stencil(lambda d: d.rectangle([0.706 * WORK, 0.828 * WORK, 0.715 * WORK, 0.839 * WORK], 255))
    image = c.glow(c.lay(image, light, "#ffd98c"), c.blur(light, 0.011), "#ffae4a", 8.0)
    return c.grain(image, 72, 0.016)


_HUT = [(0.685, 0.853), (0.685, 0.824), (0.71, 0.803), (0.735, 0.824), (0.735, 0.853)]


def iron_vespers() -> Field:
    """A bell without a tongue before the open furnace."""
    x, y = c.plane()
    warp = c.noise(80, 4) - 0.5
    veins = np.abs(c.noise(81, 4, 6, 6, 0.55) - 0.5 + 0.25 * warp) * 7
    heat = np.exp(-veins * 2.4) * (1.25 - 1.1 * np.hypot(x - 0.5, (y - 0.56) * 0.9))
    core = np.exp(-(((x - 0.5) / 0.30) ** 2 + ((y - 0.55) / 0.34) ** 2))
    fire = np.clip(heat * 0.75 + core * (0.3 + 0.5 * c.noise(82, 5, 4)), 0, 1)
    image = c.gradient(fire, "#060405", "#1a0606", "#6d1206", "#d9480f", "#ffb545", "#fff0c0")
    bell = c.stencil(lambda d: d.polygon([(px * WORK, py * WORK) for px, py in _bell()], 255))
    halo = c.blur(bell, 0.03)
    image = c.glow(image, np.clip(halo - bell, 0, 1), "#ff7a1e", 0.5)
    cast = c.noise(83, 60, 60, 4, 0.7)
    edge = np.clip(bell - c.blur(bell, 0.012), 0, 1)
    metal = c.gradient(np.clip(edge * 1.6 + 0.12 * cast, 0, 1), "#050304", "#1d0d09", "#8c2c0c", "#ff9a3a")
    image = c.lay(image, bell, metal)
    ash = c.smooth(c.noise(84, 150, 150, 2), 0.80, 0.88) * c.smooth(c.noise(85, 4), 0.4, 0.7)
    image = c.glow(image, ash, "#ff8c3a", 0.8)
    vignette = np.clip(1.25 - 1.2 * np.hypot(x - 0.5, y - 0.52), 0.1, 1)
    return c.grain(image * vignette[..., None], 86, 0.02)


def _bell() -> list[tuple[float, float]]:
    """Return the outline of a bell with its crown."""
    right = [(0.018, 0.19), (0.03, 0.20), (0.034, 0.235), (0.022, 0.262), (0.07, 0.275), (0.112, 0.305)]
    for step in range(24):
        down = step / 23
        right.append((0.128 + 0.05 * down + 0.085 * down**4.5, 0.33 + 0.36 * down))
    right += [(0.272, 0.715), (0.268, 0.735), (0.245, 0.742)]
    return [(0.5 + dx, py) for dx, py in right] + [(0.5 - dx, py) for dx, py in reversed(right)]


def short_hours() -> Field:
    """Twelve washes of watercolour in a ring, from the lamp to the street and back."""
    x, y = c.plane()
    image = c.flat("#f4eee0")
    hues = ["#1d2b53", "#26315f", "#3b3a72", "#6b4a7d", "#b3677c", "#e39a7b"]
    hues += ["#f2c57c", "#f5dc9a", "#b9d3c0", "#7fb3bd", "#4c7fa3", "#2c4d80"]
    bleed = c.noise(90, 14) - 0.5
    for hour, hue in enumerate(hues):
        angle = 2 * np.pi * (hour / 12) - np.pi / 2
        away = np.hypot(x - 0.5 - 0.285 * np.cos(angle), y - 0.44 - 0.285 * np.sin(angle))
        away = away + 0.022 * bleed + 0.018 * (c.noise(91 + hour, 30) - 0.5)
        wash = 1 - c.smooth(away, 0.086, 0.092)
        rim = np.exp(-(((away - 0.085) / 0.006) ** 2))
        pool = 0.55 + 0.5 * c.noise(110 + hour, 5) + 0.35 * rim
        image = c.ink(image, np.clip(wash * pool, 0, 1), hue, 130 + hour, 0.3)
    serif = "liberation/LiberationSerif-Regular.ttf"
    image = c.lay(image, c.letter("Théodore Lanvall", (0.08, 0.90), 0.030, serif), "#2a2a38")
    image = c.lay(image, c.letter("Préludes pour les heures brèves", (0.08, 0.938), 0.030, SERIF), "#2a2a38")
    return c.grain(c.paper(image, 150, 0.07), 151, 0.008)


def rain_on_zinc() -> Field:
    """Corrugated roofing in three coats of old paint, in the rain."""
    x, y = c.plane()
    wave = 2 * np.pi * 15 * (x + 0.004 * np.sin(9 * y))
    light = 0.62 + 0.34 * np.sin(wave) + 0.10 * np.sin(2 * wave + 0.9)
    worn = c.noise(160, 10, 6, 6, 0.6)
    edge = y + 0.03 * (c.noise(161, 40, 6) - 0.5)
    image = c.flat("#1f6b46")
    image = c.lay(image, c.smooth(edge, 0.355, 0.36), "#e3ab2e")
    image = c.lay(image, c.smooth(edge, 0.655, 0.66), "#b5362b")
    bare = c.smooth(worn + 0.12 * np.sin(wave), 0.56, 0.60)
    image = c.lay(image, bare, c.gradient(c.noise(162, 90, 30, 3, 0.7), "#8b979b", "#c3ccce"))
    rust = c.smooth(c.noise(163, 14, 3, 6, 0.62), 0.58, 0.74)
    image = c.lay(image, rust * 0.85, c.gradient(c.noise(164, 60), "#4a1f10", "#8e4217", "#c56a27"))
    image = image * light[..., None] * (0.82 + 0.3 * c.noise(165, 30, 2, 4))[..., None]
    seam = np.exp(-(((y - 0.508) / 0.006) ** 2)) + 0.6 * np.exp(-(((y - 0.522) / 0.012) ** 2))
    image = image * (1 - 0.65 * np.clip(seam, 0, 1))[..., None]
    rng = np.random.default_rng(166)

    def streaks(draw: ImageDraw.ImageDraw) -> None:
        for _ in range(420):
            left, top = rng.uniform(-0.1, 1.05) * WORK, rng.uniform(-0.1, 1) * WORK
            run = rng.uniform(0.03, 0.13) * WORK
            draw.line([left, top, left + run * 0.16, top + run], int(rng.uniform(60, 220)), int(rng.integers(2, 6)))

    image = c.glow(image, c.blur(c.stencil(streaks), 0.0006), "#dbe9ee", 0.62)
    return c.grain(image, 167, 0.01)


def night_bus_day_bus() -> Field:
    """One wet window: the street lights of the night above, the same street by day below."""
    x, y = c.plane()
    cut = c.smooth(y - 0.5 + 0.22 * (x - 0.5), -0.0015, 0.0015)
    night = c.gradient(np.clip(y * 1.7 + 0.2 * c.noise(170, 3), 0, 1), "#0b0a26", "#24124a", "#5b1d63")
    day = c.gradient(np.clip((y - 0.4) * 1.7 + 0.2 * c.noise(171, 3), 0, 1), "#ffe1c2", "#ffc7a1", "#f59f8b")
    rng = np.random.default_rng(172)
    for turn in range(46):
        at_x, at_y, size = rng.uniform(0, 1), rng.uniform(0.0, 1.0), rng.uniform(0.02, 0.085)
        round_light = c.disc(at_x, at_y, size, 0.004) * 0.55 + c.disc(at_x, at_y, size * 0.97, 0.02) * -0.12
        hot, cool = ("#ff4f6d", "#ffb347", "#4fd8ff", "#b36bff")[turn % 4], ("#ffffff", "#7fc8c2", "#fff3b0")[turn % 3]
        night = c.glow(night, round_light, hot, 0.9)
        day = c.lay(day, np.clip(round_light, 0, 1), cool)
    image = c.lay(night, cut, day)
    bright, drops, shine = _droplets(rng)
    image = c.lay(image, drops, image[::-1] * 0.4 + 0.6 * (0.35 + 0.9 * bright[..., None]) * image)
    image = image * (1 - 0.45 * np.clip(c.blur(drops, 0.0012) * 1.6 - drops, 0, 1))[..., None]
    image = c.glow(image, shine, "#ffffff", 0.85)
    return c.grain(image, 174, 0.008)


def _droplets(rng: np.random.Generator) -> tuple[Field, Field, Field]:
    """Scatter round drops, some of which have run: return their shading, their mask and their highlights."""
    spots: list[tuple[float, float, float, float]] = []
    for _ in range(1500):
        at_x, at_y, size = rng.uniform(0, 1), rng.uniform(0, 1), 0.0024 + 0.011 * rng.power(0.35)
        if all(np.hypot(at_x - px, at_y - py) > (size + near) * 1.5 for px, py, near, _ in spots):
            spots.append((at_x, at_y, size, rng.uniform(0.9, 1.25)))

    def ellipses(draw: ImageDraw.ImageDraw, share: float, right: float, down: float) -> None:
        for px, py, size, tall in spots:
            wide, high = size * share, size * share * tall
            left, top = px + right * size, py + down * size
            box = [(left - wide) * WORK, (top - high) * WORK, (left + wide) * WORK, (top + high) * WORK]
            draw.ellipse(box, 255)

    mask = c.stencil(lambda draw: ellipses(draw, 1.0, 0, 0))
    belly = c.blur(c.stencil(lambda draw: ellipses(draw, 0.7, 0.15, 0.35)), 0.0022)
    return belly, mask, c.blur(c.stencil(lambda draw: ellipses(draw, 0.2, -0.38, -0.45)), 0.0004)
