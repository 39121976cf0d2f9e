"""The colours of emails, those of the store's pages, in light and in dark mode."""

from dataclasses import dataclass
from typing import Self

from album_store.infrastructure.theme import PAPER_DARK, PAPER_LIGHT, legible_on


@dataclass(frozen=True)
class MailColours:
    """The colours of one mode; `accent_ink` is the store's accent, legible on the paper."""

    paper: str
    ink: str
    ink_soft: str
    line: str
    accent_ink: str

    @classmethod
    def light(cls, accent: str) -> Self:
        """Return the colours of light mode, as in `tokens.css`."""
        return cls(PAPER_LIGHT, "#17171a", "#5b5b63", "#dcdce0", legible_on(accent, PAPER_LIGHT))

    @classmethod
    def dark(cls, accent: str) -> Self:
        """Return the colours of dark mode, as in `tokens.css`."""
        return cls(PAPER_DARK, "#f3f3f1", "#a9a9b2", "#34343b", legible_on(accent, PAPER_DARK))
