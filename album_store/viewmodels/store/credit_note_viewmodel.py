"""The credit note of a refund, to print."""

from typing import Any

from pyramid.request import Request

from album_store.data.order import Order
from album_store.services.store.credit_note_service import CreditNoteInFull


class CreditNoteViewModel:
    """A credit note with the receipt that it corrects, and the seller."""

    def __init__(self, request: Request, order: Order, found: CreditNoteInFull) -> None:
        self._request, self._order, self._found = request, order, found

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        order, refund, wording = self._order, self._found.refund, self._request.wording
        seller = self._request.receipt_service.seller
        return {
            "order": order,
            "number": self._found.note.label,
            "receipt_number": self._found.receipt_number,
            "seller": seller,
            "seller_address": seller.address.split(", "),
            "written": wording.day(self._found.note.created_date),
            "cancelled": wording.day(refund.failed_date) if refund.failed_date else None,
            "lines": [(line.title, line.artist_name) for line in self._found.lines],
            "total": wording.price(order.total_cents, order.currency),
            "refunded": wording.price(refund.amount_cents, refund.currency),
            "order_link": self._request.route_path("purchases.details", order_id=order.id),
        }
