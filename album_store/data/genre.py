"""The Genre table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase

if TYPE_CHECKING:
    from album_store.data.album import Album


class Genre(SqlAlchemyBase):
    """A genre, named as in the catalogue."""

    __tablename__ = "Genre"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    url: Mapped[str] = mapped_column(String(100), unique=True)
    albums: Mapped[list[Album]] = relationship(secondary="AlbumGenre", back_populates="genres")
