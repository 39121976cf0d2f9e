"""Days, which are those of UTC wherever the store counts."""

import datetime as dt


def first_moment(day: dt.date) -> dt.datetime:
    """When a day begins."""
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def last_days(now: dt.datetime, count: int) -> list[dt.date]:
    """So many days up to and with the one of `now`, the oldest first."""
    today = now.astimezone(dt.UTC).date()
    return [today - dt.timedelta(days=back) for back in reversed(range(count))]
