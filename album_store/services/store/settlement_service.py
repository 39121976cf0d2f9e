"""Settles orders: the one place where a paid order becomes a purchase."""

import logging
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from album_store.data.account import Account, lock_account, lock_account_at
from album_store.data.cart_item import CartItem
from album_store.data.lock_row import lock_name
from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase, account_key, email_key
from album_store.data.receipt import Receipt
from album_store.data.types import utc_now
from album_store.infrastructure.payments.payment_gateway import PaymentState
from album_store.services.store.lost_orders import LostOrders
from album_store.services.store.order_problems import (
    ALREADY_OWNED,
    CAME_LATE,
    DIFFERS,
    PAID_TWICE,
    REBUILT,
    UNKNOWN,
    OrderProblems,
)
from album_store.services.store.ownership_service import owns_one_of
from album_store.services.store.receipt_numbers import next_number
from album_store.services.store.receipt_service import ReceiptService

# Built once, because building these statements takes as long as running them.
_PAYMENTS = Payment.__table__.c
_IS_PAYMENT = _PAYMENTS.id == bindparam("payment_id")
_PAYMENT = (
    select(Payment.order_id, Payment.session_id, Order.account_id, Order.email)
    .join(Order, Order.id == Payment.order_id)
    .where(_IS_PAYMENT)
)
_CLOSED_DATE = select(_PAYMENTS.closed_date).where(_IS_PAYMENT)
_EMAIL = select(Order.email).where(Order.id == bindparam("order_id"))
_ACCOUNT_AT = select(Account).where(Account.email == bindparam("email"))
_EMPTY_CART = delete(CartItem.__table__).where(CartItem.__table__.c.order_id == bindparam("of_order"))
_NOTE_MONEY = update(Payment.__table__).where(_IS_PAYMENT, _PAYMENTS.paid_date.is_(None))

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SettlementService:
    """Turns money that came into purchases, a receipt number and one email, all in one transaction.

    A page, the worker and commands all call `settle`, as often as they like and in any order: the first call does all
    of it and the others do nothing.
    """

    _dbsession: Session
    _receipts: ReceiptService
    _problems: OrderProblems

    def settle(self, payment_id: str, state: PaymentState) -> bool:
        """Apply what the provider says about a payment. Returns whether its order is paid.

        Money that came is never lost: what does not match the order grants nothing, but the order and its owner say so.
        """
        payment = self._dbsession.execute(_PAYMENT, {"payment_id": payment_id}).one()
        account = self._lock_owner(payment.order_id, payment.account_id, payment.email)
        order = self._lock_order(payment.order_id)
        if payment.session_id is None and (state.is_paid or state.is_closed):
            self._note_session(payment_id, state.session_id)
        if not state.is_paid:
            if state.is_closed:
                self._end(payment_id)
            elif state.is_processing:
                self._note_processing(payment_id)
            return order.paid_date is not None
        was_closed = self._is_closed(payment_id)
        delivers = order.paid_date is None and _matches(state, order, payment.session_id or state.session_id)
        if not self._note_money(payment_id, state, delivers=delivers):
            return True
        if order.paid_date is not None:
            self._problems.flag(order, PAID_TWICE)
            return True
        self._note_paid(order)
        if not delivers:
            self._hold(order, DIFFERS)
            return True
        self._grant(order, account)
        if was_closed:
            self._problems.flag(order, CAME_LATE)
        return True

    def settle_session(self, gateway: str, state: PaymentState) -> bool:
        """Apply what the provider says about a session. Returns whether an order of it is paid.

        A session whose id was not written, because the store was stopped in between, is found by its order. One that
        was paid but has no order, such as after the restore of a backup, is shown to the owner.
        """
        of_session = (Payment.gateway == gateway, Payment.session_id == state.session_id)
        payment_id = self._dbsession.scalar(select(Payment.id).where(*of_session))
        if payment_id is None:
            unopened = (Payment.gateway == gateway, Payment.order_id == state.order_id, Payment.session_id.is_(None))
            newest_open = (Payment.closed_date.is_not(None), Payment.created_date.desc())
            payment_id = self._dbsession.scalar(select(Payment.id).where(*unopened).order_by(*newest_open).limit(1))
        if payment_id is not None:
            return self.settle(payment_id, state)
        if state.is_paid:
            return self._rebuild(gateway, state)
        return False

    def _rebuild(self, gateway: str, state: PaymentState) -> bool:
        """Write an order that the store has lost again, or at least that its money came. Returns whether it is paid."""
        found = LostOrders(self._dbsession).write(gateway, state)
        if found is None or found.is_known:
            return found is not None and self.settle(found.payment.id, state)
        if found.is_complete:
            self.settle(found.payment.id, state)
            self._problems.flag(found.order, REBUILT)
            return True
        found.order.paid_date = utc_now()
        self._note_money(found.payment.id, state, delivers=False)
        self._hold(found.order, UNKNOWN)
        return True

    def settle_free(self, order: Order) -> None:
        """Grant an order that costs nothing, in the transaction that wrote it and holds its owner's locks."""
        account = self._account_of(order)
        self._note_paid(order)
        self._grant(order, account)

    def _hold(self, order: Order, problem: str) -> None:
        """Write that nothing was delivered for the money of an order, and flag it."""
        order.is_held = True
        self._problems.flag(order, problem)

    def _note_paid(self, order: Order) -> None:
        """Write that an order is paid, and take what was ordered out of the cart that it was made of."""
        order.paid_date = utc_now()
        self._dbsession.connection().execute(_EMPTY_CART, {"of_order": order.id})

    def _lock_owner(self, order_id: str, account_id: str | None, email: str) -> Account | None:
        """Lock the account of an order, or without one the name of its address. Returns the account that owns it.

        An address is claimed by the transaction that holds its name, so an account either exists by now, or will find
        the purchases.
        """
        if account_id is not None:
            if account := lock_account(self._dbsession, account_id):
                return account
            # It was deleted during that wait, and has left the order to its last address.
            email = self._dbsession.scalars(_EMAIL, {"order_id": order_id}).one()
        if account := lock_account_at(self._dbsession, email):
            return account
        lock_name(self._dbsession, email)
        return self._account_at(email)

    def _account_of(self, order: Order) -> Account | None:
        if order.account_id is not None:
            return self._dbsession.get(Account, order.account_id)
        return self._account_at(order.email)

    def _account_at(self, email: str) -> Account | None:
        return self._dbsession.scalars(_ACCOUNT_AT, {"email": email}).first()

    def _lock_order(self, order_id: str) -> Order:
        return self._dbsession.get_one(Order, order_id, with_for_update=True, populate_existing=True)

    def _is_closed(self, payment_id: str) -> bool:
        found = self._dbsession.connection().execute(_CLOSED_DATE, {"payment_id": payment_id})
        return found.scalar_one() is not None

    def _note_session(self, payment_id: str, session_id: str) -> None:
        unopened = (Payment.id == payment_id, Payment.session_id.is_(None))
        self._dbsession.execute(update(Payment).where(*unopened).values(session_id=session_id))

    def _note_money(self, payment_id: str, state: PaymentState, *, delivers: bool) -> bool:
        """Write that a payment was paid, what came, and whether it delivers its order. Returns False if that was known.

        The provider may know its fee only later.
        """
        details = {
            "charge_id": state.charge_id or None,
            "fee_cents": state.fee_cents,
            "fee_currency": state.fee_currency[:3],
            "country": state.country[:2],
        }
        came = {
            "received_cents": state.amount_cents,
            "received_currency": state.currency[:3],
            "paid_date": utc_now(),
            "is_delivered": delivers,
            "next_check_date": None,
        }
        noted = _NOTE_MONEY.values(**came, **details)
        if self._dbsession.connection().execute(noted, {"payment_id": payment_id}).rowcount == 1:
            return True
        lacks = or_(Payment.charge_id.is_(None), Payment.fee_cents.is_(None))
        if state.charge_id:
            self._dbsession.execute(update(Payment).where(Payment.id == payment_id, lacks).values(**details))
        return False

    def _note_processing(self, payment_id: str) -> None:
        """Write that there is no page any more on which a payment can be paid."""
        has_page = (Payment.id == payment_id, Payment.url != "")
        self._dbsession.execute(update(Payment).where(*has_page).values(url=""))

    def _end(self, payment_id: str) -> None:
        """Write that a payment can no longer be paid."""
        is_open = (Payment.id == payment_id, Payment.closed_date.is_(None))
        self._dbsession.execute(update(Payment).where(*is_open).values(closed_date=utc_now(), next_check_date=None))

    def _grant(self, order: Order, account: Account | None) -> None:
        """Write the purchases, the number of the receipt and the email. The number comes last: all wait for it."""
        if account is not None:
            # It may have another address since it ordered.
            order.account_id, order.email = account.id, account.email
        owner_key = email_key(order.email) if account is None else account_key(account.id)
        if order.total_cents and owns_one_of(self._dbsession, owner_key, order):
            self._problems.flag(order, ALREADY_OWNED)
        for line in order.lines:
            item = {"album_id": line.album_id, "track_id": line.track_id}
            self._dbsession.add(Purchase(line=line, owner_key=owner_key, **item))
        link = self._receipts.create_link(order)
        self._dbsession.flush()
        number = self._next_number(order) if order.total_cents else ""
        self._receipts.send(order, number, link)
        log.info("event=order-paid order=%s total=%d currency=%s", order.id, order.total_cents, order.currency)

    def _next_number(self, order: Order) -> str:
        """Write the receipt, and return its number."""
        number = next_number(self._dbsession, order.series)
        receipt = Receipt(order_id=order.id, series=order.series, number=number)
        self._dbsession.add(receipt)
        return receipt.label


def _matches(state: PaymentState, order: Order, session_id: str) -> bool:
    """Return whether what was paid is what was ordered."""
    paid = (state.session_id, state.order_id, state.amount_cents, state.currency, state.series)
    return paid == (session_id, order.id, order.total_cents, order.currency, order.series)
