"""The form of a cart with the amounts that its buyer chooses."""

from pyramid.request import Request
from wtforms import Field, Form, StringField
from wtforms.validators import StopValidation

from album_store.data.visible_text import visible_line
from album_store.infrastructure.payments.charge_limits import MAX_CHARGE, is_possible_price
from album_store.services.prices import PriceReader
from album_store.services.store.cart_contents import CartContents, CartLine
from album_store.services.store.item_key import ItemKey
from album_store.services.store.offer import Offer
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class AmountsViewModel(FormViewModel):
    """A field for each item whose price the buyer names: see `amounts_form`. `amounts` is set by `validate`."""

    def __init__(self, request: Request, typed: dict[str, str]) -> None:
        self.amounts: dict[ItemKey, int] = {}
        super().__init__(request, typed)


def amounts_form(request: Request, contents: CartContents) -> AmountsViewModel:
    """Return the form of a cart."""
    named = {field_name(line): line for line in contents.lines if line.offer.names_price}
    fields = {
        name: StringField(filters=[visible_line], validators=[_named_price(request, line.offer)])
        for name, line in named.items()
    }
    form_class: type[AmountsViewModel] = type("AmountsForm", (AmountsViewModel,), fields)
    typed = request.wording.typed_amount
    return form_class(request, {name: typed(line.amount_cents, line.offer.currency) for name, line in named.items()})


def field_name(line: CartLine) -> str:
    """Return the name of an item's field."""
    return f"amount-{line.offer.key}"


def _named_price(request: Request, offer: Offer) -> object:
    """Return the validator of an amount. It raises StopValidation."""
    currency, wording, locale = offer.currency, request.wording, request.store_settings.locale
    minimum_cents = offer.minimum_cents or 0

    def check(form: Form, field: Field) -> None:
        try:
            amount = PriceReader(locale)(field.data)
            if amount is None:
                raise StopValidation(f"Enter an amount, such as {wording.typed_amount(offer.price_cents, currency)}.")
            if not amount.is_in(currency, locale):
                raise StopValidation(f"Enter an amount in {currency}.")
            cents = amount.minor_units(currency)
        except ValueError as error:
            raise StopValidation(str(error)) from None
        if cents < minimum_cents:
            raise StopValidation(f"Enter {wording.price(minimum_cents, currency)} or more.")
        if cents > MAX_CHARGE:
            raise StopValidation(f"Enter {wording.price(MAX_CHARGE, currency)} or less.")
        if not is_possible_price(cents, currency):
            raise StopValidation(f"An amount in {currency} cannot be paid to the last digit. Enter a round amount.")
        form.amounts[offer.key] = cents

    return check
