"""Invisible characters: they do not count as text, and are kept only where they have an effect."""

import re
import unicodedata

# These join two characters, select a form of the one before them, or turn it into a regional flag. Persian and Indic
# spelling needs the joiners; emoji need all of them.
JOINERS = "\u180e\u200c\u200d"
SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_TAGS = "\U000e0020-\U000e007f"
_BLACK_FLAG = "\U0001f3f4"
# Control characters, surrogates, and the rest of Unicode's Default_Ignorable_Code_Point except fillers.
_USELESS = (
    "\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
)
# Blank, but part of text: Korean and Khmer fillers, the Braille blank, the null notehead, blank hieroglyphs.
FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U00013441\U00013442\U0001d159"
VIRAMA_CLASS = 9

_VISIBLE_CHAR = rf"[^\s{JOINERS}{SELECTORS}{_TAGS}{_USELESS}{FILLERS}]"
_VISIBLE = re.compile(_VISIBLE_CHAR)
_USELESS_CHARS = re.compile(f"[{_USELESS}]+")
# A visible character with its selectors and an optional joiner, or an invisible character on its own.
_PART = re.compile(
    f"({_BLACK_FLAG}[{_TAGS}]+|{_VISIBLE_CHAR}[{SELECTORS}]?)([{JOINERS}]?)|[{JOINERS}{SELECTORS}{_TAGS}]"
)


def is_blank(text: str) -> bool:
    """Return whether the text has no visible character."""
    return _VISIBLE.search(text) is None


def visible_line(text: str) -> str:
    """Return the line, trimmed and without control characters and invisible ones without effect; "" if it is blank.

    Keeps joiners between two visible characters and after a virama, variation selectors after a visible character, and
    tags in a regional flag.
    """
    if text.isascii() and text.isprintable():  # the usual case, in a twentieth of the time
        return text.strip()
    if is_blank(text):
        return ""
    return _PART.sub(_without_useless_joiner, _USELESS_CHARS.sub("", text)).strip()


def _without_useless_joiner(part: re.Match[str]) -> str:
    visible, joiner = part[1] or "", part[2] or ""
    if joiner and not _VISIBLE.match(part.string, part.end()):
        return visible if unicodedata.combining(visible[-1]) != VIRAMA_CLASS else visible + joiner
    return visible + joiner
