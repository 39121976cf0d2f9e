"""What refunds, lost disputes and withdrawals do to purchases."""

import logging

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from album_store.data.dispute import IS_LOST, Dispute
from album_store.data.order_line import OrderLine
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase
from album_store.data.refund import Refund
from album_store.data.refund_line import RefundLine
from album_store.data.types import utc_now
from album_store.data.withdrawal import Withdrawal

log = logging.getLogger(__name__)


def update_access(dbsession: Session, payment: Payment) -> bool:
    """Revoke what was bought with a payment as far as it was refunded, disputed or withdrawn from; give back the rest.

    The order is locked. What was bought is derived from the facts, so that it is the same in whatever order they came.
    Returns whether anything was given back.
    """
    if not payment.is_delivered:
        return False
    dbsession.flush()
    lines = (
        select(RefundLine.order_line_id)
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(Refund.payment_id == payment.id, Refund.revokes_access)
        .where(Refund.succeeded_date.is_not(None), Refund.failed_date.is_(None))
    )
    refunded = set(dbsession.scalars(lines))
    lost = (Dispute.payment_id == payment.id, IS_LOST)
    withdrawn = exists().where(Withdrawal.order_id == payment.order_id)
    is_all_over = bool(dbsession.scalar(select(or_(exists().where(*lost), withdrawn))))
    purchases = (
        select(Purchase)
        .join(OrderLine, OrderLine.id == Purchase.order_line_id)
        .where(OrderLine.order_id == payment.order_id)
    )
    gives_back = False
    for purchase in dbsession.scalars(purchases.execution_options(populate_existing=True)):
        is_over = is_all_over or purchase.order_line_id in refunded
        if is_over != (purchase.revoked_date is not None):
            purchase.revoked_date = utc_now() if is_over else None
            if is_over:
                log.info("event=access-revoked purchase=%d", purchase.id)
            else:
                gives_back = True
                log.info("event=access-given-back purchase=%d", purchase.id)
    return gives_back
