"""The form with which a buyer withdraws from a purchase."""

from typing import Any

from pyramid.request import Request
from wtforms import StringField
from wtforms.validators import DataRequired

from album_store.data.order import Order
from album_store.data.visible_text import visible_line
from album_store.viewmodels.shared.fields import at_most
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class WithdrawalViewModel(FormViewModel):
    """The name of the buyer; the order says the rest."""

    name = StringField(filters=[visible_line], validators=[DataRequired("Enter your name."), at_most(100, "your name")])

    def __init__(self, request: Request, order: Order) -> None:
        super().__init__(request, {"name": request.signed_in.display_name if request.signed_in else ""})
        self._order = order

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        order, wording = self._order, self.request.wording
        return {
            **super().to_dict(),
            "order_id": order.id,
            "lines": order.lines,
            "total": wording.price(order.total_cents, order.currency),
            "paid": wording.moment(order.paid_date),
            "number": self.request.receipt_service.number_of(order.id),
            "email": order.email,
        }
