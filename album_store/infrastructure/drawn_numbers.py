"""The numbers that decide what a drawn cover looks like."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Option = TypeVar("Option")


class Draws:
    """Numbers that look random and depend on the names alone, on every machine and in every Python."""

    def __init__(self, *names: str) -> None:
        self._bytes = iter(hashlib.shake_256("\0".join(names).encode()).digest(8192))

    def between(self, least: float, most: float) -> float:
        """A number in the range."""
        return least + (most - least) * (next(self._bytes) * 256 + next(self._bytes)) / 65_535

    def pick(self, options: Sequence[Option]) -> Option:
        """One of the options."""
        return options[int(self.between(0, len(options) - 0.001))]
