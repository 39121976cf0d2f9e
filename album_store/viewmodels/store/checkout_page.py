"""What the checkout page says about the order and its seller."""

from typing import Any

from pyramid.request import Request

from album_store.services.store.cart_contents import CartContents
from album_store.viewmodels.store.cart_lines import cart_line
from album_store.viewmodels.store.payable import why_not_payable


class CheckoutPage:
    """A cart that is about to be bought."""

    def __init__(self, request: Request, contents: CartContents) -> None:
        self._request, self._contents = request, contents

    def to_dict(self) -> dict[str, Any]:
        """The values of the page, beside those of the form."""
        contents, request, settings = self._contents, self._request, self._request.store_settings
        total = request.wording.price(contents.total_cents, contents.currency) if contents.currency else ""
        is_free = contents.total_cents == 0
        return {
            "items": [cart_line(request, line) for line in contents.items],
            "can_be_ordered": bool(contents.lines) and not why_not_payable(request, contents),
            "total": total,
            "button": "Get it free" if is_free else f"Pay {total}",
            "account_email": request.signed_in.email if request.signed_in else "",
            "seller": settings.seller_name or settings.store_name,
            "seller_address": settings.seller_address,
            "is_local": not is_free and settings.payment_gateway == "local",
        }
