"""Readers that convert the text of a setting. Each raises ValueError with a phrase that completes "it ..."."""

import re
from collections.abc import Callable
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import is_currency
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

Reader = Callable[[str], Any]

# The kinds of databases with their drivers, and the extras that install these.
DATABASES = {
    "sqlite+pysqlite": "",
    "postgresql+psycopg": "postgresql",
    "mariadb+pymysql": "mysql",
    "mysql+pymysql": "mysql",
}

# A host name or IP address, and an optional port. An internationalised name must be in its xn-- form.
_SITE_URL = re.compile(r"https?://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")

_PAGE_URL = re.compile(r"https?://[!-~]+")


def text(raw: str) -> str:
    """Any text that is not empty."""
    if not raw:
        raise ValueError("must not be empty")
    return raw


def optional_text(raw: str) -> str:
    """Any text, including an empty one."""
    return raw


def path(raw: str) -> Path:
    """The path of a folder."""
    if not raw:
        raise ValueError("must be the path of a folder, such as /srv/store/media")
    return Path(raw)


def boolean(raw: str) -> bool:
    """`true` or `false`, or one of their synonyms in ini files."""
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    if raw.lower() not in words:
        raise ValueError("must be true or false")
    return words[raw.lower()]


def one_of(*allowed: str) -> Reader:
    """Return a reader that accepts only the given words."""

    def read(raw: str) -> str:
        if raw not in allowed:
            raise ValueError(f"must be one of: {', '.join(allowed)}")
        return raw

    return read


def whole_number(least: int, most: int) -> Reader:
    """Return a reader that accepts whole numbers from `least` to `most`, both included."""

    def read(raw: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,12}", raw) or not least <= int(raw) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(raw)

    return read


def colour(raw: str) -> str:
    """A colour as #rrggbb."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", raw):
        raise ValueError("must be a colour such as #c2410c")
    return raw.lower()


def currency(raw: str) -> str:
    """A currency code of ISO 4217."""
    if not is_currency(raw):
        raise ValueError("must be a currency code such as EUR, USD or JPY")
    return raw


def locale(raw: str) -> str:
    """The locale in which dates and prices are formatted, such as en or pt_BR."""
    try:
        Locale.parse(raw)
    except (UnknownLocaleError, ValueError):
        raise ValueError("must be a locale such as en, de or pt_BR") from None
    return raw


def timezone(raw: str) -> ZoneInfo:
    """A time zone of the IANA database, such as Europe/Berlin."""
    if raw not in available_timezones():
        raise ValueError("must be a time zone such as Europe/Berlin, America/New_York or UTC")
    return ZoneInfo(raw)


def site_url(raw: str) -> str:
    """The scheme and host of the store, without a path."""
    address = raw.lower().removesuffix("/")
    match = _SITE_URL.fullmatch(address)
    if match is None or not _is_host(match[1]):
        raise ValueError("must be a URL such as https://music.example.org, without a path")
    return address


def optional_url(raw: str) -> str:
    """The URL of a page, or an empty text."""
    if raw and not _PAGE_URL.fullmatch(raw):
        raise ValueError("must be the URL of a page, such as https://music.example.org/terms")
    return raw


def database_url(raw: str) -> str:
    """The URL of a database of a kind that the store knows, and whose driver is installed."""
    try:
        url = make_url(raw)
        kind = f"{url.get_backend_name()}+{url.get_driver_name()}"
        if kind not in DATABASES:
            raise ArgumentError(raw)
    except (ArgumentError, ImportError, ValueError):
        raise ValueError(
            "must be a database URL such as sqlite:////srv/store/album_store.sqlite, "
            "postgresql+psycopg://user@localhost/store or mariadb+pymysql://user@localhost/store"
        ) from None
    extra = DATABASES[kind]
    if extra and not url.database:
        raise ValueError(f"must end with the name of a database, such as {kind}://user@localhost/store")
    try:
        url.get_dialect().import_dbapi()
    except ImportError:
        raise ValueError(f"must have its driver. Run: pip install 'album-store[{extra}]'") from None
    return raw


def _is_host(text: str) -> bool:
    """Return whether the text is a host: if it has brackets, they must contain an IPv6 address."""
    if not text.startswith("["):
        return True
    try:
        IPv6Address(text[1:-1])
    except ValueError:
        return False
    return True


def counters(raw: str) -> str:
    """Where rate limits are counted: `memory`, or the URL of a Redis server."""
    if not re.fullmatch(r"memory|(redis|rediss|redis\+unix)://\S+", raw):
        raise ValueError("must be memory, or the URL of a Redis server such as redis://localhost:6379/0")
    return raw


def email(raw: str) -> str:
    """An email address that the store can send from."""
    try:
        return validate_email(raw, check_deliverability=False, allow_smtputf8=False, test_environment=True).ascii_email
    except EmailNotValidError:
        raise ValueError("must be an email address such as hello@example.org") from None
