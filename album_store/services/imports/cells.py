"""Readers convert the text of a cell to a value. They raise ValueError with a sentence that says what to write."""

import re
import unicodedata
from collections.abc import Callable
from itertools import groupby
from typing import Any

from babel.numbers import is_currency
from sqlalchemy.orm import InstrumentedAttribute

from album_store.data.visible_text import is_blank
from album_store.infrastructure.wording import shown

Reader = Callable[[str], Any]

MAX_TEXT = 100_000
# A page shows the lyrics of up to 100 tracks.
MAX_LYRICS = 30_000
# The limit of Unicode's Stream-Safe Text Format (UAX 15). Composing takes time quadratic in the marks in a row.
MAX_MARKS = 30
# No character decomposes into more characters than this.
MAX_DECOMPOSED = 4
ONE_DAY_MS = 86_400_000

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_LINES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DIGITS = re.compile("[0-9]{1,12}")
_CLOCK = re.compile(r"(?:([0-9]{1,2}):(?=[0-9]{2}:))?([0-9]{1,4}):([0-5][0-9])(?:[.,]([0-9]{1,3}))?")


def text(column: InstrumentedAttribute[Any]) -> Reader:
    """Return a reader of a non-empty line of text that fits the model's column."""
    read_optional = optional_text(column)

    def read(raw: str) -> str:
        value = read_optional(raw)
        if not value:
            raise ValueError("this cell must not be empty.")
        return value

    return read


def optional_text(column: InstrumentedAttribute[Any]) -> Reader:
    """Return a reader of a line of text that fits the model's column. Text without visible characters is read as ""."""
    longest = column.type.length

    def read(raw: str) -> str:
        if not raw.isprintable() and _CONTROL.search(raw):
            raise ValueError("this cell contains a line break, a tab or an invisible control character. Remove it.")
        value = _composed(raw, longest)
        return "" if is_blank(value) else value

    return read


def lyrics(raw: str) -> str:
    """Read a text as `lines` does, of at most MAX_LYRICS characters."""
    return lines(raw, MAX_LYRICS)


def lines(raw: str, longest: int = MAX_TEXT) -> str:
    """Read a text of at most `longest` characters in any number of lines; it may be empty."""
    if _CONTROL_BUT_LINES.search(raw):
        raise ValueError("this cell contains an invisible control character. Remove it.")
    value = _composed(raw.replace("\r\n", "\n").replace("\r", "\n"), longest)
    return "" if is_blank(value) else value


def without_marks(read: Reader) -> Reader:
    """A reader that ignores invisible marks, such as those of direction that programs put before dates and prices."""

    def read_visible(raw: str) -> Any:
        return read(raw if raw.isascii() else "".join(filter(_is_no_mark, raw)).strip())

    return read_visible


def _is_no_mark(char: str) -> bool:
    return unicodedata.category(char) != "Cf"


def _composed(raw: str, longest: int) -> str:
    """Return the text in Unicode's form C. Raises ValueError if it is too long, before any slow work."""
    value = raw
    if len(raw) <= longest * MAX_DECOMPOSED and not raw.isascii():
        if _marks_in_a_row(raw) > MAX_MARKS:
            raise ValueError(f"a character in this cell has more than {MAX_MARKS} accents. Remove some of them.")
        value = unicodedata.normalize("NFC", raw)
    if len(value) > longest:
        raise ValueError(f"this text has {len(value):,} characters. Shorten it to {longest:,} or fewer.")
    return value


def _marks_in_a_row(raw: str) -> int:
    runs = groupby(raw, key=lambda char: unicodedata.combining(char) > 0)
    return max((len(list(run)) for is_mark, run in runs if is_mark), default=0)


def whole_number(least: int, most: int) -> Reader:
    """Return a reader of a whole number from `least` to `most`, both included."""

    def read(raw: str) -> int:
        if not _DIGITS.fullmatch(raw) or not least <= int(raw) <= most:
            raise ValueError(f"{shown(raw)} is not a whole number from {least} to {most}.")
        return int(raw)

    return read


def number_or_blank(least: int, most: int) -> Reader:
    """Return a reader of a whole number from `least` to `most`; None if empty."""
    read = whole_number(least, most)
    return lambda raw: read(raw) if raw else None


def clock_length(raw: str) -> int | None:
    """Read a length such as 3:05, 1:02:33 or 3:05.250 as milliseconds; None if empty."""
    if not raw:
        return None
    clock = _CLOCK.fullmatch(raw)
    if not clock:
        raise ValueError(
            f"{shown(raw)} is not a length. Write minutes and seconds such as 3:05, or hours too such as 1:02:33."
        )
    hours, minutes, seconds = (int(part or 0) for part in clock.groups()[:3])
    if hours and minutes > 59:
        raise ValueError(f"{shown(raw)} is not a length. After hours, minutes go from 00 to 59.")
    if hours and not seconds and not clock[4]:
        raise ValueError(
            f"{shown(raw)} may be {hours}:{minutes:02}, changed by a spreadsheet program. If so, format the cell as "
            f"Text and write {hours}:{minutes:02}. If you mean hours, write {hours * 60 + minutes}:00."
        )
    length_ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((clock[4] or "0").ljust(3, "0"))
    if not 1 <= length_ms <= ONE_DAY_MS:
        raise ValueError(f"{shown(raw)} is not between 1 millisecond and 24 hours.")
    return length_ms


_milliseconds = number_or_blank(1, ONE_DAY_MS)


def length_ms(raw: str) -> int | None:
    """Read a length in milliseconds or such as 3:05; None if empty."""
    if ":" in raw:
        return clock_length(raw)
    try:
        return _milliseconds(raw)
    except ValueError:
        raise ValueError(
            f"{shown(raw)} is not a length. Write minutes and seconds such as 3:05, or milliseconds from 1 to "
            f"{ONE_DAY_MS}."
        ) from None


def isrc(raw: str) -> str:
    """Read an ISRC (ISO 3901) with or without hyphens; it may be empty."""
    code = raw.replace("-", "")
    if code and not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", code):
        raise ValueError(f"{shown(raw)} is not an ISRC. Write it in capital letters, such as GB-ABC-24-00001.")
    return code


def currency(raw: str) -> str:
    """Read an ISO 4217 currency code in either case; it may be empty."""
    if raw and not is_currency(raw.upper()):
        raise ValueError(f"{shown(raw)} is not a currency code. Write a code such as EUR, USD or JPY.")
    return raw.upper()
