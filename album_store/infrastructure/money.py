"""Converts between decimal amounts of money and whole numbers of the currency's minor unit (cents)."""

from decimal import Decimal

from babel.numbers import get_currency_precision


def minor_unit_digits(currency: str) -> int:
    """Return how many decimal places the currency has: 2 for EUR, 0 for JPY."""
    return get_currency_precision(currency)


def to_decimal(minor_units: int, currency: str) -> Decimal:
    """Convert minor units to a decimal amount of the currency, exactly."""
    return Decimal(minor_units).scaleb(-minor_unit_digits(currency))


def to_minor_units(amount: Decimal, currency: str) -> int:
    """Convert a decimal amount to minor units. Raises ValueError if it has more decimal places than the currency."""
    minor_units = amount.scaleb(minor_unit_digits(currency))
    if minor_units != int(minor_units):
        raise ValueError(f"{currency} has {minor_unit_digits(currency)} decimal places; {amount} has more.")
    return int(minor_units)
