"""Why the owner has to look at an order."""

import logging
from dataclasses import dataclass
from typing import Any

from album_store.data.order import Order
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.mail_service import MailService

# Money came in each of these cases; with the first two it bought nothing.
DIFFERS, UNKNOWN, PAID_TWICE = "differs", "unknown", "paid-twice"
CAME_LATE, ALREADY_OWNED, REBUILT = "came-late", "already-owned", "rebuilt"
WITHDRAWN = "withdrawn"
# Money went, or may go.
DISPUTED, DISPUTE_LOST, REFUND_FAILED = "disputed", "dispute-lost", "refund-failed"
HELD = frozenset({DIFFERS, UNKNOWN})
PROBLEMS = {
    DIFFERS: "A payment came that does not match its order. Nothing was delivered. Write to the buyer, or refund it.",
    UNKNOWN: "A payment came for an order that the store does not have, as after the restore of a backup. What was "
    "ordered is not known, so nothing was delivered. Write to the buyer, or refund it.",
    PAID_TWICE: "An order was paid a second time. Refund one of the payments.",
    CAME_LATE: "A payment came after its order had ended. It was delivered all the same.",
    ALREADY_OWNED: "A buyer paid for something that they already owned. Refund one of the payments.",
    WITHDRAWN: "The buyer has withdrawn from this purchase and can't download any more. "
    "Refund all of it within 14 days.",
    REBUILT: "A payment came for an order that the store did not have, as after the restore of a backup. The order was "
    "written again from what the payment says, and delivered.",
    DISPUTED: "The buyer has disputed a payment. Answer at your payment provider.",
    DISPUTE_LOST: "A dispute was lost. The buyer has the money back, and no longer has the music.",
    REFUND_FAILED: "A refund failed, and the money is with you again. Refund it another way, or try again.",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OrderProblems:
    """Marks orders for the owner. `_owner` is the address that hears of them."""

    _mail: MailService
    _site_links: SiteLinks
    _owner: str

    def flag(self, order: Order, problem: str) -> None:
        """Mark an order, and tell the owner by email."""
        self.mark(order, problem)
        self.tell(order, problem)

    def tell(self, order: Order, problem: str) -> None:
        """Tell the owner by email."""
        self.email_owner("order-problem", order, problem=PROBLEMS[problem])

    def email_owner(self, kind: str, order: Order, **values: Any) -> None:
        """Email the owner about an order, with a link to its admin page."""
        link = self._site_links.to("admin.order", order_id=order.id)
        self._mail.post(kind, self._owner, order=order, link=link, **values)

    def mark(self, order: Order, problem: str) -> None:
        """Mark an order. The first mark stays."""
        order.problem = order.problem or problem
        log.warning("event=order-problem order=%s problem=%s", order.id, problem)
