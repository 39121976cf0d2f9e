"""The BrowserAccess table."""

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase


class BrowserAccess(SqlAlchemyBase):
    """What a browser without an account may see: one order, or with `email` all purchases of that address.

    `browser_hash` is the SHA-256 hash of the secret in its cookie.
    """

    __tablename__ = "BrowserAccess"
    __table_args__ = (Index(None, "browser_hash", "order_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    order_id: Mapped[str | None] = mapped_column(ForeignKey("Order.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254), default="")
