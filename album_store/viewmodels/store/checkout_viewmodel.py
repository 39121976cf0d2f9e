"""The checkout form."""

import re
from typing import Any

from pyramid.request import Request
from wtforms import HiddenField

from album_store.data.types import new_id
from album_store.services.store.cart_contents import CartContents
from album_store.viewmodels.shared.fields import email_field
from album_store.viewmodels.shared.form_viewmodel import FormViewModel

EMPTY = CartContents()
_KEY = re.compile(r"[0-9a-f]{32}")


class CheckoutViewModel(FormViewModel):
    """The address for the receipt; an account buys for its own, whatever is sent.

    `cart` is the fingerprint of what the visitor saw. `shown_email` is the address that the page has shown once more
    beside the button. `checkout_key` is another for each form, see `renew`: the same form makes one order, however
    often it is sent. `consent` is not empty if the buyer agreed to lose the right of withdrawal.
    """

    email = email_field()
    shown_email = HiddenField()
    checkout_key = HiddenField()
    cart = HiddenField()
    consent = HiddenField()

    def __init__(self, request: Request, contents: CartContents = EMPTY) -> None:
        super().__init__(request)
        self.contents = contents

    def show_contents(self, contents: CartContents) -> None:
        """Show the cart as it is now."""
        self.contents = contents

    def renew(self) -> None:
        """Give the form a new key, so that it makes another order."""
        self.checkout_key.data = new_id()

    @property
    def has_key(self) -> bool:
        """Whether the form has a key of the store."""
        return _KEY.fullmatch(self.checkout_key.data) is not None

    @property
    def is_as_seen(self) -> bool:
        """Whether the cart is still what the visitor saw."""
        return self.cart.data == self.contents.fingerprint

    @property
    def asks_consent(self) -> bool:
        """Whether the form asks for the consent: it is set so (`checkout.withdrawal`), and there is a price to pay."""
        return self.request.store_settings.checkout_withdrawal == "consent" and self.contents.total_cents > 0

    @property
    def consents(self) -> bool:
        """Whether the buyer was asked for the consent and gave it."""
        return self.asks_consent and self.consent.data != ""

    @property
    def is_confirmed(self) -> bool:
        """Whether the visitor has seen the address once more. That of an account is on the page from the start."""
        return self.request.signed_in is not None or self.shown_email.data == self.email.data

    def show_address(self) -> None:
        """Show the address once more."""
        self.shown_email.data = self.email.data

    def ask_for_address(self) -> None:
        """Show the field of the address again."""
        self.shown_email.data = ""

    def to_dict(self) -> dict[str, Any]:
        """The values of the form; `is_confirming` if it shows the address instead of its field."""
        is_confirming = self.shown_email.data != "" and "email" not in self.errors
        return {
            **super().to_dict(),
            "cart": self.contents.fingerprint,
            "is_confirming": is_confirming,
            "asks_consent": self.asks_consent,
        }
