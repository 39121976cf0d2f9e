"""The cart."""

from typing import Any

from pyramid.request import Request

from album_store.infrastructure.payments.charge_limits import min_charge
from album_store.services.store.cart_contents import CartContents, CartLine
from album_store.services.store.offer import Offer
from album_store.viewmodels.store.amounts_viewmodel import AmountsViewModel, amounts_form, field_name
from album_store.viewmodels.store.cart_lines import cart_line
from album_store.viewmodels.store.payable import why_not_payable


class CartViewModel:
    """The items of a cart, with a field for each price that the buyer names."""

    def __init__(self, request: Request, contents: CartContents, form: AmountsViewModel | None = None) -> None:
        self._request, self._contents = request, contents
        self._form = form or amounts_form(request, contents)

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        contents, form = self._contents, self._form.to_dict()
        return {
            "items": [self._item(line, form) for line in contents.items],
            "errors": form["errors"],
            "has_amounts": len(form) > 1,
            "total": self._request.wording.price(contents.total_cents, contents.currency) if contents.currency else "",
            "order_link": self._order_link(),
            "trouble": why_not_payable(self._request, contents),
        }

    def _order_link(self) -> str:
        """The order of what is in the cart, if it can still be paid."""
        order_ids = {line.order_id for line in self._contents.items if line.order_id}
        payments = self._request.payment_service.open_of_all(order_ids) if order_ids else []
        return next(
            (self._request.route_path("purchases.details", order_id=payment.order_id) for payment in payments), ""
        )

    def _item(self, line: CartLine, form: dict[str, Any]) -> dict[str, Any]:
        name = field_name(line)
        return cart_line(self._request, line) | {
            "field": name if name in form else "",
            "value": form.get(name, ""),
            "hint": self._hint(line.offer) if name in form else "",
        }

    def _hint(self, offer: Offer) -> str:
        """What may be entered. Less than the least payment needs other items in the cart."""
        minimum, least = offer.minimum_cents or 0, min_charge(offer.currency)
        price = self._request.wording.price
        hint = f"{price(minimum, offer.currency)} or more." if minimum else "Any amount, or 0."
        if minimum < least:
            hint += f" The total must be {price(least, offer.currency)} or more, or 0."
        return hint
