"""Disputes: buyers who ask their bank for the money back."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from album_store.data.dispute import Dispute
from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.types import utc_now
from album_store.infrastructure.payments.payment_gateway import DisputeState
from album_store.services.store.order_problems import DISPUTE_LOST, DISPUTED, OrderProblems

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DisputeService:
    """Writes what a provider says about disputes."""

    _dbsession: Session
    _problems: OrderProblems

    def note(self, order: Order, payment: Payment, states: Iterable[DisputeState]) -> None:
        """Write the disputes about a payment whose order is locked. Its facts only grow."""
        for state in states:
            dispute = self._find(payment, state) or self._write(order, payment, state)
            dispute.due_date = state.due_date or dispute.due_date
            if state.is_won and dispute.won_date is None:
                dispute.won_date = utc_now()
                log.info("event=dispute-won order=%s", order.id)
                self._solve(order)
            if state.is_lost and dispute.lost_date is None:
                dispute.lost_date = utc_now()
                self._solve(order)
                self._problems.tell(order, DISPUTE_LOST)
                if dispute.is_lost:
                    self._problems.mark(order, DISPUTE_LOST)

    def _solve(self, order: Order) -> None:
        """Close what is said of the disputes of an order once the last of them is over, or none is lost."""
        self._dbsession.flush()
        of_order = select(Dispute).join(Payment, Payment.id == Dispute.payment_id).where(Payment.order_id == order.id)
        disputes = self._dbsession.scalars(of_order).all()
        if all(dispute.won_date or dispute.lost_date for dispute in disputes):
            self._problems.solve(order, {DISPUTED})
        if not any(dispute.is_lost for dispute in disputes):
            self._problems.solve(order, {DISPUTE_LOST})

    def _find(self, payment: Payment, state: DisputeState) -> Dispute | None:
        same = (Dispute.payment_id == payment.id, Dispute.provider_id == state.provider_id)
        return self._dbsession.scalar(select(Dispute).where(*same))

    def _write(self, order: Order, payment: Payment, state: DisputeState) -> Dispute:
        dispute = Dispute(
            payment_id=payment.id,
            provider_id=state.provider_id,
            amount_cents=state.amount_cents,
            currency=state.currency,
            reason=state.reason.replace("_", " ")[:100],
            due_date=state.due_date,
        )
        self._dbsession.add(dispute)
        self._problems.email_owner("dispute", order, dispute=dispute)
        if not (state.is_won or state.is_lost):
            self._problems.mark(order, DISPUTED)
        return dispute
