"""Text on drawn covers: cleaned, wrapped and shortened by an estimate of its width, since nobody knows the font."""

import unicodedata

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

_NARROW = frozenset(" ijlftrI.,:;'!|()[]/-\N{RIGHT SINGLE QUOTATION MARK}")
_WIDE = frozenset("mwMW@%&\N{EM DASH}\N{HORIZONTAL ELLIPSIS}")
# Control characters, halves of surrogate pairs and what is no character at all; XML forbids most of them.
_DROPPED = frozenset({"Cc", "Cs", "Cn"})


def clean(text: str) -> str:
    """The text on one line with single spaces, without what must not stand in XML."""
    spaced = " ".join(text.split())
    return "".join(char for char in spaced if unicodedata.category(char) not in _DROPPED)


def width_em(text: str) -> float:
    """About how wide a bold text is, in units of its font size; rather too wide than too narrow."""
    return sum(map(_char_width_em, text))


def _char_width_em(char: str) -> float:
    if unicodedata.combining(char):
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return 1
    if char in _NARROW:
        return 0.34
    if char in _WIDE:
        return 0.95
    return 0.72 if char.isupper() else 0.57


def wrap(text: str, limit_em: float) -> list[str]:
    """Break the text at spaces into lines of at most the given width; a word that is too long breaks anywhere."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width_em(longer) <= limit_em:
            lines[-1] = longer
        else:
            lines += _pieces(word, limit_em)
    return [line for line in lines if line]


def _pieces(word: str, limit_em: float) -> list[str]:
    pieces = [""]
    for char in word:
        if width_em(pieces[-1] + char) > limit_em:
            pieces.append("")
        pieces[-1] += char
    return pieces


def shorten(lines: list[str], most: int, limit_em: float) -> list[str]:
    """At most so many lines; where that loses words, an ellipsis says so."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while width_em(last + ELLIPSIS) > limit_em:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip(" ,;:-") + ELLIPSIS]
