"""Payments of orders at the payment gateway."""

import json
import logging
import math
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, false, not_, or_, select, update
from sqlalchemy.orm import Session

from album_store.data.dbsession import Reading
from album_store.data.dispute import IS_LOST, Dispute
from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.types import new_id, utc_now
from album_store.infrastructure.payments.payment_gateway import (
    PaymentGateway,
    PaymentRequest,
    PaymentSession,
    PaymentState,
    UnknownSessionError,
)
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.store.order_notes import write_notes

# When the worker asks the provider about a payment: after these pauses, then after the last of them again and again.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 360))
# A session that was never opened is given up after this.
UNOPENED_LIFETIME = timedelta(hours=1)
# Nothing is asked any more after this.
MAX_AGE = timedelta(days=30)
BATCH = 50
# In one query.
MAX_IDS = 500
# In the parameters of a payment. Providers show less.
MAX_DESCRIPTION = 500

_IS_LOST_TO_DISPUTE = exists().where(Dispute.payment_id == Payment.id, IS_LOST)
# Of some old payments it is not known how much came.
_IS_LEFT = or_(Payment.received_cents == 0, Payment.refunded_cents < Payment.received_cents)
# The condition for a payment whose money, or a part of it, has not gone back.
HAS_MONEY = and_(Payment.paid_date.is_not(None), _IS_LEFT, not_(_IS_LOST_TO_DISPUTE))

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OpenPayment:
    """A payment that is neither paid nor closed; `session_id` is None before the provider has answered."""

    id: str
    order_id: str
    session_id: str | None
    url: str
    parameters: dict[str, Any]

    @property
    def is_over(self) -> bool:
        """Whether the provider's page is open no longer, by the store's clock. The provider decides."""
        return self.session_id is not None and self.parameters.get("expires_at", math.inf) <= time.time()

    @property
    def is_processing(self) -> bool:
        """Whether the buyer has paid in a way that takes days."""
        return self.session_id is not None and not self.url


