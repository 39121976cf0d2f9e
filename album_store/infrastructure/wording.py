"""Formats money, dates, times and durations in the store's locale and time zone, and isolates names in plain text."""

import datetime as dt
import unicodedata
from functools import lru_cache
from html import escape
from typing import Self
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time, get_datetime_format
from babel.numbers import format_currency, get_currency_precision, get_decimal_symbol
from pyramid.config import Configurator

from album_store.infrastructure.money import to_decimal

# The bidirectional classes (UAX 9) with which a name can reorder the text around it.
_TURNS_TEXT = {"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI"}
# Babel takes 50 µs for a price, and a catalogue has few different ones.
MAX_PRICES = 1_000
# So much of what somebody typed is shown in a message about it.
MAX_SHOWN = 60
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


class Moment(str):
    """A date and time in words, which a Chameleon template prints as a `<time>` element.

    In attributes and in plain-text templates, write `str(moment)`.
    """

    __slots__ = ("_language", "_when")

    def __new__(cls, words: str, when: dt.datetime, language: str) -> Self:
        """Create a moment from the words, the time that they describe, and their language."""
        moment = super().__new__(cls, words)
        moment._when, moment._language = when, language
        return moment

    def __html__(self) -> str:
        iso = self._when.astimezone(dt.UTC).isoformat(timespec="seconds")
        return f'<time datetime="{iso}" lang="{self._language}"><bdi>{escape(self)}</bdi></time>'


class Wording:
    """Formats values for visitors with Babel, in one locale and time zone. One instance serves all requests."""

    def __init__(self, locale: str, timezone: ZoneInfo) -> None:
        self._locale, self._timezone = Locale.parse(locale), timezone
        self.price = lru_cache(MAX_PRICES)(self._price)
        self._decimal_sign = "," if get_decimal_symbol(self._locale) == "," else "."

    @property
    def language(self) -> str:
        """The language of dates and prices, for the `lang` attribute; the words of the pages are English."""
        return str(self._locale).replace("_", "-")

    def _price(self, minor_units: int, currency: str) -> str:
        """Format minor units (cents) as a price: `€8.50`, or `Free` for 0."""
        if minor_units == 0:
            return "Free"
        amount = to_decimal(minor_units, currency)
        # Babel rounds to the places that people write, which may be fewer than the currency has.
        is_exact = amount == round(amount, get_currency_precision(currency))
        return format_currency(amount, currency, locale=self._locale, currency_digits=is_exact)

    def asking_price(self, price_cents: int, minimum_cents: int | None, currency: str) -> str:
        """Say what is asked for an album or a track: `€8.50`, `Free`, or with a minimum `€5.00 or more`."""
        if minimum_cents is None:
            return self.price(price_cents, currency)
        return f"{self.price(minimum_cents, currency)} or more" if minimum_cents else "Name your price"

    def typed_amount(self, minor_units: int, currency: str) -> str:
        """Format an amount as people type it into a form, without a sign: `8.50` or `8,50`."""
        return str(to_decimal(minor_units, currency)).replace(".", self._decimal_sign)

    def date(self, day: dt.date) -> str:
        """Format a date: `12 March 2026`."""
        return format_date(day, "long", locale=self._locale)

    def short_date(self, day: dt.date) -> str:
        """Format a recent date, without its year: `12 Mar`."""
        return format_skeleton("MMMd", day, locale=self._locale)

    def day(self, when: dt.datetime) -> Moment:
        """Format the day of a moment in the store's time zone: `12 March 2026`."""
        return Moment(self.date(when.astimezone(self._timezone).date()), when, self.language)

    def moment(self, when: dt.datetime) -> Moment:
        """Format a date and time in the store's time zone: `12 March 2026, 18:05 CET`."""
        clock = format_time(when, "short", tzinfo=self._timezone, locale=self._locale)
        zone = format_datetime(when, "z", tzinfo=self._timezone, locale=self._locale)
        pattern = str(get_datetime_format("long", locale=self._locale)).replace("'", "")
        words = pattern.replace("{1}", self.day(when)).replace("{0}", f"{clock} {zone}")
        return Moment(words, when, self.language)


def isolated(name: str) -> str:
    """Return a name that does not reorder the plain text around it, such as a page title or an email subject.

    A name that could do so is put between directional isolates, which correspond to `<bdi>` in HTML.
    """
    if not name.isascii() and any(unicodedata.bidirectional(char) in _TURNS_TEXT for char in name):
        return f"{_FIRST_STRONG_ISOLATE}{name}{_POP_ISOLATE}"
    return name


def shown(raw: str) -> str:
    """Return the text in quotes for a message, truncated and with unprintable characters replaced."""
    short = raw if len(raw) <= MAX_SHOWN else f"{raw[:MAX_SHOWN]}\N{HORIZONTAL ELLIPSIS}"
    return f"“{''.join(char if char.isprintable() else chr(0xFFFD) for char in short)}”"


def capitalised(words: str) -> str:
    """Return the words with a capital first letter, as at the start of a line."""
    return words[:1].upper() + words[1:]


def clock_length(length_ms: int) -> str:
    """Format a duration as players show it: `4:05`, `1:02:33`; rounded to the nearest second, but at least one."""
    minutes, seconds = divmod(max((length_ms + 500) // 1000, 1 if length_ms else 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def spoken_length(length_ms: int) -> str:
    """Format a duration in words, for totals: `1 hour 2 minutes`, or `less than a minute`."""
    hours, minutes = divmod((length_ms + 30_000) // 60_000, 60)
    parts = [
        f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in ((hours, "hour"), (minutes, "minute")) if count
    ]
    return " ".join(parts) or "less than a minute"


def iso_length(length_ms: int) -> str:
    """Format a duration as ISO 8601: `PT4M5S`; below one second `PT0.4S`."""
    if length_ms < 1000:
        return f"PT{length_ms / 1000:g}S"
    minutes, seconds = divmod((length_ms + 500) // 1000, 60)
    return f"PT{minutes}M{seconds}S"


def includeme(config: Configurator) -> None:
    """Add `request.wording`."""
    settings = config.registry.store_settings
    config.registry.wording = Wording(settings.locale, settings.timezone)
    config.add_request_method(lambda request: request.registry.wording, "wording", reify=True)
