"""What a label says about an order."""

from album_store.data.order import Order
from album_store.services.store.order_problems import (
    ALREADY_OWNED,
    CAME_LATE,
    DIFFERS,
    DISPUTE_LOST,
    DISPUTED,
    PAID_TWICE,
    REBUILT,
    REFUND_FAILED,
    UNKNOWN,
    WITHDRAWN,
)

PROBLEM_LABELS = {
    ALREADY_OWNED: "owned before",
    CAME_LATE: "came late",
    DIFFERS: "differs",
    DISPUTED: "disputed",
    DISPUTE_LOST: "dispute lost",
    PAID_TWICE: "paid twice",
    REBUILT: "rebuilt",
    REFUND_FAILED: "refund failed",
    UNKNOWN: "unknown",
    WITHDRAWN: "withdrawn",
}

# Gateway -> its name in a sentence.
GATEWAY_NAMES = {"local": "the local gateway", "stripe": "Stripe"}


def order_label(order: Order) -> str:
    """Return the open problems of an order, or its state in one or two words; "" if it is paid and all is well."""
    if problems := order.open_problems:
        return ", ".join(PROBLEM_LABELS[problem.kind] for problem in problems)
    if order.is_held:
        return "not delivered"
    if order.refunded_cents:
        return "refunded" if order.refunded_cents == order.total_cents else "partly refunded"
    return "" if order.paid_date else "not paid"
