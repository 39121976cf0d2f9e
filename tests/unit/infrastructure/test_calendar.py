"""Days in the store's time zone."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from album_store.infrastructure.calendar import Calendar

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("timezone", "day", "hours"),
    [
        ("UTC", dt.date(2026, 3, 29), 24),
        ("Europe/Berlin", dt.date(2026, 3, 29), 23),
        ("Europe/Berlin", dt.date(2026, 10, 25), 25),
        ("America/Santiago", dt.date(2026, 9, 6), 23),  # clocks go forward from 0:00 to 1:00
        ("America/Santiago", dt.date(2026, 4, 4), 25),  # clocks go back from 24:00 to 23:00
        ("America/Havana", dt.date(2026, 11, 1), 25),  # clocks go back from 1:00 to 0:00
        ("Australia/Lord_Howe", dt.date(2026, 10, 4), 23.5),
        ("Pacific/Apia", dt.date(2011, 12, 30), 0),  # this day was skipped
    ],
)
def test_a_day_lasts_until_the_first_moment_of_the_next_day(timezone, day, hours):
    calendar = Calendar(ZoneInfo(timezone))
    begin, end = calendar.start_of(day), calendar.start_of(day + DAY)
    assert end - begin == dt.timedelta(hours=hours)
    if hours:
        second = dt.timedelta(seconds=1)
        assert [calendar.day_of(when) for when in (begin - second, begin, end - second, end)] == [
            day - DAY,
            day,
            day,
            day + DAY,
        ]


@pytest.mark.parametrize(
    ("timezone", "today"), [("Pacific/Kiritimati", 1), ("UTC", 31), ("America/New_York", 31), ("Pacific/Auckland", 1)]
)
@pytest.mark.usefixtures("clock")
def test_today_is_the_date_in_the_time_zone(timezone, today):
    assert Calendar(ZoneInfo(timezone)).today().day == today


@pytest.mark.usefixtures("clock")
def test_the_last_days_end_with_today():
    days = Calendar(ZoneInfo("Europe/Berlin")).last_days(3)
    assert days == [dt.date(2026, 3, 29), dt.date(2026, 3, 30), dt.date(2026, 3, 31)]


def test_a_day_before_the_earliest_moment_is_refused():
    with pytest.raises(OverflowError):
        Calendar(ZoneInfo("Europe/Berlin")).start_of(dt.date.min)
