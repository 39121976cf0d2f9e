"""How much of a payment, and of the order that it paid, its refunds hold."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.refund import Refund


class TooMuchError(Exception):
    """There is not as much left to refund. `left_cents` is what there is."""

    def __init__(self, left_cents: int) -> None:
        super().__init__(left_cents)
        self.left_cents = left_cents


def reserve(dbsession: Session, order: Order, payment: Payment, amount_cents: int) -> None:
    """Hold an amount, so that refunds at the same time never exceed what came. Raises TooMuchError.

    A payment that delivered the order holds it of both; what was paid beside, of the payment alone.
    """
    left_cents = payment.received_cents - payment.refunded_cents
    holders = [(Payment, payment.id, Payment.received_cents)]
    if payment.is_delivered:
        holders.append((Order, order.id, Order.total_cents))
    with dbsession.begin_nested():
        for model, row_id, limit in holders:
            fits = (model.id == row_id, model.refunded_cents + amount_cents <= limit)
            held = update(model).where(*fits).values(refunded_cents=model.refunded_cents + amount_cents)
            if amount_cents <= 0 or dbsession.execute(held).rowcount != 1:
                raise TooMuchError(left_cents)


def recount(dbsession: Session, order: Order, payment: Payment) -> None:
    """Hold what the refunds that have not failed add up to. The order is locked.

    A refund made at the provider may cross one of the store, which then fails; until then both count.
    """
    dbsession.flush()
    live = (Refund.payment_id == payment.id, Refund.failed_date.is_(None))
    total = int(dbsession.scalar(select(func.sum(Refund.amount_cents)).where(*live)) or 0)
    payment.refunded_cents = min(total, payment.received_cents)
    if payment.is_delivered:
        order.refunded_cents = min(total, order.total_cents)
