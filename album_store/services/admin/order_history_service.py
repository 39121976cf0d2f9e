"""One order with everything that happened to it, for admins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from album_store.data.audit_entry import AuditEntry
from album_store.data.credit_note import CreditNote
from album_store.data.dispute import Dispute
from album_store.data.download import Download
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.payment import Payment
from album_store.data.provider_event import ProviderEvent
from album_store.data.purchase import Purchase
from album_store.data.receipt import Receipt
from album_store.data.refund import Refund
from album_store.data.withdrawal import Withdrawal

MAX_ACTIONS = MAX_DOWNLOADS = MAX_EVENTS = MAX_MAILS = 50


@dataclass(frozen=True)
class OrderInFull:
    """An order with everything that happened to it; of downloads, events, emails and actions the newest."""

    order: Order
    payments: Sequence[Payment]
    receipt: Receipt | None
    purchases: Sequence[Purchase]
    withdrawal: Withdrawal | None
    refunds: Sequence[Refund]
    credit_notes: Sequence[CreditNote]
    disputes: Sequence[Dispute]
    events: Sequence[ProviderEvent]
    mails: Sequence[OutgoingMail]
    downloads: Sequence[Download]
    actions: Sequence[AuditEntry]

    @property
    def refunded_lines(self) -> set[int]:
        """The ids of the lines that a refund which has not failed is for."""
        live = (refund for refund in self.refunds if refund.failed_date is None)
        return {line.order_line_id for refund in live for line in refund.lines}


@dataclass(frozen=True)
class OrderHistoryService:
    """Finds one order."""

    _dbsession: Session

    def find(self, order_id: str) -> OrderInFull | None:
        """One order with everything that its page shows, or None."""
        query = select(Order).where(Order.id == order_id)
        query = query.options(selectinload(Order.lines).joinedload(OrderLine.album), selectinload(Order.problems))
        order = self._dbsession.scalar(query)
        if order is None:
            return None
        of_order = Payment.order_id == order_id
        payments = self._all(select(Payment).where(of_order).order_by(Payment.created_date, Payment.id))
        refunds = self._all(
            select(Refund)
            .join(Payment, Payment.id == Refund.payment_id)
            .where(of_order)
            .options(selectinload(Refund.lines))
            .order_by(Refund.created_date, Refund.id)
        )
        notes = CreditNote.refund_id.in_([refund.id for refund in refunds])
        return OrderInFull(
            order,
            payments,
            self._dbsession.scalar(select(Receipt).where(Receipt.order_id == order_id)),
            self._all(
                select(Purchase)
                .join(OrderLine, OrderLine.id == Purchase.order_line_id)
                .where(OrderLine.order_id == order_id)
            ),
            self._dbsession.scalar(select(Withdrawal).where(Withdrawal.order_id == order_id)),
            refunds,
            self._all(select(CreditNote).where(notes).order_by(CreditNote.id)) if refunds else [],
            self._all(select(Dispute).join(Payment, Payment.id == Dispute.payment_id).where(of_order)),
            self._events(payments),
            self._all(
                select(OutgoingMail)
                .where(OutgoingMail.order_id == order_id)
                .order_by(OutgoingMail.created_date.desc())
                .limit(MAX_MAILS)
            ),
            self._downloads(order_id),
            self._all(
                select(AuditEntry)
                .where(AuditEntry.target == order_id)
                .order_by(AuditEntry.created_date.desc())
                .limit(MAX_ACTIONS)
            ),
        )

    def _all(self, query: Any) -> Sequence[Any]:
        return self._dbsession.scalars(query).all()

    def _events(self, payments: Sequence[Payment]) -> Sequence[ProviderEvent]:
        sessions = [payment.session_id for payment in payments if payment.session_id]
        charges = [payment.charge_id for payment in payments if payment.charge_id]
        concerns = or_(ProviderEvent.session_id.in_(sessions), ProviderEvent.charge_id.in_(charges))
        query = select(ProviderEvent).where(concerns).order_by(ProviderEvent.created_date.desc())
        return self._all(query.limit(MAX_EVENTS)) if sessions or charges else []

    def _downloads(self, order_id: str) -> Sequence[Download]:
        query = (
            select(Download)
            .join(Purchase, Purchase.id == Download.purchase_id)
            .join(OrderLine, OrderLine.id == Purchase.order_line_id)
            .where(OrderLine.order_id == order_id)
            .order_by(Download.created_date.desc())
        )
        return self._all(query.limit(MAX_DOWNLOADS))
