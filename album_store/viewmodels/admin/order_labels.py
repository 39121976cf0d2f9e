"""What a label says about an order."""

from album_store.data.order import Order
from album_store.services.store.settlement_service import ALREADY_OWNED, CAME_LATE, DIFFERS, PAID_TWICE

_PROBLEMS = {
    ALREADY_OWNED: "owned before",
    CAME_LATE: "came late",
    DIFFERS: "differs",
    PAID_TWICE: "paid twice",
}


def order_label(order: Order) -> str:
    """Return the state of an order in one or two words; "" if it is paid and all is well."""
    if order.problem:
        return _PROBLEMS[order.problem]
    return "" if order.paid_date else "not paid"
