"""The compositions of placeholder covers. Each fills a field with SVG shapes that depend on title and artist."""

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

Option = TypeVar("Option")


class Draws:
    """Pseudorandom numbers that depend only on the names, not on the machine or Python version."""

    def __init__(self, *names: str) -> None:
        self._bytes = iter(hashlib.shake_256("\0".join(names).encode()).digest(8192))

    def between(self, least: float, most: float) -> float:
        """Return a number in the range."""
        return least + (most - least) * (next(self._bytes) * 256 + next(self._bytes)) / 65_535

    def pick(self, options: Sequence[Option]) -> Option:
        """Return one of the options."""
        return options[int(self.between(0, len(options) - 0.001))]


@dataclass(frozen=True)
class Field:
    """The rectangle to fill: its size, its background, and the colours to use on it."""

    width: float
    height: float
    ground: str
    colours: tuple[str, ...]


Composition = Callable[[Draws, Field], Iterator[str]]


def _circle(x: float, y: float, radius: float, colour: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}"/>'


def _polygon(points: Sequence[tuple[float, float]], colour: str) -> str:
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{corners}" fill="{colour}"/>'


def arcs(draws: Draws, field: Field) -> Iterator[str]:
    """Concentric arcs that rise from the lower edge."""
    middle = field.width * draws.pick((0, 0.3, 0.5, 0.7, 1))
    reach = max(field.height * 0.94, max(middle, field.width - middle) * draws.between(0.7, 0.95))
    rings = draws.pick((5, 6, 7, 8))
    step = reach / (rings + 0.6)
    for ring in range(rings):
        outer = reach - ring * step
        yield _circle(middle, field.height, outer, field.colours[ring % len(field.colours)])
        yield _circle(middle, field.height, outer - step * 0.68, field.ground)


def bands(draws: Draws, field: Field) -> Iterator[str]:
    """Slanted stripes of various widths."""
    slope = draws.pick((-0.9, -0.45, 0.45, 0.9)) * field.height
    x, turn = -field.height, 0
    while x < field.width + field.height:
        wide, gap = draws.between(14, 74), draws.between(6, 26)
        corners = [(x, field.height), (x + slope, 0), (x + slope + wide, 0), (x + wide, field.height)]
        yield _polygon(corners, field.colours[turn % len(field.colours)])
        x, turn = x + wide + gap, turn + 1


