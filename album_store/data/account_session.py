"""The AccountSession table."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import UtcDateTime, new_id, utc_now

if TYPE_CHECKING:
    from album_store.data.account import Account


class AccountSession(SqlAlchemyBase):
    """One signed-in browser. The cookie holds a 256-bit secret, the row only its SHA-256 hash."""

    __tablename__ = "AccountSession"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("Account.id", ondelete="CASCADE"), index=True)
    account: Mapped[Account] = relationship(back_populates="sessions")
    last_seen_date: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
    ip_address: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(500), default="")
