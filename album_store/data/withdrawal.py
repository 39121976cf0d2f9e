"""The Withdrawal table."""

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase


class Withdrawal(SqlAlchemyBase):
    """A buyer's withdrawal from an order, with the name that they gave. Each order has at most one.

    `email` is where the confirmation was sent.
    """

    __tablename__ = "Withdrawal"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("Order.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254))
