"""When two spellings are one name: each name has a key, and a unique index keeps two rows from having the same."""

import hashlib
import re
import unicodedata
from functools import lru_cache
from itertools import count

from album_store.data.visible_text import FILLERS, JOINERS, SELECTORS, VIRAMA_CLASS, visible_line

# As an index entry, four bytes a character, this fits every database.
MAX_KEY = 400

# Look like a space but are none to Python: the space of braille, and two fillers of Korean.
_BLANKS = str.maketrans(dict.fromkeys("\u2800\u3164\uffa0", " "))
_DROPPED = re.compile(f"[{SELECTORS}{FILLERS}]")
_JOINED = re.compile(f"(?<=(.))[{JOINERS}](?=(.))|[{JOINERS}]")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "NSM"})


@lru_cache(maxsize=4096)  # the rows of a catalogue repeat their artist and album
def name_key(name: str) -> str:
    """Return what all spellings of a name share; keys are compared byte by byte.

    Unicode's canonical caseless matching (section 3.13, D145) after spaces of every kind are made one and trimmed, and
    characters that do nothing are dropped. Joiners stay where they change a letter or a picture.
    """
    line = _DROPPED.sub("", visible_line(_with_single_spaces(name.translate(_BLANKS))))
    folded = unicodedata.normalize("NFD", _JOINED.sub(_needed_joiner, line)).casefold()
    key = unicodedata.normalize("NFC", _with_single_spaces(folded))
    if len(key) <= MAX_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: MAX_KEY - len(digest) - 1]} {digest}"


def free_key(key: str, taken: set[str]) -> str:
    """Return the key, or if it is taken, the key with a number behind two spaces, which no name's own key contains."""
    if key not in taken:
        return key
    base = key[: MAX_KEY - 10]
    return next(numbered for number in count(2) if (numbered := f"{base}  {number}") not in taken)


def _with_single_spaces(text: str) -> str:
    return " ".join(text.split())


def _needed_joiner(joiner: re.Match[str]) -> str:
    """The joiner in the spelling of Arabic, Indic and Mongolian scripts, and in a picture; else nothing."""
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
