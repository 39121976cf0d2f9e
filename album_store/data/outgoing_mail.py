"""The OutgoingMail table."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import UtcDateTime, new_id, utc_now

MAX_SUBJECT = 300


class OutgoingMail(SqlAlchemyBase):
    """An email in the outbox. It is written in the transaction that caused it and sent later; its body is then deleted.

    `next_attempt_date` is when a worker may send it, and NULL after it was sent or given up. `order_id` is the order
    that it is about, if any, which may have been deleted since.
    """

    __tablename__ = "OutgoingMail"
    __table_args__ = (
        Index(None, "next_attempt_date", "created_date"),
        # By the naming convention, the name would be too long for PostgreSQL.
        Index("ix_OutgoingMail_recipient_kind_created_date", "recipient", "kind", "created_date"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(50))
    order_id: Mapped[str | None] = mapped_column(String(32), index=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(MAX_SUBJECT))
    text_body: Mapped[str | None] = mapped_column(Text)
    html_body: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_date: Mapped[datetime | None] = mapped_column(UtcDateTime, default=utc_now)
    sent_date: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_date: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    last_error: Mapped[str] = mapped_column(String(500), default="")
