"""The Dispute table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, and_
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import UtcDateTime


class Dispute(SqlAlchemyBase):
    """A buyer's complaint to the bank about a payment. Its dates are facts that only grow.

    `due_date` is until when the owner may answer at the provider. A lost one takes the purchases; a won one does not.
    """

    __tablename__ = "Dispute"
    __table_args__ = (Index(None, "payment_id", "provider_id", unique=True),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("Payment.id", ondelete="RESTRICT"))
    provider_id: Mapped[str] = mapped_column(String(255))
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(100), default="")
    due_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    won_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lost_date: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_lost(self) -> bool:
        """Whether the money is gone for good."""
        return self.lost_date is not None and self.won_date is None


# `Dispute.is_lost` as a condition.
IS_LOST = and_(Dispute.lost_date.is_not(None), Dispute.won_date.is_(None))
