"""The PendingEmailChange table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.secret_link import SecretLink

if TYPE_CHECKING:
    from album_store.data.account import Account


class PendingEmailChange(SecretLink, SqlAlchemyBase):
    """A new address, to be confirmed with an emailed link. The account keeps the old address until then."""

    __tablename__ = "PendingEmailChange"

    account_id: Mapped[str] = mapped_column(ForeignKey("Account.id", ondelete="CASCADE"), index=True)
    account: Mapped[Account] = relationship(back_populates="email_changes")
    new_email: Mapped[str] = mapped_column(String(254))
