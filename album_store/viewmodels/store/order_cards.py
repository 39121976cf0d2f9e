"""Orders as entries of a list."""

from collections.abc import Iterable
from typing import Any

from pyramid.request import Request

from album_store.data.order import Order


def order_cards(request: Request, orders: Iterable[Order]) -> list[dict[str, Any]]:
    """Return the entries of paid orders with their lines."""
    wording = request.wording
    return [
        {
            "link": request.route_path("purchases.details", order_id=order.id),
            "titles": [(line.title, line.artist_name) for line in order.lines],
            "paid": wording.day(order.paid_date),
            "total": wording.price(order.total_cents, order.currency),
        }
        for order in orders
    ]
