"""The amounts that payment providers accept (https://docs.stripe.com/currencies)."""

from album_store.infrastructure.money import minor_unit_digits

MAX_CHARGE = 99_999_999
# The smallest amounts in minor units. In other currencies it is the value of 0.50 USD, which only the provider knows.
_MIN_CHARGES = {
    "AED": 200,
    "AUD": 50,
    "BRL": 50,
    "CAD": 50,
    "CHF": 50,
    "CZK": 1_500,
    "DKK": 250,
    "EUR": 50,
    "GBP": 30,
    "HKD": 400,
    "HUF": 17_500,
    "INR": 50,
    "JPY": 50,
    "MXN": 1_000,
    "MYR": 200,
    "NOK": 300,
    "NZD": 50,
    "PLN": 200,
    "RON": 200,
    "SEK": 300,
    "SGD": 50,
    "THB": 1_000,
    "USD": 50,
}
# Listed without decimals, but charged as if it had two.
_REFUSED = frozenset({"UGX"})


def min_charge(currency: str) -> int:
    """Return the smallest amount of an order in minor units, as far as it is known."""
    return _MIN_CHARGES.get(currency, 1)


def is_possible_price(amount_cents: int, currency: str) -> bool:
    """Return whether an order can hold an item of this price, in minor units. The order's total may still be too small.

    The last digit of three decimals must be 0, and so must both decimals of the Icelandic króna.
    """
    is_sent = amount_cents <= MAX_CHARGE and can_be_refunded(amount_cents, currency) and currency not in _REFUSED
    return amount_cents == 0 or is_sent


def can_be_charged(amount_cents: int, currency: str) -> bool:
    """Return whether providers accept an amount in minor units as the total of an order."""
    return amount_cents >= min_charge(currency) and is_possible_price(amount_cents, currency)


def can_be_refunded(amount_cents: int, currency: str) -> bool:
    """Return whether providers send an amount in minor units back, if as much came."""
    step = 100 if currency == "ISK" else 10 if minor_unit_digits(currency) == 3 else 1
    return amount_cents > 0 and amount_cents % step == 0
