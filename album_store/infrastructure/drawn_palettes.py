"""The colours of drawn covers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """A ground, the ink that text has on it (contrast at least 7:1, WCAG 2.2 level AAA), and colours for shapes."""

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
