"""Credit notes: one for each refund that succeeded of a payment with a receipt."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from album_store.data.credit_note import CreditNote
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.payment import Payment
from album_store.data.receipt import Receipt
from album_store.data.receipt_counter import credit_series
from album_store.data.refund import Refund
from album_store.data.refund_line import RefundLine
from album_store.services.mail_service import MailService
from album_store.services.store.receipt_numbers import next_number
from album_store.services.store.seller import Seller

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CreditNoteInFull:
    """A credit note with the lines that it is for, if any, and the number of the receipt that it corrects."""

    note: CreditNote
    refund: Refund
    lines: Sequence[OrderLine]
    receipt_number: str


@dataclass(frozen=True)
class CreditNoteService:
    """Writes, cancels and finds credit notes."""

    _dbsession: Session
    _mail: MailService
    seller: Seller

    def write(self, order: Order, refund: Refund) -> None:
        """Tell the buyer of a refund that succeeded, with a credit note if the payment had a receipt.

        The order is locked. The number comes last.
        """
        receipt = self._receipt_of(order) if refund.payment.is_delivered else None
        values = {"order": order, "refund": refund, "lines": self._lines_of(refund), "seller": self.seller}
        if receipt is None:
            self._mail.post("refund-sent", order.email, **values)
            return
        series = credit_series(order.series)
        number = next_number(self._dbsession, series)
        note = CreditNote(refund_id=refund.id, series=series, number=number)
        self._dbsession.add(note)
        self._mail.post("credit-note", order.email, number=note.label, receipt_number=receipt.label, **values)
        log.info("event=credit-note order=%s refund=%s", order.id, refund.id)

    def cancel(self, order: Order, refund: Refund, *, gives_back: bool) -> None:
        """Tell the buyer that a refund failed after it had succeeded. Its credit note keeps its number.

        `gives_back` says that the buyer has what was refunded again.
        """
        note = self._dbsession.scalar(select(CreditNote).where(CreditNote.refund_id == refund.id))
        number = note.label if note else ""
        values = {"order": order, "refund": refund, "number": number, "gives_back": gives_back}
        self._mail.post("credit-note-cancelled", order.email, **values)

    def of_order(self, order_id: str) -> Sequence[CreditNote]:
        """The credit notes of an order with their refunds, oldest first."""
        query = (
            select(CreditNote)
            .join(Refund, Refund.id == CreditNote.refund_id)
            .join(Payment, Payment.id == Refund.payment_id)
            .where(Payment.order_id == order_id)
            .options(joinedload(CreditNote.refund))
        )
        return self._dbsession.scalars(query.order_by(CreditNote.created_date, CreditNote.id)).all()

    def find(self, order: Order, refund_id: str) -> CreditNoteInFull | None:
        """The credit note of a refund of this order, or None."""
        found = next((note for note in self.of_order(order.id) if note.refund_id == refund_id), None)
        if found is None:
            return None
        receipt = self._receipt_of(order)
        return CreditNoteInFull(found, found.refund, self._lines_of(found.refund), receipt.label if receipt else "")

    def _receipt_of(self, order: Order) -> Receipt | None:
        return self._dbsession.scalar(select(Receipt).where(Receipt.order_id == order.id))

    def _lines_of(self, refund: Refund) -> Sequence[OrderLine]:
        query = select(OrderLine).join(RefundLine, RefundLine.order_line_id == OrderLine.id)
        return self._dbsession.scalars(query.where(RefundLine.refund_id == refund.id).order_by(OrderLine.id)).all()
