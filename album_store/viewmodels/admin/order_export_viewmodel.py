"""The export of orders."""

import datetime as dt
from collections.abc import Iterator

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

# Enough for any books, and far from the ends of the calendar.
FIRST, LAST = dt.date(2000, 1, 1), dt.date(2199, 12, 31)


class OrderExportViewModel:
    """The days in the address, the last included. Raises HTTPNotFound for what is no day."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._from, self._to = _day(request.GET.get("from", "")), _day(request.GET.get("to", ""))

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
            with_tests=self._request.GET.get("tests") == "1",
        )


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise HTTPNotFound from None
    if not FIRST <= day <= LAST:
        raise HTTPNotFound
    return day
