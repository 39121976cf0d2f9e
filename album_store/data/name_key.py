"""Name keys, which are equal for all spellings of a name. Unique indexes on them prevent duplicate rows."""

import hashlib
import re
import unicodedata
from functools import lru_cache
from itertools import count

from album_store.data.visible_text import FILLERS, JOINERS, SELECTORS, VIRAMA_CLASS, visible_line

# An index entry of this length, with four bytes per character, fits in every database.
MAX_KEY = 400

# Look like spaces but are not whitespace in Python: the Braille blank and two Korean fillers.
_BLANKS = str.maketrans(dict.fromkeys("\u2800\u3164\uffa0", " "))
_DROPPED = re.compile(f"[{SELECTORS}{FILLERS}]")
_JOINED = re.compile(f"(?<=(.))[{JOINERS}](?=(.))|[{JOINERS}]")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "NSM"})


@lru_cache(maxsize=4096)  # the rows of a catalogue repeat their artist and album
def name_key(name: str) -> str:
    """Return the key that all spellings of a name share. Keys are compared byte by byte.

    Replaces whitespace of every kind by single spaces, trims it, and drops characters without effect; then applies
    Unicode's canonical caseless matching (section 3.13, D145). Joiners stay where they change a letter or an emoji.
    """
    key = _with_single_spaces(name.lower()) if name.isascii() and name.isprintable() else _unicode_key(name)
    if len(key) <= MAX_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: MAX_KEY - len(digest) - 1]} {digest}"


def _unicode_key(name: str) -> str:
    line = _DROPPED.sub("", visible_line(_with_single_spaces(name.translate(_BLANKS))))
    folded = unicodedata.normalize("NFD", _JOINED.sub(_needed_joiner, line)).casefold()
    return unicodedata.normalize("NFC", _with_single_spaces(folded))


def free_key(key: str, taken: set[str]) -> str:
    """Return the key. If it is taken, add a number after two spaces, which no key made from a name contains."""
    return next(numbered for number in count(1) if (numbered := numbered_key(key, number)) not in taken)


def numbered_key(key: str, number: int) -> str:
    """Return the key of the first, second or later row whose names have this key."""
    return key if number == 1 else f"{key[: MAX_KEY - 10]}  {number}"


def _with_single_spaces(text: str) -> str:
    return " ".join(text.split())


def _needed_joiner(joiner: re.Match[str]) -> str:
    """Return the joiner in Arabic, Indic and Mongolian spelling and in emoji; otherwise an empty string."""
    before, after = joiner[1], joiner[2]
    if not before:
        return ""
    if unicodedata.category(before)[0] == unicodedata.category(after)[0] == "S":
        return joiner[0]
    is_needed = (
        VIRAMA_CLASS in (unicodedata.combining(before), unicodedata.combining(after))
        or {unicodedata.bidirectional(before), unicodedata.bidirectional(after)} <= _RIGHT_TO_LEFT
        or "\u1800" <= before <= "\u18af"
    )
    return joiner[0] if is_needed else ""