def tiles(draws: Draws, field: Field) -> Iterator[str]:
    """A grid of circles, rings, halves and quarters."""
    columns = draws.pick(sorted(range(3, 9), key=lambda count: _squeeze(field, count))[:2])
    size = field.width / columns
    rows = round(field.height / size)
    yield f'<g transform="scale(1 {field.height / (rows * size):.4f})">'
    for number in range(rows * columns):
        yield from _tile(draws, field, number % columns * size, number // columns * size, size)
    yield "</g>"


def _squeeze(field: Field, columns: int) -> float:
    """Return how far this number of columns is from filling the height with whole squares; 0 is exact."""
    rows = field.height * columns / field.width
    return abs(rows / round(rows) - 1)


def _tile(draws: Draws, field: Field, x: float, y: float, size: float) -> Iterator[str]:
    ground = draws.pick((field.ground, *field.colours))
    shape = draws.pick([colour for colour in field.colours if colour != ground])
    yield f'<rect x="{x:.1f}" y="{y:.1f}" width="{size + 0.5:.1f}" height="{size + 0.5:.1f}" fill="{ground}"/>'
    kind = draws.pick(("circle", "quarter", "quarter", "half", "ring"))
    right, down = draws.pick((0, 1)), draws.pick((0, 1))
    if kind == "quarter":
        start, end = (x + size * right, y + size * (1 - down)), (x + size * (1 - right), y + size * down)
        corner = f"{x + size * right:.1f} {y + size * down:.1f}"
        arc = f"A{size:.1f} {size:.1f} 0 0 {int(right == down)} {end[0]:.1f} {end[1]:.1f}"
        yield f'<path d="M{corner}L{start[0]:.1f} {start[1]:.1f}{arc}Z" fill="{shape}"/>'
    elif kind == "half":
        top, half = y + size / 2 * (1 + down), size / 2
        yield f'<path d="M{x:.1f} {top:.1f}a{half:.1f} {half:.1f} 0 0 1 {size:.1f} 0Z" fill="{shape}"/>'
    else:
        yield _circle(x + size / 2, y + size / 2, size * 0.4, shape)
        if kind == "ring":
            yield _circle(x + size / 2, y + size / 2, size * 0.2, ground)


def waves(draws: Draws, field: Field) -> Iterator[str]:
    """A sun above waves."""
    yield _circle(
        field.width * draws.between(0.2, 0.8),
        field.height * 0.36,
        field.height * draws.between(0.2, 0.3),
        field.colours[0],
    )
    layers = draws.pick((4, 5, 6))
    for layer in range(layers):
        level = field.height * (0.42 + 0.52 * layer / layers)
        swell, length, start = draws.between(8, 26), draws.between(110, 330), draws.between(0, math.tau)
        crest = [(x, level + swell * math.sin(start + x / length * math.tau)) for x in _steps(field.width, 8)]
        colour = field.colours[(layer + 1) % len(field.colours)]
        yield _polygon([(0, field.height), *crest, (field.width, field.height)], colour)


def _steps(end: float, step: float) -> list[float]:
    return [min(number * step, end) for number in range(math.ceil(end / step) + 1)]


def rays(draws: Draws, field: Field) -> Iterator[str]:
    """A sun with its rays."""
    x, y = field.width * draws.pick((0, 0.25, 0.5, 0.75, 1)), field.height * draws.pick((0.6, 0.8, 1))
    beams, far, turn = draws.pick((14, 18, 22, 28)), field.width * 1.6, draws.between(0, 1)
    for beam in range(beams):
        angles = [(beam + turn + side) * math.tau / beams for side in (0, 0.5)]
        edge = [(x + far * math.cos(angle), y + far * math.sin(angle)) for angle in angles]
        yield _polygon([(x, y), *edge], field.colours[beam % 2])
    radius = field.height * draws.between(0.24, 0.36)
    yield _circle(x, y, radius * 1.16, field.ground)
    yield _circle(x, y, radius, field.colours[2])


def record(draws: Draws, field: Field) -> Iterator[str]:
    """A record with grooves and a label."""
    radius, y = field.height * draws.between(0.38, 0.47), field.height / 2
    x = draws.pick((radius * 1.06, field.width / 2, field.width - radius * 1.06))
    disc, groove, label = field.colours[0], field.ground, field.colours[1]
    yield _circle(x, y, radius, disc)
    grooves = draws.pick((7, 9, 12))
    for number in range(grooves):
        ring = radius * (0.46 + 0.48 * number / (grooves - 1))
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{ring:.1f}" fill="none" stroke="{groove}" stroke-width="1.6"/>'
    yield _circle(x, y, radius * 0.36, label)
    yield _circle(x, y, radius * 0.27, field.colours[2])
    yield _circle(x, y, radius * 0.05, groove)


def bars(draws: Draws, field: Field) -> Iterator[str]:
    """Vertical bars, like the waveform of a song."""
    count = draws.pick((13, 17, 23, 29))
    pitch, swing, start = field.width / count, draws.between(0.5, 1.6), draws.between(0, math.tau)
    for number in range(count):
        swell = abs(math.sin(start + number * swing * math.pi / count * 2))
        high = field.height * (0.1 + 0.74 * (0.65 * swell + draws.between(0, 0.35)))
        x, y, wide = (number + 0.2) * pitch, (field.height - high) / 2, pitch * 0.6
        colour = field.colours[int(number * len(field.colours) / count)]
        size = f'width="{wide:.1f}" height="{high:.1f}" rx="{wide / 2:.1f}"'
        yield f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{colour}"/>'


def dots(draws: Draws, field: Field) -> Iterator[str]:
    """A halftone pattern: dots that grow towards one point."""
    pitch = field.width / draws.pick((11, 14, 17))
    x, y = field.width * draws.between(0.15, 0.85), field.height * draws.between(0.15, 0.85)
    rows, columns = round(field.height / pitch), round(field.width / pitch)
    for row in range(rows):
        for column in range(columns):
            place = (column + 0.5) * pitch, (row + 0.5) * field.height / rows
            far = math.dist(place, (x, y)) / field.width
            colour = field.colours[min(int(far * 4.5), len(field.colours) - 1)]
            yield _circle(*place, pitch * max(0.07, 0.5 - 0.55 * far), colour)


def peaks(draws: Draws, field: Field) -> Iterator[str]:
    """Mountains under a moon."""
    x, y = field.width * draws.between(0.15, 0.85), field.height * draws.between(0.2, 0.32)
    yield _circle(x, y, field.height * draws.between(0.1, 0.18), field.colours[0])
    for layer, base in enumerate((0.5, 0.68, 0.86)):
        ridge, place = [], -80.0
        while place < field.width + 80:
            ridge.append((place, field.height * (base + draws.between(-0.2, 0.06))))
            ridge.append((place + 55, field.height * (base + draws.between(0.04, 0.14))))
            place += draws.between(90, 190)
        colour = field.colours[(layer + 1) % len(field.colours)]
        yield _polygon([(-80, field.height), *ridge, (field.width + 160, field.height)], colour)


COMPOSITIONS: tuple[Composition, ...] = (arcs, bands, tiles, waves, rays, record, bars, dots, peaks)
