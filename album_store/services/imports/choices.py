"""Columns with a choice of a few words, in the spellings that people use."""

import re
from collections.abc import Mapping

from album_store.infrastructure.wording import shown
from album_store.services.imports.cells import Reader

FIXED, MINIMUM, FREE = "fixed", "minimum", "free"
YES, ALBUM_ONLY, NO = "yes", "album only", "no"

_BETWEEN_WORDS = re.compile(r"[\s_-]+")
_PRICE_KINDS = {
    FIXED: "fixed, fix, fixed price",
    MINIMUM: (
        "minimum, min, minimum price, at least, from, or more, name your price, name your own price, nyp, "
        "pay what you want, pay what you like, pay what you can, pwyw"
    ),
    FREE: "free, gratis, free of charge, for free",
}
_FOR_SALE = {
    YES: "yes, y, true, 1, x, on, for sale",
    ALBUM_ONLY: "album only, albumonly, only album, only the album, with album, only with album, album",
    NO: "no, n, false, 0, off, not for sale",
}


def choice(spellings: Mapping[str, str]) -> Reader:
    """Return a reader of one of the words, in any of its spellings, which are separated by commas; "" if empty."""
    words = {spelling: word for word, listed in spellings.items() for spelling in listed.split(", ")}
    *others, last = spellings

    def read(raw: str) -> str:
        if not raw:
            return ""
        word = words.get(_BETWEEN_WORDS.sub(" ", raw).casefold())
        if word is None:
            raise ValueError(f"{shown(raw)} is not one of the choices. Write {', '.join(others)} or {last}.")
        return word

    return read


price_kind = choice(_PRICE_KINDS)
for_sale = choice(_FOR_SALE)
