"""The stylesheet of the public pages: several files and the accent colour in one, which a first visit loads at once."""

import hashlib
import re
from pathlib import Path

import hupper
from pyramid.config import Configurator

from album_store.infrastructure.theme import theme_css

STATIC = Path(__file__).parents[2] / "static"
# In the order in which they override each other. Pages that few visitors open have further files of their own.
PARTS = ("fonts", "tokens", "base", "layout", "forms", "catalogue", "album", "player")
_FONT = re.compile(r"\.\./(fonts/[\w.-]+)")


class Stylesheet:
    """The text, and a digest of it for its address."""

    def __init__(self, accent: str) -> None:
        parts = [(STATIC / "css" / f"{name}.css").read_text("utf-8") for name in PARTS]
        text = _FONT.sub(_font_address, "\n".join([theme_css(accent), *parts]))
        self.body = text.encode()
        self.digest = digest_of(self.body)


def _font_address(found: re.Match[str]) -> str:
    """Return the address that templates also preload the font from, relative to that of the stylesheet."""
    return f"static/{found[1]}?x={digest_of((STATIC / found[1]).read_bytes())}"


def digest_of(content: bytes) -> str:
    """Return the first 12 hex digits of the SHA-256."""
    return hashlib.sha256(content).hexdigest()[:12]


def includeme(config: Configurator) -> None:
    """Make the stylesheet. `pserve --reload` restarts the store when one of its parts changes."""
    config.registry.stylesheet = Stylesheet(config.registry.store_settings.accent)
    if hupper.is_active():
        hupper.get_reloader().watch_files([str(STATIC / "css" / f"{name}.css") for name in PARTS])
