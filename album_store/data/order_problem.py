"""The OrderProblem table."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import UtcDateTime, new_id

if TYPE_CHECKING:
    from album_store.data.order import Order


class OrderProblem(SqlAlchemyBase):
    """Why the owner has to look at an order, see `order_problems.PROBLEMS`. An order has at most one open of a kind.

    `done_by` is who marked it as done, and empty if it was solved by what happened to the order's money.
    """

    __tablename__ = "OrderProblem"
    __table_args__ = (
        CheckConstraint("is_open = (done_date IS NULL)", name="open_until_done"),
        Index("ix_OrderProblem_open", "is_open", "created_date", "id"),
        Index("ix_OrderProblem_kind", "kind", "is_open", "created_date", "id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    order_id: Mapped[str] = mapped_column(ForeignKey("Order.id", ondelete="CASCADE"), index=True)
    order: Mapped[Order] = relationship(back_populates="problems")
    kind: Mapped[str] = mapped_column(String(20))
    is_open: Mapped[bool] = mapped_column(default=True)
    done_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[str] = mapped_column(String(254), default="")
