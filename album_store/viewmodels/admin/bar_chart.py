"""The bars of a bar chart, which a template draws as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 600
HEIGHT = 150
GAP = 4
# Keeps small numbers above zero visible.
MIN_HEIGHT = 3


@dataclass(frozen=True)
class Bar:
    """A rectangle in the units of the SVG, and its label."""

    x: float
    y: float
    width: float
    height: float
    label: str


def bars(values: Sequence[tuple[str, int]]) -> list[Bar]:
    """One bar per (label, number) pair; the largest has the full height."""
    most = max((number for _, number in values), default=0)
    step = WIDTH / max(len(values), 1)
    return [_bar(place * step, step - GAP, number, most, label) for place, (label, number) in enumerate(values)]


def _bar(x: float, width: float, number: int, most: int, label: str) -> Bar:
    height = max(MIN_HEIGHT, round(HEIGHT * number / most, 1)) if number else 0
    return Bar(round(x, 2), HEIGHT - height, round(width, 2), height, f"{label}: {number}")
