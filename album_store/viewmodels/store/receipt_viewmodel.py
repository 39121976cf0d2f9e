"""The receipt of an order, to print."""

from typing import Any

from pyramid.request import Request

from album_store.data.order import Order


class ReceiptViewModel:
    """A paid order with its number and the seller."""

    def __init__(self, request: Request, order: Order, number: str) -> None:
        self._request = request
        self._order = order
        self._number = number

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        order, wording = self._order, self._request.wording
        seller = self._request.receipt_service.seller
        last_day = self._request.withdrawal_period.last_day(order)
        withdrawal = self._request.withdrawal_service.find(order.id) if last_day else None
        return {
            "order": order,
            "number": self._number,
            "seller": seller,
            "seller_address": seller.address.split(", "),
            "paid": wording.day(order.paid_date),
            "lines": [
                (line.title, line.artist_name, line.album_title, wording.price(line.amount_cents, order.currency))
                for line in order.lines
            ],
            "total": wording.price(order.total_cents, order.currency),
            "consented": order.consent_date and wording.moment(order.consent_date),
            "withdraw_until": last_day and not withdrawal and wording.date(last_day),
            "withdrawn": withdrawal and wording.moment(withdrawal.created_date),
            "order_link": self._request.route_path("purchases.details", order_id=order.id),
        }
