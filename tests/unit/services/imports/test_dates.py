"""Reading dates as people and spreadsheet programs write them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from album_store.infrastructure.wording import Wording
from album_store.services.imports.dates import DateReader


@pytest.mark.parametrize("locale", ["en", "en_GB", "en_US", "de", "sv", "ja", "hu", "ar"])
@pytest.mark.parametrize(
    "raw",
    [
        "2026-04-03",
        "2026-4-3",
        "2026/04/03",
        "2026.04.03",
        "2026. 04. 03.",
        "2026-04-03 00:00:00",
        "2026-04-03T00:00",
        "03.04.2026",
        "3. 4. 2026.",
        "3 April 2026",
        "3 Apr 2026",
        "03-Apr-2026",
        "April 3, 2026",
        "apr. 3 2026",
        "3rd April 2026",
        "April 3rd, 2026",
    ],
)
def test_an_unambiguous_date_is_read_in_every_locale(locale, raw):
    assert DateReader(locale)(raw).isoformat() == "2026-04-03"


@pytest.mark.parametrize(
    ("locale", "raw"),
    [
        ("en_GB", "03/04/2026"),
        ("en_US", "04/03/2026"),
        ("en_US", "4/3/2026"),
        ("fr", "03/04/2026"),
        ("pt_BR", "03/04/2026"),
        ("nl", "03-04-2026"),
        ("de", "3. April 2026"),
        ("fr", "3 avril 2026"),
        ("es", "3 abr. 2026"),
        ("ja", "2026/4/3"),
        ("es", "3 de abril de 2026"),
        ("pt_BR", "3 de ABR. de 2026"),
        ("ja", "2026年4月3日"),
        ("hu", "2026. április 3."),
        ("ru", "3 апреля 2026 \u0433."),
        ("vi", "3 tháng 4, 2026"),
    ],
)
def test_a_date_is_read_in_the_order_of_the_locale(locale, raw):
    assert DateReader(locale)(raw).isoformat() == "2026-04-03"


@pytest.mark.parametrize(
    ("locale", "raw"),
    [
        ("en", "03/04/2026"),
        ("de", "03/04/2026"),
        ("sv", "03/04/2026"),
        ("nl", "03/04/2026"),
        ("en_GB", "03-04-2026"),
        ("ja", "03/04/2026"),
    ],
)
def test_an_ambiguous_date_is_refused_with_both_meanings(locale, raw):
    with pytest.raises(ValueError, match=r"could mean 2026-03-04 or 2026-04-03\. Write the one you mean"):
        DateReader(locale)(raw)


@pytest.mark.parametrize(
    "locale", ["en", "en_US", "de", "es", "fr", "ja", "ko", "hu", "ru", "lt", "vi", "ar", "he", "th"]
)
def test_dates_written_by_the_store_can_be_read_back(locale):
    for day in (dt.date(2026, month, day) for month in range(1, 13) for day in (1, 28)):
        assert DateReader(locale)(Wording(locale, ZoneInfo("UTC")).date(day)) == day


@pytest.mark.parametrize(("locale", "raw"), [("fr", "1er mars 2026"), ("en_US", "Sept. 30, 2026")])
def test_common_ways_to_write_a_date_are_read(locale, raw):
    assert DateReader(locale)(raw)


@pytest.mark.parametrize("raw", ["25/12/2026", "12/25/2026"])
def test_a_day_above_twelve_settles_the_order(raw):
    assert DateReader("en")(raw).isoformat() == "2026-12-25"


@pytest.mark.parametrize(("locale", "raw"), [("en_GB", "12/25/2026"), ("en_US", "25/12/2026"), ("fr", "12/25/2026")])
def test_a_date_in_the_order_of_another_locale_is_refused(locale, raw):
    with pytest.raises(ValueError, match=r"is not a date\. Write year, month and day, such as 2024-05-31"):
        DateReader(locale)(raw)


@pytest.mark.parametrize(
    "raw", ["03.04.26", "3 avril 2026", "31.02.2026", "2026-13-01", "0000-01-01", "46108", "x" * 100_000]
)
def test_an_invalid_date_is_refused(raw):
    with pytest.raises(ValueError, match=r"is not a date\. Write year, month and day, such as 2024-05-31"):
        DateReader("en")(raw)
