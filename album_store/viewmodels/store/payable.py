"""Why a cart cannot be paid as it is."""

from pyramid.request import Request

from album_store.infrastructure.payments.charge_limits import MAX_CHARGE, min_charge
from album_store.services.store.cart_contents import CartContents


def why_not_payable(request: Request, contents: CartContents) -> str:
    """Return a sentence, or an empty text for a cart that costs nothing or can be paid at once."""
    if contents.is_mixed:
        return "Your cart has prices in several currencies, which can't be paid together. Remove those of all but one."
    total, currency, price = contents.total_cents, contents.currency, request.wording.price
    if 0 < total < min_charge(currency):
        return f"An order must come to at least {price(min_charge(currency), currency)}. Add something to your cart."
    if total > MAX_CHARGE:
        return f"An order can come to at most {price(MAX_CHARGE, currency)}. Remove something, and buy it later."
    return ""
