"""Reading prices as people and spreadsheet programs write them."""

import re
from decimal import Decimal

import pytest

from album_store.services.prices import PriceReader


@pytest.mark.parametrize("locale", ["en", "de", "fr", "de_CH", "sv", "ja"])
@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("1.99", "1.99"),
        ("1,99", "1.99"),
        ("1,9", "1.9"),
        ("0.500", "0.500"),
        ("12", "12"),
        ("1234,5", "1234.5"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1\u00a0234.5", "1234.5"),
        ("1'234.50", "1234.50"),
        ("1\u2019234", "1234"),
        ("1.234.567", "1234567"),
        ("1,234,567.5", "1234567.5"),
    ],
)
def test_an_unambiguous_price_is_read_in_every_locale(locale, raw, value):
    assert PriceReader(locale)(raw).value == Decimal(value)


@pytest.mark.parametrize(
    ("raw", "currency", "locale"),
    [
        ("1.99 €", "EUR", "en"),
        ("€1.99", "EUR", "en"),
        ("1,99€", "EUR", "de"),
        ("1,99\u00a0€", "EUR", "fr"),
        ("EUR 1.99", "EUR", "en"),
        ("1.99 eur", "EUR", "en"),
        ("$1.99", "USD", "en"),
        ("US$ 1.99", "USD", "en"),
        ("$1.99", "CAD", "en"),
        ("CA$1.99", "CAD", "en"),
        ("£1.99", "GBP", "en_GB"),
        ("1,99 kr", "SEK", "sv"),
        ("1,99 kr.", "DKK", "da"),
        ("1.99", "JPY", "ja"),
    ],
)
def test_a_currency_sign_may_be_on_either_side(raw, currency, locale):
    amount = PriceReader(locale)(raw)
    assert amount.value == Decimal("1.99")
    assert amount.is_in(currency, locale)


@pytest.mark.parametrize(
    ("raw", "currency"),
    [("$1", "EUR"), ("€1", "USD"), ("US$1", "CAD"), ("1 USD", "CAD"), ("1 r", "SEK"), ("1 kr", "EUR")],
)
def test_the_sign_of_another_currency_does_not_match(raw, currency):
    assert not PriceReader("en")(raw).is_in(currency, "en")


@pytest.mark.parametrize(
    ("locale", "decimal", "ambiguous"), [("en", "1.234", "1,234"), ("de", "1,234", "1.234"), ("sv", "12,345", "12.345")]
)
def test_three_digits_are_decimals_only_after_the_decimal_sign_of_the_locale(locale, decimal, ambiguous):
    read = PriceReader(locale)
    assert read(decimal).value == Decimal(decimal.replace(",", "."))
    with pytest.raises(
        ValueError,
        match=rf"could mean \d+ or [\d.]+\. If you mean \d+, write {ambiguous.replace('.', '').replace(',', '')}\.00",
    ):
        read(ambiguous)


@pytest.mark.parametrize(
    ("raw", "currency", "cents"),
    [
        ("1.000", "KWD", 1_000),
        ("1.250", "TND", 1_250),
        ("12.000", "UYW", 120_000),
        ("9.9900", "EUR", 999),
        ("0.500", "EUR", 50),
        ("1234.000", "EUR", 123_400),
        ("1,000.00", "EUR", 100_000),
        ("1.000,00", "EUR", 100_000),
        ("1 000", "JPY", 1_000),
        ("5.00", "JPY", 5),
    ],
)
def test_three_digits_are_decimals_where_nothing_else_is_possible_or_the_currency_has_as_many(raw, currency, cents):
    assert PriceReader("en")(raw).minor_units(currency) == cents


@pytest.mark.parametrize(
    ("raw", "currency", "sentence"),
    [
        ("1.000", "EUR", "“1.000” could mean 1000 or 1. Write 1000 or 1.00."),
        ("€10.000", "EUR", "“€10.000” could mean 10000 or 10. Write 10000 or 10.00."),
        ("1.990", "EUR", "“1.990” could mean 1990 or 1.99. Write 1990 or 1.99."),
        ("1.234", "EUR", "“1.234” could mean 1234 or 1.234. If you mean 1234, write 1234.00."),
        ("1.000", "JPY", "“1.000” could mean 1000 or 1. Write 1000 or 1."),
        ("1,000", "KWD", "“1,000” could mean 1000 or 1. Write 1000 or 1.00."),
    ],
)
def test_what_may_mean_thousands_is_refused_with_what_to_write(raw, currency, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        PriceReader("en")(raw).minor_units(currency)


@pytest.mark.parametrize(
    "raw", ["1,2,3", "1.23,456,7", "1,234,56", "1,,5", "1.234 567", "€ $1", "€1 $", "1e5", "1" * 41, "1." + "0" * 60]
)
def test_an_invalid_price_is_refused(raw):
    with pytest.raises(ValueError, match=r"is not a price\. Write an amount such as 0\.99"):
        PriceReader("en")(raw)
