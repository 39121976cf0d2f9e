"""The Artist table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase

if TYPE_CHECKING:
    from album_store.data.album import Album


class Artist(SqlAlchemyBase):
    """A band or a musician."""

    __tablename__ = "Artist"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    url: Mapped[str] = mapped_column(String(200), unique=True)
    biography: Mapped[str] = mapped_column(Text, default="")
    albums: Mapped[list[Album]] = relationship(back_populates="artist", passive_deletes=True)
