"""Money, dates and lengths in the words of the store's language."""

import datetime as dt

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_currency
from pyramid.config import Configurator
from pyramid.request import Request

from album_store.infrastructure.money import to_decimal


class Wording:
    """Writes values for people; Babel knows how each language does it."""

    def __init__(self, locale: str) -> None:
        self._locale = Locale.parse(locale)

    @property
    def language(self) -> str:
        """The language of the pages, as `lang` wants it."""
        return str(self._locale).replace("_", "-")

    def price(self, minor_units: int, currency: str) -> str:
        """A price from minor units (cents): `€8.50`, `Free` for nothing."""
        if minor_units == 0:
            return "Free"
        return format_currency(to_decimal(minor_units, currency), currency, locale=self._locale)

    def date(self, day: dt.date) -> str:
        """A day: `12 March 2026`."""
        return format_date(day, "long", locale=self._locale)

    def short_date(self, day: dt.date) -> str:
        """A day of these weeks, without its year: `12 Mar`."""
        return format_skeleton("MMMd", day, locale=self._locale)

    def moment(self, when: dt.datetime) -> str:
        """A time of day, in UTC."""
        return f"{format_datetime(when, 'medium', locale=self._locale)} UTC"


def utc_minute(when: dt.datetime) -> str:
    """A moment to the minute, in UTC, whatever the language: `2026-03-12 17:05 UTC`."""
    return f"{when.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"


def clock_length(length_ms: int) -> str:
    """A length as players show it: `4:05`, `1:02:33`; rounded to the nearest second."""
    minutes, seconds = divmod((length_ms + 500) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def spoken_length(length_ms: int) -> str:
    """A length in words, for totals: `1 hour 2 minutes`; anything shorter is `less than a minute`."""
    hours, minutes = divmod((length_ms + 30_000) // 60_000, 60)
    parts = [
        f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in ((hours, "hour"), (minutes, "minute")) if count
    ]
    return " ".join(parts) or "less than a minute"


def iso_length(length_ms: int) -> str:
    """A length for machines, as ISO 8601 writes durations: `PT4M5S`."""
    minutes, seconds = divmod((length_ms + 500) // 1000, 60)
    return f"PT{minutes}M{seconds}S"


def includeme(config: Configurator) -> None:
    """Make `request.wording`."""
    config.add_request_method(_wording, "wording", reify=True)


def _wording(request: Request) -> Wording:
    return Wording(request.store_settings.locale)
