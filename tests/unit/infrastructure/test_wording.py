"""Prices, dates and lengths in words."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from chameleon import PageTemplate, PageTextTemplate

from album_store.infrastructure.money import to_minor_units
from album_store.infrastructure.wording import Wording, clock_length, iso_length, spoken_length
from album_store.services.prices import PriceReader

UTC = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("minor_units", "currency", "locale", "written"),
    [
        (850, "EUR", "en", "€8.50"),
        (850, "EUR", "de", "8,50\N{NO-BREAK SPACE}€"),
        (1, "USD", "en", "$0.01"),
        (1_200, "JPY", "en", "¥1,200"),
        (12_345, "KWD", "de", "12,345\N{NO-BREAK SPACE}KWD"),
        (123_456_789, "GBP", "en_GB", "£1,234,567.89"),
        (150_000, "ISK", "en", "ISK1,500"),
        (150_050, "RSD", "en", "RSD1,500.50"),
        (0, "EUR", "en", "Free"),
    ],
)
def test_a_price_follows_its_currency_and_locale(minor_units, currency, locale, written):
    assert Wording(locale, UTC).price(minor_units, currency) == written


@pytest.mark.parametrize(
    ("price_cents", "minimum_cents", "written"),
    [
        (900, None, "€9.00"),
        (0, None, "Free"),
        (900, 500, "€5.00 or more"),
        (500, 500, "€5.00 or more"),
        (900, 0, "Name your price"),
        (0, 0, "Name your price"),
    ],
)
def test_a_price_says_what_buyers_are_asked_for(price_cents, minimum_cents, written):
    assert Wording("en", UTC).asking_price(price_cents, minimum_cents, "EUR") == written


@pytest.mark.parametrize("locale", ["en", "de", "de_CH", "fr", "ar_EG", "sv"])
@pytest.mark.parametrize(("minor_units", "currency"), [(850, "EUR"), (1_230, "KWD"), (99_999_999, "JPY"), (0, "ISK")])
def test_an_amount_in_a_form_is_read_as_the_same_amount(minor_units, currency, locale):
    typed = Wording(locale, UTC).typed_amount(minor_units, currency)
    assert to_minor_units(PriceReader(locale)(typed).value, currency) == minor_units


@pytest.mark.parametrize(
    ("locale", "written"), [("en", "March 12, 2026"), ("en_GB", "12 March 2026"), ("de", "12. März 2026")]
)
def test_a_day_is_written_out(locale, written):
    assert Wording(locale, UTC).date(dt.date(2026, 3, 12)) == written


@pytest.mark.parametrize(("locale", "written"), [("en", "Mar 12"), ("en_GB", "12 Mar"), ("de", "12. März")])
def test_a_short_date_has_no_year(locale, written):
    assert Wording(locale, UTC).short_date(dt.date(2026, 3, 12)) == written


def test_a_moment_names_its_time_zone():
    moment = Wording("en_GB", ZoneInfo("Europe/Berlin")).moment(dt.datetime(2026, 3, 11, 23, 5, tzinfo=dt.UTC))
    assert moment == "12 March 2026, 00:05 CET"


def test_a_template_prints_a_moment_as_a_time_element():
    moment = Wording("de", ZoneInfo("Europe/Berlin")).moment(dt.datetime(2026, 3, 11, 23, 5, tzinfo=dt.UTC))
    element = '<time datetime="2026-03-11T23:05:00+00:00" lang="de"><bdi>12. März 2026, 00:05 MEZ</bdi></time>'
    assert PageTemplate("<p>${moment}</p>")(moment=moment) == f"<p>{element}</p>"
    assert PageTextTemplate("Until ${str(moment)}.")(moment=moment) == "Until 12. März 2026, 00:05 MEZ."


@pytest.mark.parametrize("locale", ["en", "ar", "bg", "ja", "pt_BR", "th"])
def test_a_moment_has_its_date_and_its_time_in_every_locale(locale):
    wording = Wording(locale, UTC)
    moment = wording.moment(dt.datetime(2026, 3, 12, 9, 5, tzinfo=dt.UTC))
    assert moment.startswith(wording.date(dt.date(2026, 3, 12)))
    assert moment.endswith(("UTC", "التوقيت العالمي"))  # by version of Babel


def test_the_day_of_a_moment_follows_the_time_zone_of_the_store():
    late = dt.datetime(2026, 3, 11, 23, 5, tzinfo=dt.UTC)
    assert Wording("en_GB", ZoneInfo("Europe/Berlin")).day(late) == "12 March 2026"
    assert Wording("en_GB", UTC).day(late) == "11 March 2026"


@pytest.mark.parametrize(("locale", "language"), [("en", "en"), ("pt_BR", "pt-BR"), ("zh_Hant_TW", "zh-Hant-TW")])
def test_the_language_is_a_valid_html_lang_value(locale, language):
    assert Wording(locale, UTC).language == language


@pytest.mark.parametrize(
    ("length_ms", "clock", "iso"),
    [
        (0, "0:00", "PT0S"),
        (1, "0:01", "PT0.001S"),
        (400, "0:01", "PT0.4S"),
        (999, "0:01", "PT0.999S"),
        (1_000, "0:01", "PT0M1S"),
        (1_499, "0:01", "PT0M1S"),
        (1_500, "0:02", "PT0M2S"),
        (59_499, "0:59", "PT0M59S"),
        (59_500, "1:00", "PT1M0S"),
        (245_000, "4:05", "PT4M5S"),
        (3_599_500, "1:00:00", "PT60M0S"),
        (3_753_000, "1:02:33", "PT62M33S"),
    ],
)
def test_a_length_is_rounded_to_the_nearest_second_but_never_to_zero(length_ms, clock, iso):
    assert clock_length(length_ms) == clock
    assert iso_length(length_ms) == iso


@pytest.mark.parametrize(
    ("length_ms", "spoken"),
    [
        (0, "less than a minute"),
        (29_999, "less than a minute"),
        (30_000, "1 minute"),
        (89_999, "1 minute"),
        (90_000, "2 minutes"),
        (3_570_000, "1 hour"),
        (3_660_000, "1 hour 1 minute"),
        (7_320_000, "2 hours 2 minutes"),
    ],
)
def test_a_total_length_is_given_in_hours_and_minutes(length_ms, spoken):
    assert spoken_length(length_ms) == spoken
