"""Placeholder covers for albums without a cover, generated from title and artist."""

import unicodedata
from dataclasses import dataclass
from html import escape

from album_store.infrastructure.media.placeholder_shapes import COMPOSITIONS, Draws, Field
from album_store.infrastructure.wording import isolated

SIDE = 600
MARGIN = 40
LEADING = 1.14

_TEXT_WIDTH = SIDE - 2 * MARGIN
# Font size and maximum number of lines. The first that fits the title is used; at the last the title is shortened.
_TITLE_SIZES = ((70, 2), (56, 2), (46, 3), (38, 4), (32, 5))
_ARTIST_SIZE, _ARTIST_LINES = 28, 2
_FACES = (
    ("'Avenir Next', Avenir, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif", 700),
    ("'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, 'Times New Roman', serif", 700),
)

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

_NARROW = frozenset(" ijlftrI.,:;'!|()[]/-\N{RIGHT SINGLE QUOTATION MARK}")
_WIDE = frozenset("mwMW@%&\N{EM DASH}\N{HORIZONTAL ELLIPSIS}")
# Control characters, lone surrogates and unassigned code points. XML forbids most of them.
_DROPPED = frozenset({"Cc", "Cs", "Cn"})


@dataclass(frozen=True)
class Palette:
    """A background, a text colour with a contrast of at least 7:1 (WCAG 2.2, level AAA), and colours for shapes."""

    ground: str
    ink: str
    shapes: tuple[str, str, str]


PALETTES = (
    Palette("#f4ead8", "#1d1b1a", ("#d8432b", "#e3a62f", "#1f6f78")),
    Palette("#14213d", "#fdf3dc", ("#fca311", "#e4572e", "#8fb8de")),
    Palette("#1e3a34", "#f3ecd9", ("#e9b44c", "#9bc1bc", "#d9583b")),
    Palette("#3a1d3f", "#fbe9e0", ("#f26b6b", "#f7b267", "#9a76c2")),
    Palette("#8f2d1c", "#fff4e6", ("#f2c14e", "#22333b", "#f4a27a")),
    Palette("#f6d9d5", "#2b1b3d", ("#e0475b", "#2b4c9b", "#f2a65a")),
    Palette("#0c474c", "#fdf6e3", ("#f2a541", "#9fd0c5", "#d1495b")),
    Palette("#e9b23c", "#231f20", ("#c8391f", "#23496b", "#fbe8c0")),
    Palette("#16161a", "#f5f1e8", ("#ff5c39", "#f5c84b", "#3fa7a0")),
    Palette("#dfe9ec", "#12263a", ("#2f6690", "#f26419", "#81b3c1")),
    Palette("#cfd8c0", "#1f2d24", ("#4a6b4f", "#d96c47", "#f7f1dc")),
    Palette("#1b3a9c", "#fff8ea", ("#ff7a59", "#f9c74f", "#9ec5ff")),
)


@dataclass(frozen=True)
class _Block:
    """Lines of text in one font size."""

    lines: list[str]
    size: int

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING


def placeholder_cover(title: str, artist: str) -> str:
    """Return an SVG image, which is always the same for the same title and artist.

    The text is on the plain background and the shapes are in a separate field, so that the text is always legible.
    """
    title, artist = clean(title), clean(artist)
    draws = Draws(title, artist)
    palette, composition, (face, weight) = draws.pick(PALETTES), draws.pick(COMPOSITIONS), draws.pick(_FACES)
    blocks = (_title_block(title), _artist_block(artist))
    text_height = sum(block.height for block in blocks) + 0.4 * _ARTIST_SIZE
    text_on_top, inset = draws.pick((False, False, True)), draws.pick((0, MARGIN))
    field = _field(draws, palette, SIDE - 2 * inset, SIDE - inset - text_height - 1.7 * MARGIN)
    field_top, text_top = (
        (SIDE - inset - field.height, MARGIN * 0.8) if text_on_top else (inset, SIDE - MARGIN * 0.8 - text_height)
    )
    size = f'width="{field.width:.1f}" height="{field.height:.1f}"'
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" role="img">',
            f"<title>{escape(isolated(title))} \N{EN DASH} {escape(isolated(artist))}</title>",
            f'<rect width="{SIDE}" height="{SIDE}" fill="{palette.ground}"/>',
            f'<svg x="{inset}" y="{field_top:.1f}" {size}>',
            f'<rect {size} fill="{field.ground}"/>',
            *composition(draws, field),
            "</svg>",
            f'<g fill="{palette.ink}" font-family="{face}" font-weight="{weight}">',
            _text(blocks[0], text_top),
            "</g>",
            f'<g fill="{palette.ink}" font-family="{face}">',
            _text(blocks[1], text_top + blocks[0].height + 0.4 * _ARTIST_SIZE),
            "</g></svg>",
        ]
    )


def _title_block(title: str) -> _Block:
    for size, most in _TITLE_SIZES:
        lines = wrap(title, _TEXT_WIDTH / size)
        if len(lines) <= most:
            return _Block(lines, size)
    return _Block(shorten(lines, most, _TEXT_WIDTH / size), size)


def _artist_block(artist: str) -> _Block:
    limit_em = _TEXT_WIDTH / _ARTIST_SIZE
    return _Block(shorten(wrap(artist, limit_em), _ARTIST_LINES, limit_em), _ARTIST_SIZE)


def _field(draws: Draws, palette: Palette, width: float, height: float) -> Field:
    """Return the field, on the plain background or on one of the shape colours."""
    first = int(draws.between(0, 2.99))
    turned = (*palette.shapes[first:], *palette.shapes[:first])
    if draws.pick((True, False)):
        return Field(width, height, palette.ground, turned)
    return Field(width, height, turned[0], (*turned[1:], palette.ground))


def _text(block: _Block, top: float) -> str:
    return "".join(
        f'<text x="{MARGIN}" y="{top + (number + 0.8) * block.size * LEADING:.1f}" font-size="{block.size}">'
        f"{escape(isolated(line))}</text>"
        for number, line in enumerate(block.lines)
    )


def clean(text: str) -> str:
    """Return the text on one line, with single spaces and without characters that XML forbids."""
    spaced = " ".join(text.split())
    return "".join(char for char in spaced if unicodedata.category(char) not in _DROPPED)


def width_em(text: str) -> float:
    """Estimate the width of bold text in units of its font size. The estimate errs on the wide side."""
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
    """Break the text at spaces into lines of at most the given width. A word that is too long breaks anywhere."""
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
    """Return at most `most` lines. An ellipsis replaces the rest."""
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while width_em(last + ELLIPSIS) > limit_em:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip(" ,;:-") + ELLIPSIS]
