"""Reads prices as people and spreadsheets write them."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from babel.numbers import get_currency_symbol, get_decimal_symbol

from album_store.infrastructure.money import minor_unit_digits, to_decimal, to_minor_units
from album_store.infrastructure.payments.charge_limits import MAX_CHARGE, is_possible_price
from album_store.infrastructure.wording import shown

MAX_CHARS = 40
MAX_DIGITS = 12

_APOSTROPHES = "'\u2019"  # separate thousands in Switzerland
_SPACES = " \u00a0\u2009\u202f"
_MINUS = "-\u2212"
_SIGN = rf"[^0-9.,{_APOSTROPHES}\s+-]{{1,5}}\.?"
_SIGNED = re.compile(rf"({_SIGN})?[{_SPACES}]?([0-9][0-9.,{_APOSTROPHES}{_SPACES}]*?)[{_SPACES}]?({_SIGN})?")
_PLAIN = re.compile(r"(?P<whole>[0-9]+)(?:[.,](?P<fraction>[0-9]+))?")
_GROUPED = re.compile(
    rf"(?P<whole>[0-9]{{1,3}}(?P<group>[.,{_APOSTROPHES}{_SPACES}])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*)"
    r"(?:(?!(?P=group))[.,](?P<fraction>[0-9]+))?"
)

_LAST_DIGIT = "{value} {currency} cannot be charged. The third decimal place must be 0."
_NEVER_CHARGED = {
    "ISK": "{value} ISK cannot be charged. Write a whole number.",
    "UGX": "Payment providers charge no amounts in UGX. Use another currency.",
}


@dataclass(frozen=True)
class Amount:
    """An amount of money, and the currency sign or code written beside it, if any.

    `ambiguous` is what was written if it may as well mean a thousand times as much, such as 1.000.
    """

    value: Decimal
    sign: str = field(default="", compare=False)
    ambiguous: str = field(default="", compare=False)

    def is_in(self, currency: str, locale: str) -> bool:
        """Whether the sign can mean the currency: its code, or its symbol in English or in the locale."""
        symbols = {currency} | {get_currency_symbol(currency, locale=language) for language in ("en", locale)}
        tails = {symbol[-1] for symbol in symbols if not symbol[-1].isalpha()}
        symbols |= tails | {currency[:2] + tail for tail in tails}  # US$, $ and CA$
        return not self.sign or self.sign.casefold().strip(".") in {symbol.casefold().strip(".") for symbol in symbols}

    def minor_units(self, currency: str) -> int:
        """Return the amount in minor units of a currency.

        Raises ValueError with a sentence if it has too many decimal places. What is ambiguous is an amount only in a
        currency with three decimal places.
        """
        if self.ambiguous and minor_unit_digits(currency) < 3:
            raise _may_be_thousands(self.ambiguous, self.value, minor_unit_digits(currency))
        try:
            return to_minor_units(self.value, currency)
        except ValueError:
            digits = minor_unit_digits(currency)
            raise ValueError(
                f"{self.value} has too many decimal places. {currency} allows {digits or 'none'}."
            ) from None


class PriceReader:
    """Reads amounts such as 8.50, 8,50, 8,50 €, €8.50 and 1 234,50; "" is None.

    `1.000` can mean 1000 or 1, whatever the locale: see `Amount.minor_units`. If its sign is not the locale's decimal
    sign, it is refused in every currency.
    """

    def __init__(self, locale: str) -> None:
        self._decimal_sign = "," if get_decimal_symbol(locale) == "," else "."

    def __call__(self, raw: str) -> Amount | None:
        """Return the amount. Raises ValueError with a sentence that says what to write."""
        if not raw:
            return None
        if raw[0] in _MINUS:
            raise ValueError(f"{shown(raw)} is below zero. Write 0 or more.")
        signed = _SIGNED.fullmatch(raw) if len(raw) <= MAX_CHARS else None
        if not signed or (signed[1] and signed[3]):
            raise _not_a_price(raw)
        number = signed[2]
        plain, grouped = _PLAIN.fullmatch(number), _GROUPED.fullmatch(number)
        match = plain or grouped
        if not match or len(_digits(match["whole"])) > MAX_DIGITS:
            raise _not_a_price(raw)
        value = Decimal(f"{_digits(match['whole'])}.{match['fraction'] or ''}")
        is_ambiguous = plain is not None and grouped is not None and number[0] != "0"
        if is_ambiguous and self._decimal_sign not in number:
            raise _may_be_thousands(raw, value)
        return Amount(value, signed[1] or signed[3] or "", raw if is_ambiguous else "")


def minor_units(amount: Amount, currency: str, locale: str) -> int:
    """Return a price in minor units of its currency. Raises ValueError with a sentence if it can never be charged."""
    if amount.sign and not amount.is_in(currency, locale):
        raise ValueError(
            f"{shown(amount.sign)} is not a symbol for {currency}, the album's currency. Write only the number."
        )
    return _minor_units(amount.value, currency, amount.ambiguous)


@lru_cache
def _minor_units(value: Decimal, currency: str, ambiguous: str) -> int:
    cents = Amount(value, ambiguous=ambiguous).minor_units(currency)
    if cents > MAX_CHARGE:
        raise ValueError(f"{value} {currency} is too high. The highest price is {max_price(currency)}.")
    if not is_possible_price(cents, currency):
        raise ValueError(_NEVER_CHARGED.get(currency, _LAST_DIGIT).format(value=value, currency=currency))
    return cents


def max_price(currency: str) -> str:
    """Return the highest price in words, such as `999999.99 EUR`."""
    return f"{to_decimal(MAX_CHARGE, currency)} {currency}"


def _digits(number: str) -> str:
    return re.sub(r"[^0-9]", "", number)


def _may_be_thousands(raw: str, value: Decimal, digits: int = 2) -> ValueError:
    thousands, decimal = int(value * 1000), f"{value:.{digits}f}"
    write = f"Write {thousands} or {decimal}."
    if Decimal(decimal) != value:
        write = f"If you mean {thousands}, write {thousands}.00."
    return ValueError(f"{shown(raw)} could mean {thousands} or {value.normalize():f}. {write}")


def _not_a_price(raw: str) -> ValueError:
    return ValueError(f"{shown(raw)} is not a price. Write an amount such as 0.99.")
