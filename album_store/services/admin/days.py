"""Days in UTC, for everything that the store counts by day."""

import datetime as dt


def first_moment(day: dt.date) -> dt.datetime:
    """The start of a day in UTC."""
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def last_days(now: dt.datetime, count: int) -> list[dt.date]:
    """The last `count` days in UTC, oldest first, ending with the day of `now`."""
    today = now.astimezone(dt.UTC).date()
    return [today - dt.timedelta(days=back) for back in reversed(range(count))]
