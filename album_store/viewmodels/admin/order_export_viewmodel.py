"""The form that exports orders."""

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from pyramid.request import Request

# Enough for any books, and far from the ends of the calendar.
FIRST, LAST = dt.date(2000, 1, 1), dt.date(2199, 12, 31)
NO_DAY = "Enter a day from 2000 to 2199, such as 2026-03-31."
BACKWARDS = "Enter a day that is not before the first."
# So much of a wrong day is shown again.
MAX_TYPED = 40


class OrderExportViewModel:
    """The first and the last day in the address, and whether test payments are wanted.

    `errors` has a sentence for each day that is wrong, by the name of its field.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self.errors: dict[str, str] = {}
        self._from, self._to = self._day("from"), self._day("to")
        if self._from and self._to and self._from > self._to:
            self.errors["to"] = BACKWARDS

    @property
    def file_name(self) -> str:
        """The name of the file."""
        days = [day.isoformat() for day in (self._from, self._to) if day]
        return f"{'-'.join(['orders', *days])}.csv"

    def lines(self) -> Iterator[bytes]:
        """The file, batch by batch."""
        start_of = self._request.calendar.start_of
        return self._request.order_export_service.lines(
            start_of(self._from) if self._from else None,
            start_of(self._to + dt.timedelta(days=1)) if self._to else None,
            with_tests=self._with_tests,
        )

    def to_dict(self) -> dict[str, Any]:
        """The values of the form."""
        typed = {name: self._request.GET.get(name, "")[:MAX_TYPED] for name in ("from", "to")}
        return {**typed, "with_tests": self._with_tests, "errors": self.errors}

    @property
    def _with_tests(self) -> bool:
        return self._request.GET.get("tests") == "1"

    def _day(self, name: str) -> dt.date | None:
        text = self._request.GET.get(name, "").strip()
        with suppress(ValueError):
            day = dt.date.fromisoformat(text) if text else None
            if day is None or FIRST <= day <= LAST:
                return day
        self.errors[name] = NO_DAY
        return None
