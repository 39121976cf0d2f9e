"""Orders as entries of a list."""

from collections.abc import Iterable
from typing import Any

from pyramid.request import Request

from album_store.data.order import Order


def order_cards(request: Request, orders: Iterable[Order]) -> list[dict[str, Any]]:
    """Return the entries of paid orders with their lines and withdrawals."""
    wording = request.wording
    return [
        {
            "link": request.route_path("purchases.details", order_id=order.id),
            "items": order.lines,
            "mark": _mark(order),
            "paid": wording.day(order.paid_date),
            "total": wording.price(order.total_cents, order.currency),
        }
        for order in orders
    ]


def _mark(order: Order) -> str:
    """What became of an order after it was paid, in one or two words; "" for most."""
    if order.is_held:
        return "not delivered"
    if order.refunded_cents:
        return "refunded" if order.refunded_cents == order.total_cents else "partly refunded"
    return "withdrawn" if order.withdrawal else ""
