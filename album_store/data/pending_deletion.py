"""The PendingDeletion table."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import UtcDateTime


class PendingDeletion(SqlAlchemyBase):
    """A requested account deletion and its due date. The owner can cancel it until then."""

    __tablename__ = "PendingDeletion"

    account_id: Mapped[str] = mapped_column(ForeignKey("Account.id", ondelete="CASCADE"), primary_key=True)
    due_date: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
