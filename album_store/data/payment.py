"""The Payment table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.order import Order
from album_store.data.types import UtcDateTime, new_id


class Payment(SqlAlchemyBase):
    """An attempt to pay an order at a payment provider.

    Its id is the idempotency key of the request that opens the provider's session, and `parameters` are those of that
    request as JSON: a repeated one is the same to the last byte. `session_id` is empty until the provider has answered.
    `url` is the provider's page, and empty again once the buyer has paid in a way that takes days. `next_check_date` is
    when the worker asks the provider about it, and NULL once it is settled or closed.

    The other columns say what came: the provider's id of the money, its amount, the provider's fee and the buyer's
    country, as far as they are known. `is_delivered` says that the order was delivered for it.
    """

    __tablename__ = "Payment"
    __table_args__ = (
        CheckConstraint("refunded_cents >= 0 AND refunded_cents <= received_cents", name="refunded_within_received"),
        Index(None, "gateway", "session_id", unique=True),
        Index(None, "gateway", "charge_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    order_id: Mapped[str] = mapped_column(ForeignKey("Order.id", ondelete="CASCADE"), index=True)
    order: Mapped[Order] = relationship()
    gateway: Mapped[str] = mapped_column(String(20))
    parameters: Mapped[str] = mapped_column(Text)
    session_id: Mapped[str | None] = mapped_column(String(255))
    url: Mapped[str] = mapped_column(Text, default="")
    checks: Mapped[int] = mapped_column(default=0)
    next_check_date: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    paid_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    charge_id: Mapped[str | None] = mapped_column(String(255))
    received_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    received_currency: Mapped[str] = mapped_column(String(3), default="", server_default="")
    refunded_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    fee_cents: Mapped[int | None]
    fee_currency: Mapped[str] = mapped_column(String(3), default="", server_default="")
    country: Mapped[str] = mapped_column(String(2), default="", server_default="")
    is_delivered: Mapped[bool] = mapped_column(default=False, server_default=false())
