"""The Order table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.order_line import OrderLine
from album_store.data.order_problem import OrderProblem
from album_store.data.types import UtcDateTime, new_id
from album_store.data.withdrawal import Withdrawal


class Order(SqlAlchemyBase):
    """What a buyer agreed to buy. It is written before anyone pays, and its amounts never change.

    `paid_date` is set once, when all of it is paid or at once if it is free. `refunded_cents` is held by the refunds of
    that payment which have not failed. `is_held` says that nothing was delivered for the money that came, because it
    does not match what was ordered; it stays when the owner has seen to it. `checkout_key` comes from the form, so that
    pressing its button again finds the same order.

    `consent_date` is when the buyer agreed to lose the right of withdrawal. `browser_hash` is the hash of the secret of
    the browser that ordered without an account, and "" for an account. `email` is the buyer's address; it follows that
    of the account, and is empty once the personal data was deleted.
    """

    __tablename__ = "Order"
    __table_args__ = (
        CheckConstraint("total_cents >= 0", name="total_not_negative"),
        CheckConstraint("refunded_cents >= 0 AND refunded_cents <= total_cents", name="refunded_within_total"),
        Index(None, "account_id", "created_date"),
        Index(None, "account_id", "is_held", "created_date"),
        Index(None, "email", "created_date"),
        Index(None, "paid_date", "id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    checkout_key: Mapped[str] = mapped_column(String(32), unique=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("Account.id", ondelete="SET NULL"))
    email: Mapped[str] = mapped_column(String(254))
    series: Mapped[str] = mapped_column(String(10))
    currency: Mapped[str] = mapped_column(String(3))
    total_cents: Mapped[int]
    refunded_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    paid_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_held: Mapped[bool] = mapped_column(default=False, server_default=false())
    ip_address: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(500), default="")
    consent_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    browser_hash: Mapped[str] = mapped_column(String(64), default="", server_default="")

    lines: Mapped[list[OrderLine]] = relationship(
        back_populates="order", order_by="OrderLine.id", cascade="all, delete-orphan", passive_deletes=True
    )
    problems: Mapped[list[OrderProblem]] = relationship(
        back_populates="order", order_by=OrderProblem.created_date, cascade="all, delete-orphan", passive_deletes=True
    )
    withdrawal: Mapped[Withdrawal | None] = relationship(viewonly=True)

    @property
    def open_problems(self) -> list[OrderProblem]:
        """What the owner has to look at, oldest first."""
        return [problem for problem in self.problems if problem.is_open]
