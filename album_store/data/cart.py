"""The Cart table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.cart_item import CartItem
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import UtcDateTime, new_id


class Cart(SqlAlchemyBase):
    """What an account, or a browser without one, is about to buy.

    `secret_hash` is the SHA-256 hash of the secret in the browser's cookie. Such a cart is deleted after
    `expires_date`, which every change of the cart moves.
    """

    __tablename__ = "Cart"
    __table_args__ = (CheckConstraint("(account_id IS NULL) <> (secret_hash IS NULL)", name="one_owner"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("Account.id", ondelete="CASCADE"), unique=True)
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    expires_date: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    items: Mapped[list[CartItem]] = relationship(cascade="all, delete-orphan", passive_deletes=True)
