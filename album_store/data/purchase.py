"""The Purchase table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.order_line import OrderLine
from album_store.data.types import UtcDateTime


class Purchase(SqlAlchemyBase):
    """The right to one paid order line. An item is owned while one of its purchases is not revoked.

    `owner_key` is that of an account or, until an account confirms it, of an email address: see `account_key` and
    `email_key`. With `track_id` it is a right to that track, otherwise to the whole album. Each order line has one
    purchase, so that a refund of one payment takes nothing that another bought.
    """

    __tablename__ = "Purchase"
    __table_args__ = (Index(None, "owner_key", "created_date", "id"), Index(None, "owner_key", "album_id"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("OrderLine.id", ondelete="CASCADE"), unique=True)
    line: Mapped[OrderLine] = relationship()
    owner_key: Mapped[str] = mapped_column(String(300))
    album_id: Mapped[int] = mapped_column(ForeignKey("Album.id", ondelete="RESTRICT"), index=True)
    track_id: Mapped[int | None] = mapped_column(ForeignKey("Track.id", ondelete="RESTRICT"), index=True)
    revoked_date: Mapped[datetime | None] = mapped_column(UtcDateTime)


# The owner key of what was bought so long ago that the buyer's address has been deleted.
NOBODY = ""


def account_key(account_id: str) -> str:
    """Return the owner key of an account."""
    return f"account:{account_id}"


def email_key(email: str) -> str:
    """Return the owner key of an email address in its canonical form."""
    return f"email:{email}"
