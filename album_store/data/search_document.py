"""The SearchDocument table. Each kind of database keeps an index of its own over it: see `engines`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase

if TYPE_CHECKING:
    from album_store.data.album import Album


class SearchDocument(SqlAlchemyBase):
    """The search words of an album, made by `search_words` from its title, artist and tracks."""

    __tablename__ = "SearchDocument"

    album_id: Mapped[int] = mapped_column(ForeignKey("Album.id", ondelete="CASCADE"), primary_key=True)
    album: Mapped[Album] = relationship(back_populates="search_document")
    words: Mapped[str] = mapped_column(Text, default="")
