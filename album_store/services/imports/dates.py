"""Reads dates as people and spreadsheets write them."""

import datetime as dt
import re
from collections.abc import Iterator

from babel import Locale
from babel.dates import format_date, get_date_format

from album_store.infrastructure.wording import shown

MAX_CHARS = 40

# A spreadsheet or a database may add midnight to a date.
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.]) ?([0-9]{1,2})\2 ?([0-9]{1,2})\.?(?:[ T]00:00(?::00)?)?")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.]) ?([0-9]{1,2})\2 ?([0-9]{4})\.?(?: 00:00(?::00)?)?")
_DAY_MONTH_NAME = re.compile(r"([0-9]{1,2})(?:\. ?|[ -])([^\W\d]+)\.?[ -]([0-9]{4})")
_MONTH_NAME_DAY = re.compile(r"([^\W\d]+)\.? ([0-9]{1,2}),? ([0-9]{4})")
_ORDINAL = re.compile(r"(?<![0-9])([0-9]{1,2})(?:st|nd|rd|th|er|\u00ba)(?=[ ,])", re.IGNORECASE)


class DateReader:
    """Reads dates such as 2024-05-31, 31.05.2024 and 31 May 2024, and 05/06/2024 if the locale has an order for it.

    English without a country has none, because some English-speaking countries write the day first, others the month.
    """

    def __init__(self, locale: str) -> None:
        parsed = Locale.parse(locale)
        self._months = dict(_months(parsed)) | dict(_months(Locale("en", "GB"))) | dict(_months(Locale("en")))
        self._as_written = list(_as_written(parsed))
        pattern = get_date_format("short", locale=parsed).pattern
        self._day_first = pattern.find("d") < pattern.find("M")
        has_order = pattern.find("M") < pattern.find("y") and (parsed.language, parsed.territory) != ("en", None)
        self._separators = re.findall("[-/]", pattern) if has_order else []

    def __call__(self, raw: str) -> dt.date | None:
        """Return the date; None if empty. Raises ValueError with a sentence that says what to write."""
        if not raw:
            return None
        found = set(self._readings(raw))
        if len(found) > 1:
            first, second = sorted(found)
            raise ValueError(f"{shown(raw)} could mean {first} or {second}. Write the one you mean.")
        if not found:
            raise ValueError(f"{shown(raw)} is not a date. Write year, month and day, such as 2024-05-31.")
        return found.pop()

    def _readings(self, raw: str) -> Iterator[dt.date]:
        """Yield every date that the text can mean."""
        for year, month, day in self._numbers(_ORDINAL.sub(r"\1", raw)) if len(raw) <= MAX_CHARS else ():
            try:
                yield dt.date(int(year), int(month), int(day))
            except ValueError:
                continue

    def _numbers(self, raw: str) -> Iterator[tuple[str | int, str | int, str | int]]:
        if match := _YEAR_FIRST.fullmatch(raw):
            yield match[1], match[3], match[4]
        elif match := _YEAR_LAST.fullmatch(raw):
            # With dots, the day comes first in every country.
            is_certain = match[2] == "." or match[2] in self._separators
            day_first = match[2] == "." or self._day_first
            if day_first or not is_certain:
                yield match[4], match[3], match[1]
            if not day_first or not is_certain:
                yield match[4], match[1], match[3]
        else:
            yield from self._with_names(raw)

    def _with_names(self, raw: str) -> Iterator[tuple[str | int, str | int, str | int]]:
        if match := _DAY_MONTH_NAME.fullmatch(raw):
            yield match[3], self._months.get(match[2].casefold(), 0), match[1]
        elif match := _MONTH_NAME_DAY.fullmatch(raw):
            yield match[3], self._months.get(match[1].casefold(), 0), match[2]
        folded = _folded(raw)
        for month, pattern in self._as_written:
            if match := pattern.fullmatch(folded):
                yield match["year"], month, match["day"]


def _months(locale: Locale) -> Iterator[tuple[str, int]]:
    """Yield the names of the months and their abbreviations, in lower case and without a dot, with their numbers."""
    for width in ("wide", "abbreviated"):
        for number, name in locale.months["format"][width].items():
            yield name.casefold().rstrip("."), number


def _as_written(locale: Locale) -> Iterator[tuple[int, re.Pattern[str]]]:
    """The months, and how the store writes the dates in them, such as `28 de marzo de 1987`."""
    for month in range(1, 13):
        for width in ("long", "medium"):
            written = re.escape(_folded(format_date(dt.date(1987, month, 28), width, locale)))
            if "1987" in written:
                pattern = written.replace("1987", "(?P<year>[0-9]{4})").replace("28", "(?P<day>[0-9]{1,2})")
                yield month, re.compile(pattern)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
