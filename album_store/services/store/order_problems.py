"""Why the owner has to look at an order."""

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from album_store.data.dispute import Dispute
from album_store.data.order import Order
from album_store.data.order_problem import OrderProblem
from album_store.data.payment import Payment
from album_store.data.refund import Refund
from album_store.data.types import utc_now
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.mail_service import MailService

# Money came in each of these cases; with the first two it bought nothing, and the order is held.
DIFFERS, UNKNOWN, PAID_TWICE = "differs", "unknown", "paid-twice"
CAME_LATE, ALREADY_OWNED, REBUILT = "came-late", "already-owned", "rebuilt"
WITHDRAWN = "withdrawn"
# Money went, or may go.
DISPUTED, DISPUTE_LOST, REFUND_FAILED = "disputed", "dispute-lost", "refund-failed"
# These are over once all the money of the order has gone back.
SOLVED_BY_REFUNDS = frozenset({DIFFERS, UNKNOWN, PAID_TWICE, ALREADY_OWNED, WITHDRAWN, REFUND_FAILED})
PROBLEMS = {
    DIFFERS: "A payment came that does not match its order. Nothing was delivered. Write to the buyer, or refund it.",
    UNKNOWN: "A payment came for an order that the store does not have, as after the restore of a backup. What was "
    "ordered is not known, so nothing was delivered. Write to the buyer, or refund it.",
    PAID_TWICE: "An order was paid a second time. Refund the payment that delivered nothing.",
    CAME_LATE: "A payment came after its order had ended. It was delivered all the same.",
    ALREADY_OWNED: "A buyer paid for something that they already owned. Refund one of the payments.",
    WITHDRAWN: "The buyer has withdrawn from this purchase and can't download any more. "
    "Refund all of it within 14 days.",
    REBUILT: "A payment came for an order that the store did not have, as after the restore of a backup. The order was "
    "written again from what the payment says, and delivered.",
    DISPUTED: "The buyer has disputed a payment. Answer at your payment provider.",
    DISPUTE_LOST: "A dispute was lost. The buyer has the money back, and loses what was bought with it.",
    REFUND_FAILED: "A refund failed, and the money is with you again. Refund it another way, or try again.",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OrderProblems:
    """Records the problems of orders, which the caller has locked. `_owner` is the address that hears of them."""

    _dbsession: Session
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
        """Mark an order, unless this problem of it is open."""
        if problem not in {one.kind for one in self._open_of(order)}:
            self._dbsession.add(OrderProblem(order_id=order.id, kind=problem))
        log.warning("event=order-problem order=%s problem=%s", order.id, problem)

    def close(self, problem: OrderProblem, by: str = "") -> None:
        """Write that an open problem is done: by an admin, or solved by what happened to the order's money."""
        problem.is_open, problem.done_date, problem.done_by = False, utc_now(), by
        log.info("event=order-problem-done order=%s problem=%s", problem.order_id, problem.kind)

    def solve(self, order: Order, kinds: Collection[str]) -> None:
        """Close what is open of some kinds of problems."""
        for problem in self._open_of(order):
            if problem.kind in kinds:
                self.close(problem)

    def solve_by_refunds(self, order: Order) -> None:
        """Close the problems of an order that its refunds and lost disputes have solved, as far as this is certain.

        All the money has gone back; or all but the payment that delivered an order that was paid twice; or the only
        refund that failed was followed by one of the same amount for the same lines. What succeeds may still fail,
        which is a problem of its own.
        """
        if SOLVED_BY_REFUNDS.isdisjoint(problem.kind for problem in self._open_of(order)):
            return
        paid = select(Payment).where(Payment.order_id == order.id, Payment.paid_date.is_not(None))
        payments = self._dbsession.scalars(paid).all()
        of_order = select(Refund).join(Payment, Payment.id == Refund.payment_id).where(Payment.order_id == order.id)
        refunds = self._dbsession.scalars(of_order).all()
        went_back: Counter[str] = Counter()
        for refund in refunds:
            went_back[refund.payment_id] += refund.amount_cents if refund.has_succeeded else 0
        of_payments = select(Dispute).where(Dispute.payment_id.in_([payment.id for payment in payments]))
        for dispute in self._dbsession.scalars(of_payments):
            went_back[dispute.payment_id] += dispute.amount_cents if dispute.is_lost else 0
        # Of some old payments it is not known how much came.
        kept = [one for one in payments if not 0 < one.received_cents <= went_back[one.id]]
        if not kept:
            self.solve(order, SOLVED_BY_REFUNDS)
        elif len(kept) == 1 and kept[0].is_delivered:
            self.solve(order, {PAID_TWICE})
        if _is_made_up_for(refunds):
            self.solve(order, {REFUND_FAILED})

    def _open_of(self, order: Order) -> Sequence[OrderProblem]:
        """What is open of an order, also if it was marked in this transaction."""
        is_open = (OrderProblem.order_id == order.id, OrderProblem.is_open == true())
        return self._dbsession.scalars(select(OrderProblem).where(*is_open)).all()


def _is_made_up_for(refunds: Sequence[Refund]) -> bool:
    """Return whether one refund failed, and the same was refunded after that."""
    failed = [refund for refund in refunds if refund.failed_date is not None]
    return len(failed) == 1 and any(
        _what_for(refund) == _what_for(failed[0]) and refund.created_date >= failed[0].failed_date
        for refund in refunds
        if refund.has_succeeded
    )


def _what_for(refund: Refund) -> tuple[str, int, frozenset[int]]:
    return refund.payment_id, refund.amount_cents, frozenset(line.order_line_id for line in refund.lines)
