"""The AuditEntry table."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import new_id


class AuditEntry(SqlAlchemyBase):
    """An admin action: who did what, and to which account.

    Names are stored as well as ids, because an entry outlives the accounts it refers to.
    """

    __tablename__ = "AuditEntry"
    __table_args__ = (Index(None, "target", "created_date"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    action: Mapped[str] = mapped_column(String(50))
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("Account.id", ondelete="SET NULL"), index=True)
    actor: Mapped[str] = mapped_column(String(254))
    ip_address: Mapped[str] = mapped_column(String(64), default="")
    target_id: Mapped[str | None] = mapped_column(ForeignKey("Account.id", ondelete="SET NULL"), index=True)
    target: Mapped[str] = mapped_column(String(254))
    details: Mapped[str] = mapped_column(String(500), default="")
