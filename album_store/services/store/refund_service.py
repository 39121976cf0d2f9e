"""Refunds: money of a payment that goes back, asked for by an admin or made at the provider."""

import json
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.refund import Refund
from album_store.data.refund_line import RefundLine
from album_store.data.types import new_id, utc_now
from album_store.infrastructure.payments.payment_gateway import DisputeState, PaymentGateway, RefundState
from album_store.services.store.credit_note_service import CreditNoteService
from album_store.services.store.dispute_service import DisputeService
from album_store.services.store.order_problems import REFUND_FAILED, OrderProblems
from album_store.services.store.refund_access import update_access
from album_store.services.store.refund_holds import recount, reserve

BATCH = 50
# Between two questions about a refund: they grow with its age. One that has succeeded may fail for a month.
MIN_PAUSE, MAX_PAUSE, MAX_AGE = timedelta(minutes=1), timedelta(hours=6), timedelta(days=30)
LATE_PAUSE = timedelta(days=1)

log = logging.getLogger(__name__)


class AlreadyRefundedError(Exception):
    """One of the lines was refunded before. `line_id` is the first of them."""

    def __init__(self, line_id: int) -> None:
        super().__init__(line_id)
        self.line_id = line_id


class NotRefundableError(Exception):
    """No money came with this payment, or the store cannot reach it any more."""


@dataclass(frozen=True)
class DueRefund:
    """A refund that the provider should make, or be asked about; `provider_id` is None if it has not answered."""

    id: str
    payment_id: str
    charge_id: str
    provider_id: str | None
    parameters: dict[str, Any]


