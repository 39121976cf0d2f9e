"""Admin actions on orders."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from album_store.data.order import Order
from album_store.data.order_problem import OrderProblem
from album_store.infrastructure.wording import Wording
from album_store.services.audit_service import Actor, AuditService
from album_store.services.mail_service import MailService
from album_store.services.store.order_access import NothingOwnedError, is_owned
from album_store.services.store.order_problems import OrderProblems
from album_store.services.store.receipt_service import FREE_ORDER, RECEIPT, ReceiptService
from album_store.services.store.refund_service import RefundService

REFUNDED, RECEIPT_SENT, PROBLEM_DONE = ORDER_ACTIONS = ("order-refunded", "receipt-sent", "order-problem-done")


class NoProblemError(Exception):
    """The order has no such problem."""


@dataclass(frozen=True)
class OrderAdminService:
    """Refunds orders, sends receipts again and closes problems.

    Every action is audited, with the id of the order as its target.
    """

    _dbsession: Session
    _refunds: RefundService
    _receipts: ReceiptService
    _problems: OrderProblems
    _mail: MailService
    _audit: AuditService
    _wording: Wording

    def refund(
        self,
        order_id: str,
        refund_id: str,
        payment_id: str,
        amount_cents: int,
        *,
        lines: Collection[int],
        reason: str,
        actor: Actor,
    ) -> None:
        """Ask for a refund of a payment of an order. Raises what `RefundService.request` does."""
        refund = self._refunds.request(refund_id, payment_id, amount_cents, lines=lines, reason=reason, by=actor.name)
        if refund in self._dbsession.new:  # otherwise the same form was sent before
            amount = self._wording.price(refund.amount_cents, refund.currency)
            self._audit.record(actor, REFUNDED, order_id, f"{amount}, {reason}"[:500])

    def send_receipt(self, order_id: str, actor: Actor) -> None:
        """Email the receipt of an order again, with a new link.

        Raises MailLimitError, and NothingOwnedError also for an order whose buyer is not known any more.
        """
        order = self._dbsession.get_one(Order, order_id, with_for_update=True, populate_existing=True)
        if not (order.email and is_owned(self._dbsession, order_id)):
            raise NothingOwnedError
        self._mail.check_limit(order.email, (RECEIPT, FREE_ORDER))
        self._receipts.send(order, self._receipts.number_of(order.id), self._receipts.create_link(order))
        self._audit.record(actor, RECEIPT_SENT, order_id)

    def finish_problem(self, order_id: str, problem_id: str, actor: Actor) -> None:
        """Mark a problem of an order as done. A second call changes nothing. Raises NoProblemError."""
        self._dbsession.get(Order, order_id, with_for_update=True, populate_existing=True)
        wanted = (OrderProblem.id == problem_id, OrderProblem.order_id == order_id)
        query = select(OrderProblem).where(*wanted).execution_options(populate_existing=True)
        problem = self._dbsession.scalar(query)
        if problem is None:
            raise NoProblemError
        if problem.is_open:
            self._problems.close(problem, actor.name)
            self._audit.record(actor, PROBLEM_DONE, order_id, problem.kind)
