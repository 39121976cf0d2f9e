"""The ProviderEvent table."""

from datetime import datetime

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import UtcDateTime


class ProviderEvent(SqlAlchemyBase):
    """An event that a payment provider sent, about a session or about the money of a payment; otherwise both are empty.

    It is stored once however often it comes, and `applied_date` is set once that was looked at. `next_try_date`
    is set when that failed.
    """

    __tablename__ = "ProviderEvent"
    __table_args__ = (
        Index(None, "gateway", "event_id", unique=True),
        Index(None, "applied_date", "created_date"),
        Index(None, "session_id"),
        Index(None, "charge_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    gateway: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(100))
    session_id: Mapped[str] = mapped_column(String(255), default="")
    charge_id: Mapped[str] = mapped_column(String(255), default="", server_default="")
    applied_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_try_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
