"""Converting amounts between a currency and its minor unit."""

from decimal import Decimal

import pytest

from album_store.infrastructure.money import to_decimal, to_minor_units


@pytest.mark.parametrize(
    ("minor_units", "currency", "exact"),
    [
        (850, "EUR", "8.50"),
        (150_000, "ISK", "1500.00"),
        (1_200, "JPY", "1200"),
        (12_345, "KWD", "12.345"),
        (0, "EUR", "0.00"),
        (5, "KWD", "0.005"),
    ],
)
def test_minor_units_are_converted_exactly(minor_units, currency, exact):
    price = to_decimal(minor_units, currency)
    assert price == Decimal(exact)
    assert str(price) == exact


def test_a_very_large_price_keeps_every_digit():
    assert str(to_decimal(999_999_999_999_999_999, "EUR")) == "9999999999999999.99"


@pytest.mark.parametrize(
    ("amount", "currency", "minor_units"),
    [("8.50", "EUR", 850), ("8.5", "EUR", 850), ("8.500", "EUR", 850), ("1200", "JPY", 1_200), ("0.005", "KWD", 5)],
)
def test_an_amount_is_converted_to_minor_units(amount, currency, minor_units):
    assert to_minor_units(Decimal(amount), currency) == minor_units


@pytest.mark.parametrize(("amount", "currency"), [("0.999", "EUR"), ("0.5", "JPY"), ("0.0005", "KWD")])
def test_an_amount_with_more_decimal_places_than_its_currency_is_refused(amount, currency):
    with pytest.raises(ValueError, match=f"{currency} has . decimal places; {amount} has more"):
        to_minor_units(Decimal(amount), currency)
