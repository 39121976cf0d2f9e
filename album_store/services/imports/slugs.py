"""Unique slugs made from names."""

from collections.abc import Iterable

from album_store.data.search_words import fold


class Slugs:
    """Makes unique slugs: `minha-historia`, then `minha-historia-2`.

    `taken` holds the slugs in use, `longest` is the maximum length, and `fallback` is the slug of a name without
    letters and digits.
    """

    def __init__(self, taken: Iterable[str], longest: int, fallback: str) -> None:
        self._taken = set(taken)
        self._longest = longest
        self._fallback = fallback
        self._last_number: dict[str, int] = {}

    def new(self, name: str) -> str:
        """Reserve and return the next free slug for the name."""
        base = self._cut(fold(name).replace(" ", "-"), self._longest) or self._fallback
        slug, number = base, self._last_number.get(base, 1)
        while slug in self._taken:
            number += 1
            suffix = f"-{number}"
            slug = self._cut(base, self._longest - len(suffix)) + suffix
        self._last_number[base] = number
        self._taken.add(slug)
        return slug

    def _cut(self, slug: str, length: int) -> str:
        return slug[:length].rstrip("-")