@dataclass(frozen=True)
class RefundService:
    """Writes refunds before the provider hears of them, and what it says about them.

    No call is made here: the worker makes each between two transactions. An order is locked before its payments.
    """

    _dbsession: Session
    _gateway: PaymentGateway | None
    _problems: OrderProblems
    _credit_notes: CreditNoteService
    _disputes: DisputeService
    # Whether buyers lose what is refunded (`refunds.revoke_access`).
    _revokes: bool

    def can_refund(self, payment: Payment, order: Order) -> bool:
        """Whether money of a payment is left, and the gateway of the settings can reach it."""
        gateway = self._gateway
        is_reached = gateway is not None and (gateway.name, gateway.series) == (payment.gateway, order.series)
        return is_reached and bool(payment.charge_id) and payment.refunded_cents < payment.received_cents

    def request(
        self, refund_id: str, payment_id: str, amount_cents: int, *, lines: Collection[int], reason: str, by: str
    ) -> Refund:
        """Write a refund, which the worker makes. The same id makes one refund, however often it is sent.

        `lines` are the ids of the order lines that it is for, if any; each is refunded once, unless that fails. Raises
        NotRefundableError, AlreadyRefundedError and TooMuchError.
        """
        order, payment = self._lock(payment_id)
        known = self._dbsession.get(Refund, refund_id)
        if known is not None and known.payment_id == payment_id:
            return known
        if known is not None or not self.can_refund(payment, order):
            raise NotRefundableError
        if refunded := self._refunded_of(lines):
            raise AlreadyRefundedError(min(refunded))
        reserve(self._dbsession, order, payment, amount_cents)
        parameters = self._gateway.refund_parameters(refund_id, payment.charge_id, amount_cents)
        refund = Refund(
            id=refund_id,
            payment=payment,
            amount_cents=amount_cents,
            currency=payment.received_currency,
            reason=reason,
            requested_by=by,
            revokes_access=self._revokes,
            parameters=json.dumps(parameters, sort_keys=True),
            next_try_date=utc_now(),
            lines=[RefundLine(order_line_id=line_id) for line_id in lines],
        )
        self._dbsession.add(refund)
        log.info("event=refund-requested order=%s refund=%s amount=%d", order.id, refund_id, amount_cents)
        return refund

    def due(self) -> Sequence[DueRefund]:
        """The refunds that the provider should make or be asked about now, at most BATCH.

        Those of test payments wait while the store has the keys of real ones, which do not know them.
        """
        gateway = self._gateway
        if gateway is None:
            return []
        query = (
            select(Refund)
            .join(Payment, Payment.id == Refund.payment_id)
            .where(Refund.next_try_date <= utc_now())
            .join(Order, Order.id == Payment.order_id)
            .where(Payment.gateway == gateway.name, Order.series == gateway.series)
            .order_by(Refund.next_try_date)
            .limit(BATCH)
        )
        return [
            DueRefund(
                one.id, one.payment_id, one.payment.charge_id, one.provider_id, json.loads(one.parameters or "{}")
            )
            for one in self._dbsession.scalars(query)
        ]

    def payment_of(self, gateway: str, charge_id: str) -> str | None:
        """The id of the payment with which money came, or None."""
        same = (Payment.gateway == gateway, Payment.charge_id == charge_id)
        return self._dbsession.scalar(select(Payment.id).where(*same))

    def note(self, payment_id: str, refunds: Collection[RefundState], disputes: Collection[DisputeState] = ()) -> None:
        """Write what the provider says about the money of a payment, in whatever order that comes."""
        order, payment = self._lock(payment_id)
        succeeded = [refund for state in refunds if (refund := self._note(order, payment, state))]
        self._disputes.note(order, payment, disputes)
        recount(self._dbsession, order, payment)
        update_access(self._dbsession, payment)
        for refund in succeeded:
            self._credit_notes.write(order, refund)
        self._problems.solve_by_refunds(order)

    def refuse(self, due: DueRefund, failure: str) -> None:
        """Write that the provider refuses a refund for good, and release its amount."""
        order, payment = self._lock(due.payment_id)
        refund = self._dbsession.get_one(Refund, due.id, populate_existing=True)
        if refund.provider_id is None and refund.failed_date is None:
            self._fail(order, refund, failure)
            recount(self._dbsession, order, payment)

    def postpone(self, refund_id: str) -> None:
        """Make a call again later."""
        refund = self._dbsession.get_one(Refund, refund_id, with_for_update=True, populate_existing=True)
        self._schedule(refund)

    def _lock(self, payment_id: str) -> tuple[Order, Payment]:
        order_id = self._dbsession.scalars(select(Payment.order_id).where(Payment.id == payment_id)).one()
        order = self._dbsession.get_one(Order, order_id, with_for_update=True, populate_existing=True)
        payment = self._dbsession.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
        return order, payment

    def _note(self, order: Order, payment: Payment, state: RefundState) -> Refund | None:
        """Write one refund. Returns it if it has succeeded just now."""
        refund = self._find(payment, state) or self._write(payment, state)
        refund.provider_id = state.provider_id
        if refund.failed_date is not None:
            return None
        is_news = state.is_succeeded and refund.succeeded_date is None
        if is_news:
            refund.succeeded_date = utc_now()
            log.info("event=refund-succeeded order=%s refund=%s", order.id, refund.id)
        if state.is_failed:
            self._fail(order, refund, state.failure)
        self._schedule(refund)
        return refund if is_news else None

    def _refunded_of(self, lines: Collection[int]) -> set[int]:
        """Which of some lines a refund that has not failed is for."""
        query = select(RefundLine.order_line_id).join(Refund, Refund.id == RefundLine.refund_id)
        live = (RefundLine.order_line_id.in_(lines), Refund.failed_date.is_(None))
        return set(self._dbsession.scalars(query.where(*live)))

    def _find(self, payment: Payment, state: RefundState) -> Refund | None:
        of_payment = select(Refund).where(Refund.payment_id == payment.id)
        known = self._dbsession.scalar(of_payment.where(Refund.provider_id == state.provider_id))
        if known is None and state.refund_id:
            known = self._dbsession.scalar(of_payment.where(Refund.id == state.refund_id))
        return known

    def _write(self, payment: Payment, state: RefundState) -> Refund:
        """Write a refund that was made at the provider. It keeps the purchases."""
        refund = Refund(
            id=new_id(),
            payment=payment,
            provider_id=state.provider_id,
            amount_cents=state.amount_cents,
            currency=state.currency,
        )
        self._dbsession.add(refund)
        self._dbsession.flush()
        return refund

    def _fail(self, order: Order, refund: Refund, failure: str) -> None:
        refund.failed_date, refund.failure, refund.next_try_date = utc_now(), failure[:200], None
        self._problems.flag(order, REFUND_FAILED)
        if refund.succeeded_date is not None:
            gives_back = update_access(self._dbsession, refund.payment)
            self._credit_notes.cancel(order, refund, gives_back=gives_back)
        log.warning("event=refund-failed order=%s refund=%s", order.id, refund.id)

    def _schedule(self, refund: Refund) -> None:
        if refund.failed_date is not None:
            return
        now = utc_now()
        age = now - (refund.created_date or now)
        if refund.succeeded_date is None:
            refund.next_try_date = now + min(max(age, MIN_PAUSE), MAX_PAUSE)
        else:
            refund.next_try_date = now + max(age, LATE_PAUSE) if age < MAX_AGE else None
