"""The checkout form."""

import re
from typing import Any

from pyramid.request import Request
from wtforms import HiddenField

from album_store.data.types import new_id
from album_store.services.store.offer_service import Offer
from album_store.viewmodels.shared.fields import email_field
from album_store.viewmodels.shared.form_viewmodel import FormViewModel

_KEY = re.compile(r"[0-9a-f]{32}")


class CheckoutViewModel(FormViewModel):
    """The address for the receipt; an account buys for its own, whatever is sent.

    `price` is the price that the visitor saw. `checkout_key` is another for each form, see `renew`: the same form makes
    one order, however often it is sent.
    """

    email = email_field()
    checkout_key = HiddenField()
    price = HiddenField()

    def __init__(self, request: Request, offer: Offer) -> None:
        super().__init__(request)
        self._offer = offer

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the address, and that the price is still the one that the visitor saw."""
        is_valid = super().validate(extra_validators)
        if self.price.data != self._shown_price:
            price = self.request.wording.price(self._offer.price_cents, self._offer.currency)
            self.refuse_form(f"The price has changed. It is now {price}. Check it, then press the button again.")
            return False
        return is_valid

    def renew(self) -> None:
        """Give the form a new key, so that it makes another order."""
        self.checkout_key.data = new_id()

    @property
    def has_key(self) -> bool:
        """Whether the form has a key of the store."""
        return _KEY.fullmatch(self.checkout_key.data) is not None

    @property
    def _shown_price(self) -> str:
        return f"{self._offer.price_cents} {self._offer.currency}"

    def to_dict(self) -> dict[str, Any]:
        """The values of the form."""
        return {**super().to_dict(), "price": self._shown_price}
