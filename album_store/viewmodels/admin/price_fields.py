"""Amounts of money in forms."""

from collections.abc import Callable

from wtforms import Field
from wtforms.validators import StopValidation

from album_store.services.imports.cells import without_marks
from album_store.services.prices import PriceReader, minor_units


def amount_reader(currency: str, locale: str) -> Callable[[Field], int | None]:
    """Return a function that reads a field as an amount in minor units of the currency; None if it is empty.

    It takes what the catalogue's columns of prices take. Raises StopValidation with a sentence.
    """
    read_amount = without_marks(PriceReader(locale))

    def read(field: Field) -> int | None:
        try:
            amount = read_amount(field.data)
            return None if amount is None else minor_units(amount, currency, locale)
        except ValueError as error:
            raise StopValidation(str(error)) from None

    return read
