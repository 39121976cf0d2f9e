"""Converts between decimal amounts of money and whole numbers of the currency's minor unit (cents).

The number of decimal places is that of ISO 4217 as payment providers apply it (https://docs.stripe.com/currencies), so
that a stored amount is the amount that is charged. Babel's precision is another thing: how many places people write.
"""

from decimal import Decimal

_NO_DECIMALS = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD JOD KWD LYD OMR TND"
_FOUR_DECIMALS = "CLF UYW"
_DIGITS = (
    dict.fromkeys(_NO_DECIMALS.split(), 0)
    | dict.fromkeys(_THREE_DECIMALS.split(), 3)
    | dict.fromkeys(_FOUR_DECIMALS.split(), 4)
)


def minor_unit_digits(currency: str) -> int:
    """Return how many decimal places the currency has: 2 for EUR, 0 for JPY."""
    return _DIGITS.get(currency, 2)


def to_decimal(minor_units: int, currency: str) -> Decimal:
    """Convert minor units to a decimal amount of the currency, exactly."""
    return Decimal(minor_units).scaleb(-minor_unit_digits(currency))


def to_minor_units(amount: Decimal, currency: str) -> int:
    """Convert a decimal amount to minor units. Raises ValueError if it has more decimal places than the currency."""
    minor_units = amount.scaleb(minor_unit_digits(currency))
    if minor_units != int(minor_units):
        raise ValueError(f"{currency} has {minor_unit_digits(currency)} decimal places; {amount} has more.")
    return int(minor_units)
