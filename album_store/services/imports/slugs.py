"""Unique slugs made from names."""

from collections.abc import Callable, Collection, Iterable
from itertools import count

from album_store.data.search_words import fold

# How many numbers of one slug are looked up at first; each further time it is twice as many.
NUMBERS = 8


class Slugs:
    """Makes unique slugs: `minha-historia`, then `minha-historia-2`.

    `taken` returns those of some slugs that are in use, `longest` is the maximum length, and `fallback` is the slug of
    a name without letters and digits.
    """

    def __init__(self, taken: Callable[[Collection[str]], Iterable[str]], longest: int, fallback: str) -> None:
        self._look_up = taken
        self._longest = longest
        self._fallback = fallback
        self._taken: set[str] = set()
        self._known: set[str] = set()
        self._last_number: dict[str, int] = {}

    def new(self, names: Iterable[str]) -> list[str]:
        """Reserve and return the next free slug for each of the names."""
        bases = [self._cut(fold(name).replace(" ", "-"), self._longest) or self._fallback for name in names]
        self._find_taken(set(bases))
        return [self._free(base) for base in bases]

    def _find_taken(self, slugs: Collection[str]) -> None:
        self._taken |= set(self._look_up(slugs))
        self._known |= set(slugs)

    def _free(self, base: str) -> str:
        for number in count(self._last_number.get(base, 1)):
            slug = self._numbered(base, number)
            if slug not in self._known:
                until = max(number * 2, NUMBERS)
                self._find_taken([self._numbered(base, number) for number in range(number, until + 1)])
            if slug not in self._taken:
                break
        self._last_number[base] = number
        self._taken.add(slug)
        return slug

    def _numbered(self, base: str, number: int) -> str:
        suffix = f"-{number}" if number > 1 else ""
        return self._cut(base, self._longest - len(suffix)) + suffix

    def _cut(self, slug: str, length: int) -> str:
        return slug[:length].rstrip("-")
