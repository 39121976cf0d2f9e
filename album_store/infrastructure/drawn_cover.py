"""Draws the cover of an album that has none, from its title and its artist."""

from dataclasses import dataclass
from html import escape

from album_store.infrastructure.drawn_numbers import Draws
from album_store.infrastructure.drawn_palettes import PALETTES, Palette
from album_store.infrastructure.drawn_shapes import COMPOSITIONS, Field
from album_store.infrastructure.drawn_text import clean, shorten, wrap

SIDE = 600
MARGIN = 40
LEADING = 1.14

_TEXT_WIDTH = SIDE - 2 * MARGIN
# The largest size in which the title needs no more than so many lines; in the last it is shortened.
_TITLE_SIZES = ((70, 2), (56, 2), (46, 3), (38, 4), (32, 5))
_ARTIST_SIZE, _ARTIST_LINES = 28, 2
_FACES = (
    ("'Avenir Next', Avenir, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif", 700),
    ("'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, 'Times New Roman', serif", 700),
)


@dataclass(frozen=True)
class _Block:
    """Lines of text in one size."""

    lines: list[str]
    size: int

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING


def draw_cover(title: str, artist: str) -> str:
    """An SVG picture, the same for the same names every time.

    The text stands on the bare ground of the palette, and the shapes keep to a field of their own, so that it can
    be read on every cover.
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
            f"<title>{escape(title)} \N{EN DASH} {escape(artist)}</title>",
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
    """The field, on the bare ground or on one of the colours."""
    first = int(draws.between(0, 2.99))
    turned = (*palette.shapes[first:], *palette.shapes[:first])
    if draws.pick((True, False)):
        return Field(width, height, palette.ground, turned)
    return Field(width, height, turned[0], (*turned[1:], palette.ground))


def _text(block: _Block, top: float) -> str:
    return "".join(
        f'<text x="{MARGIN}" y="{top + (number + 0.8) * block.size * LEADING:.1f}" font-size="{block.size}">'
        f"{escape(line)}</text>"
        for number, line in enumerate(block.lines)
    )
