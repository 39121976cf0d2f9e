"""Splits plain text into paragraphs and lines."""

import re
from collections.abc import Iterable

# Each part becomes an element of the page. If a text has more parts, the last one holds the rest.
MAX_PARTS = 200


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, which are separated by blank lines."""
    return _filled(re.split(r"\n\s*\n", text.replace("\r\n", "\n"), maxsplit=MAX_PARTS - 1))


def lines(text: str) -> list[str]:
    """The non-empty lines of a text."""
    return _filled(text.split("\n", MAX_PARTS - 1))


def _filled(parts: Iterable[str]) -> list[str]:
    return [part.strip() for part in parts if part.strip()]
