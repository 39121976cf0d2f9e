"""The KnownBrowser table."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import UtcDateTime, new_id, utc_now


class KnownBrowser(SqlAlchemyBase):
    """A browser that has signed in to an account before. Its attempts have a separate rate limit.

    The cookie holds a 256-bit secret for each account, the row only its SHA-256 hash. The cookie grants no access.
    """

    __tablename__ = "KnownBrowser"
    __table_args__ = (UniqueConstraint("account_id", "token_hash"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("Account.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), index=True)
    last_used_date: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