@dataclass(frozen=True)
class PaymentService:
    """Writes payments, and opens their sessions at the gateway.

    No call to the gateway is made inside a write transaction: a view calls it before its session writes.
    """

    _dbsession: Session
    _reading: Reading
    _gateway: PaymentGateway | None
    _site_links: SiteLinks

    def start(self, order: Order) -> None:
        """Write a payment of an order, with the parameters of its session."""
        payment_id = new_id()
        asked = PaymentRequest(
            order_id=order.id,
            amount_cents=order.total_cents,
            currency=order.currency,
            description=", ".join(f"{line.title} by {line.artist_name}" for line in order.lines)[:MAX_DESCRIPTION],
            email=order.email,
            return_url=self._site_links.to("checkout.return", order_id=order.id),
            back_url=self._site_links.to("checkout.back", order_id=order.id),
            notes=write_notes(order, payment_id),
        )
        payment = Payment(
            id=payment_id,
            order=order,
            gateway=self.gateway.name,
            parameters=json.dumps(self.gateway.parameters(asked), sort_keys=True),
            next_check_date=utc_now() + PAUSES[0],
        )
        self._dbsession.add(payment)

    @property
    def gateway(self) -> PaymentGateway:
        """The gateway. Raises RuntimeError if the store sells nothing."""
        if self._gateway is None:
            raise RuntimeError("no payment gateway is set")
        return self._gateway

    @property
    def gateway_name(self) -> str:
        """The name of the gateway; empty if the store sells nothing."""
        return self._gateway.name if self._gateway else ""

    def open_of(self, order_id: str) -> OpenPayment | None:
        """The payment of an order that can still be paid, or None."""
        return next(iter(self.open_of_all([order_id])), None)

    def open_of_all(self, order_ids: Collection[str]) -> list[OpenPayment]:
        """The payments of some orders that can still be paid."""
        is_open = (Payment.paid_date.is_(None), Payment.closed_date.is_(None))
        query = self._of_gateway().where(Payment.order_id.in_(order_ids), *is_open)
        with self._reading() as reading:
            return [_as_open(payment) for payment in reading.scalars(query)]

    def _of_gateway(self) -> Select[tuple[Payment]]:
        """The query for the payments that the gateway knows: real keys do not know those of test keys."""
        gateway = self._gateway
        if gateway is None:
            return select(Payment).where(false())
        is_known = (Payment.gateway == gateway.name, Order.series == gateway.series)
        return select(Payment).join(Order, Order.id == Payment.order_id).where(*is_known)

    def is_returned(self, order_id: str) -> bool:
        """Whether all money that came for an order that is held has gone back, or is asked to."""
        with self._reading() as reading:
            return not reading.scalar(select(exists().where(Payment.order_id == order_id, HAS_MONEY)))

    def paid_of(self, session_ids: Collection[str]) -> set[str]:
        """Which of some sessions of the gateway the store knows to be paid."""
        paid = select(Payment.session_id).where(Payment.gateway == self.gateway_name, Payment.paid_date.is_not(None))
        ids, found = list(session_ids), set[str]()
        for start in range(0, len(ids), MAX_IDS):
            found.update(self._dbsession.scalars(paid.where(Payment.session_id.in_(ids[start : start + MAX_IDS]))))
        return found

    def open_session(self, payment: OpenPayment) -> PaymentSession:
        """Open the provider's page of a payment, or return the one that is open. Raises GatewayError."""
        session = self._session_of(payment)
        self._note_session(payment, session)
        return session

    def expire_session(self, payment: OpenPayment) -> PaymentState | None:
        """Close the provider's page of a payment, and return its state, as `find_state` does. Raises GatewayError.

        If the answer to its opening was lost, the same call is made again to learn which page it is.
        """
        return self._known(payment, lambda: self.gateway.expire(self._session_of(payment).id))

    def find_state(self, payment: OpenPayment) -> PaymentState | None:
        """Return the state of a payment that was opened. Raises GatewayError.

        None if the provider does not know it and its time is over, as after a change of the provider's account.
        """
        return self._known(payment, lambda: self.gateway.find(payment.session_id or ""))

    def _known(self, payment: OpenPayment, ask: Callable[[], PaymentState]) -> PaymentState | None:
        try:
            return ask()
        except UnknownSessionError:
            if not payment.is_over:
                raise
            return None

    def _session_of(self, payment: OpenPayment) -> PaymentSession:
        if payment.session_id:
            return PaymentSession(payment.session_id, payment.url)
        return self.gateway.open(payment.id, payment.parameters)

    def replace(self, payment: OpenPayment) -> None:
        """Close a payment that the provider refused to open, and write another for its order.

        The order is locked before its payment, as `SettlementService` does.
        """
        order = self._dbsession.get_one(Order, payment.order_id, with_for_update=True, populate_existing=True)
        if self.close(payment):
            self.start(order)

    def start_another(self, order_id: str) -> None:
        """Write another payment of an order whose payments have all ended unpaid."""
        order = self._dbsession.get_one(Order, order_id, with_for_update=True, populate_existing=True)
        if order.paid_date is None and self.open_of(order_id) is None:
            self.start(order)

    def close(self, payment: OpenPayment) -> bool:
        """Close a payment that the provider refused to open, or does not know. Returns False if it has changed."""
        is_same = (Payment.id == payment.id, Payment.session_id == payment.session_id)
        is_open = (Payment.paid_date.is_(None), Payment.closed_date.is_(None))
        closed = update(Payment).where(*is_same, *is_open).values(closed_date=utc_now(), next_check_date=None)
        return self._dbsession.execute(closed).rowcount == 1

    def _note_session(self, payment: OpenPayment, session: PaymentSession) -> None:
        if payment.session_id is None:
            unopened = (Payment.id == payment.id, Payment.session_id.is_(None))
            self._dbsession.execute(update(Payment).where(*unopened).values(session_id=session.id, url=session.url))

    def due(self, *, early: bool = False, after: str = "") -> Sequence[OpenPayment]:
        """The next payments that the provider should be asked about, at most BATCH, in the order of their ids.

        `after` is the id of the last one before them. With `early`, also those whose time has not come.
        """
        query = (
            self._of_gateway()
            .where(Payment.next_check_date.is_not(None) if early else Payment.next_check_date <= utc_now())
            .where(Payment.id > after)
            .order_by(Payment.id)
            .limit(BATCH)
        )
        return [_as_open(payment) for payment in self._dbsession.scalars(query)]

    def postpone(self, payment_id: str, *, is_answered: bool) -> None:
        """Ask about a payment again after the next pause. One that was never opened, or is too old, is given up.

        Only what the provider has answered for is too old: money that came while it could not be asked is not lost.
        """
        payment = self._dbsession.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
        if payment.next_check_date is None:
            return
        now = utc_now()
        age = now - payment.created_date
        if age > (MAX_AGE if payment.session_id else UNOPENED_LIFETIME) and (is_answered or not payment.session_id):
            payment.next_check_date = None
            payment.closed_date = now
            log.info("event=payment-given-up payment=%s order=%s", payment.id, payment.order_id)
            return
        payment.checks += 1
        payment.next_check_date = now + PAUSES[min(payment.checks, len(PAUSES) - 1)]


def _as_open(payment: Payment) -> OpenPayment:
    return OpenPayment(payment.id, payment.order_id, payment.session_id, payment.url, json.loads(payment.parameters))
