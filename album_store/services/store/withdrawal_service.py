"""Withdrawals of buyers from what they bought."""

import logging
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from album_store.data.order import Order
from album_store.data.purchase import Purchase
from album_store.data.types import utc_now
from album_store.data.withdrawal import Withdrawal
from album_store.services.mail_service import MailService
from album_store.services.store.order_access import is_owned, owned_in
from album_store.services.store.order_problems import WITHDRAWN, OrderProblems
from album_store.services.store.withdrawal_period import WithdrawalPeriod

log = logging.getLogger(__name__)


class NoWithdrawalError(Exception):
    """The buyer cannot withdraw from this order, or no longer."""


@dataclass(frozen=True)
class WithdrawalService:
    """Ends purchases from which the buyer withdraws. The refund is up to the owner, who is told."""

    _dbsession: Session
    _mail: MailService
    _period: WithdrawalPeriod
    _problems: OrderProblems

    def find(self, order_id: str) -> Withdrawal | None:
        """The withdrawal from an order, or None."""
        return self._dbsession.scalar(select(Withdrawal).where(Withdrawal.order_id == order_id))

    def is_open(self, order: Order) -> bool:
        """Return whether the buyer may withdraw from an order now: not if all the money has gone back already."""
        is_kept = order.refunded_cents < order.total_cents
        return self._period.is_open(order) and is_kept and is_owned(self._dbsession, order.id)

    def withdraw(self, order_id: str, name: str) -> Withdrawal:
        """Withdraw from an order, and email buyer and owner. Raises NoWithdrawalError.

        A second call changes nothing. The order is locked before its purchases, as everywhere.
        """
        order = self._dbsession.get_one(Order, order_id, with_for_update=True, populate_existing=True)
        if found := self.find(order_id):
            return found
        if not self.is_open(order):
            raise NoWithdrawalError
        now = utc_now()
        withdrawal = Withdrawal(order_id=order_id, name=name, email=order.email, created_date=now)
        self._dbsession.add(withdrawal)
        purchases = select(Purchase.id).where(*owned_in(order_id)).scalar_subquery()
        self._dbsession.execute(update(Purchase).where(Purchase.id.in_(purchases)).values(revoked_date=now))
        self._mail.post("withdrawal", order.email, order=order, name=name, when=now)
        self._problems.flag(order, WITHDRAWN)
        log.info("event=order-withdrawn order=%s", order_id)
        return withdrawal
