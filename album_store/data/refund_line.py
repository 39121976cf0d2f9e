"""The RefundLine table."""

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase


class RefundLine(SqlAlchemyBase):
    """An order line that a refund is for. A refund of an amount has none."""

    __tablename__ = "RefundLine"
    __table_args__ = (UniqueConstraint("refund_id", "order_line_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    refund_id: Mapped[str] = mapped_column(ForeignKey("Refund.id", ondelete="CASCADE"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("OrderLine.id", ondelete="RESTRICT"), index=True)
