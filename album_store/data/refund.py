"""The Refund table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.payment import Payment
from album_store.data.refund_line import RefundLine
from album_store.data.types import UtcDateTime, new_id

MAX_REASON = 500


class Refund(SqlAlchemyBase):
    """Money of one payment that goes back. It holds the amount from the start, until it fails.

    Its id is the idempotency key of the request to the provider, and `parameters` are those of that request as JSON,
    empty if it was made at the provider. `provider_id` is empty until the provider has answered. Its dates are facts
    that only grow: a refund may fail after it has succeeded. `next_try_date` is when the worker makes the call or asks
    what became of it, and NULL once nothing more can happen.
    """

    __tablename__ = "Refund"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        Index(None, "payment_id", "provider_id", unique=True),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    payment_id: Mapped[str] = mapped_column(ForeignKey("Payment.id", ondelete="RESTRICT"))
    payment: Mapped[Payment] = relationship()
    provider_id: Mapped[str | None] = mapped_column(String(255))
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(MAX_REASON), default="")
    requested_by: Mapped[str] = mapped_column(String(254), default="")
    revokes_access: Mapped[bool] = mapped_column(default=False)
    parameters: Mapped[str] = mapped_column(Text, default="")
    next_try_date: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    succeeded_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str] = mapped_column(String(200), default="")

    lines: Mapped[list[RefundLine]] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @property
    def has_succeeded(self) -> bool:
        """Whether the money has gone back and has not come again."""
        return self.succeeded_date is not None and self.failed_date is None
