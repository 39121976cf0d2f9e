"""The PasswordReset table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.secret_link import SecretLink

if TYPE_CHECKING:
    from album_store.data.account import Account


class PasswordReset(SecretLink, SqlAlchemyBase):
    """A password reset link: where it was requested and where it was used."""

    __tablename__ = "PasswordReset"
    __table_args__ = (Index(None, "created_ip_address", "created_date"),)

    account_id: Mapped[str] = mapped_column(ForeignKey("Account.id", ondelete="CASCADE"), index=True)
    account: Mapped[Account] = relationship(back_populates="password_resets")
