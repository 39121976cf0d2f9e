"""Amounts, dates and lengths as the store writes them, for both peers."""

import datetime as dt

from babel.dates import format_date
from babel.numbers import format_currency

SHORT_ORDERS = {
    "newest": "Newest first",
    "title": "By title",
    "artist": "By artist",
    "price": "By price",
    "upcoming": "Coming soon",
}


def price(album: object) -> str:
    """Return the price of an album, for people."""
    return format_currency(album.price_cents / 100, album.currency, locale="en")


def date(day: dt.date) -> str:
    """Return a date, for people."""
    return format_date(day, "long", locale="en")


def clock_length(length_ms: int) -> str:
    """Return a length as players show it."""
    minutes, seconds = divmod(length_ms // 1000, 60)
    return f"{minutes}:{seconds:02}"


def iso_length(length_ms: int) -> str:
    """Return a length as in ISO 8601."""
    minutes, seconds = divmod(length_ms // 1000, 60)
    return f"PT{minutes}M{seconds}S"


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text."""
    return [part.strip() for part in text.split("\n\n") if part.strip()]
