"""Readers convert the text of a cell to a value; they raise ValueError with a sentence that says what is expected."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from itertools import groupby
from typing import Any

from babel.numbers import is_currency
from sqlalchemy.orm import InstrumentedAttribute

from album_store.data.visible_text import is_blank

Reader = Callable[[str], Any]

MAX_SHOWN = 60
MAX_TEXT = 100_000
# Unicode's Stream-Safe Text Format (UAX 15) has no more marks in a row either; composing takes their square of time.
MAX_MARKS = 30
# No character is decomposed into more.
MAX_DECOMPOSED = 4

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]+)?")


def shown(raw: str) -> str:
    """The text in quotes for a message: truncated, and with unprintable characters replaced."""
    short = raw if len(raw) <= MAX_SHOWN else f"{raw[:MAX_SHOWN]}\N{HORIZONTAL ELLIPSIS}"
    return f"“{''.join(char if char.isprintable() else chr(0xFFFD) for char in short)}”"


def text(column: InstrumentedAttribute[Any]) -> Reader:
    """A reader of a non-empty line of text that fits the model's column."""
    read_optional = optional_text(column)

    def read(raw: str) -> str:
        value = read_optional(raw)
        if not value:
            raise ValueError("This must not be empty.")
        return value

    return read


def optional_text(column: InstrumentedAttribute[Any]) -> Reader:
    """A reader of a line of text that fits the model's column; it may be empty, and is if nothing can be seen."""
    longest = column.type.length

    def read(raw: str) -> str:
        if _CONTROL.search(raw):
            raise ValueError("This holds a line break, a tab or an invisible control character; remove it.")
        value = _composed(raw, longest)
        return "" if is_blank(value) else value

    return read


def lines(raw: str) -> str:
    """Read a text of any number of lines; it may be empty."""
    if _CONTROL_BUT_LINES.search(raw):
        raise ValueError("This holds an invisible control character; remove it.")
    value = _composed(raw.replace("\r\n", "\n").replace("\r", "\n"), MAX_TEXT)
    return "" if is_blank(value) else value


def _composed(raw: str, longest: int) -> str:
    """The text in Unicode's form C. Raises ValueError if it is too long, before anything slow is done."""
    value = raw
    if len(raw) <= longest * MAX_DECOMPOSED and not raw.isascii():
        if _marks_in_a_row(raw) > MAX_MARKS:
            raise ValueError(f"More than {MAX_MARKS} accents follow each other; remove some.")
        value = unicodedata.normalize("NFC", raw)
    if len(value) > longest:
        raise ValueError(f"This is {len(value):,} characters long; at most {longest:,} fit.")
    return value


def _marks_in_a_row(raw: str) -> int:
    runs = groupby(raw, key=lambda char: unicodedata.combining(char) > 0)
    return max((len(list(run)) for is_mark, run in runs if is_mark), default=0)


def whole_number(least: int, most: int) -> Reader:
    """A reader of a whole number from `least` to `most`, both included."""

    def read(raw: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", raw) or not least <= int(raw) <= most:
            raise ValueError(f"{shown(raw)} is not a whole number from {least} to {most}.")
        return int(raw)

    return read


def number_or_blank(least: int, most: int) -> Reader:
    """A reader of a whole number from `least` to `most`; None if empty."""
    read = whole_number(least, most)
    return lambda raw: read(raw) if raw else None


def price(*, decimal_comma: bool) -> Reader:
    """A reader of an amount of money; None if empty. With `decimal_comma`, 8,50 is read as 8.50."""

    def read(raw: str) -> Decimal | None:
        if not raw:
            return None
        if raw.startswith("-"):
            raise ValueError(f"{shown(raw)} is below zero; a price is 0 or more.")
        plain = raw.replace(",", ".") if decimal_comma else raw
        if not _NUMBER.fullmatch(plain):
            raise ValueError(f"{shown(raw)} is not a price; write it like 8.50, without the currency.")
        return Decimal(plain)

    return read


def isrc(raw: str) -> str:
    """Read an ISRC (ISO 3901) with or without hyphens; it may be empty."""
    code = raw.replace("-", "")
    if code and not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", code):
        raise ValueError(f"{shown(raw)} is not an ISRC, which looks like GB-ABC-24-00001 in capital letters.")
    return code


def date(raw: str) -> dt.date | None:
    """Read a date such as 2024-05-31; None if empty."""
    if not raw:
        return None
    with suppress(ValueError):
        if _DATE.fullmatch(raw):
            return dt.date.fromisoformat(raw)
    raise ValueError(f"{shown(raw)} is not a date; write year, month and day like 2024-05-31.")


def currency(raw: str) -> str:
    """Read an ISO 4217 currency code in either case; it may be empty."""
    if raw and not is_currency(raw.upper()):
        raise ValueError(f"{shown(raw)} is not a currency code such as EUR, USD or JPY.")
    return raw.upper()
