"""The Download table."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.types import UtcDateTime


class Download(SqlAlchemyBase):
    """A press of a download button. Its address works for this file until it expires, also for resumed transfers.

    The address contains a secret, of which the row holds the hash.
    """

    __tablename__ = "Download"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    purchase_id: Mapped[int] = mapped_column(ForeignKey("Purchase.id", ondelete="CASCADE"), index=True)
    track_id: Mapped[int | None] = mapped_column(ForeignKey("Track.id", ondelete="SET NULL"), index=True)
    audio: Mapped[str] = mapped_column(String(200))
    file_name: Mapped[str] = mapped_column(String(300))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_date: Mapped[datetime] = mapped_column(UtcDateTime)
    ip_address: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(500), default="")
