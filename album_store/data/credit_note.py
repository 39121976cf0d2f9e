"""The CreditNote table."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.receipt_counter import LIVE, credit_series
from album_store.data.refund import Refund


class CreditNote(SqlAlchemyBase):
    """The number of a refund that succeeded, without gaps within its series.

    If the refund fails later, the note counts as cancelled and keeps its number.
    """

    __tablename__ = "CreditNote"
    __table_args__ = (UniqueConstraint("series", "number"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    refund_id: Mapped[str] = mapped_column(ForeignKey("Refund.id", ondelete="RESTRICT"), unique=True)
    refund: Mapped[Refund] = relationship()
    number: Mapped[int]
    series: Mapped[str] = mapped_column(String(10))

    @property
    def label(self) -> str:
        """The number as it is printed: `C-42`, or `TEST-C-42` in another series than that of real payments."""
        prefix = "" if self.series == credit_series(LIVE) else f"{self.series.partition('-')[0].upper()}-"
        return f"{prefix}C-{self.number}"
