"""Counting rows by day in the store's time zone."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Label, SQLColumnExpression, case

from album_store.infrastructure.calendar import Calendar

# The label of `day_number`, for GROUP BY.
DAY = "day_number"


def day_number(
    column: SQLColumnExpression[dt.datetime], days: Sequence[dt.date], calendar: Calendar
) -> Label[int | None]:
    """The index in `days` of the day that a moment is on, labelled DAY; `days` are consecutive, oldest first.

    Databases know different things about time zones, so the bounds of the days are computed here.
    """
    newest_first = reversed(list(enumerate(days)))
    return case(*((column >= calendar.start_of(day), number) for number, day in newest_first)).label(DAY)
