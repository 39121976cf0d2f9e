"""The OutgoingMail table."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import UtcDateTime, new_id, utc_now


class OutgoingMail(SqlAlchemyBase):
    """A mail in the outbox: written in the transaction that caused it, sent later, its body deleted once sent.

    `next_attempt_date` is when a worker may take it; it is NULL once the mail is sent or given up.
    """

    __tablename__ = "OutgoingMail"
    __table_args__ = (Index(None, "next_attempt_date", "created_date"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(50))
    recipient: Mapped[str] = mapped_column(String(254), index=True)
    subject: Mapped[str] = mapped_column(String(300))
    text_body: Mapped[str | None] = mapped_column(Text)
    html_body: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_date: Mapped[datetime | None] = mapped_column(UtcDateTime, default=utc_now)
    sent_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_date: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    last_error: Mapped[str] = mapped_column(String(500), default="")
