"""The Genre table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.name_key import MAX_KEY, name_key

if TYPE_CHECKING:
    from album_store.data.album import Album


class Genre(SqlAlchemyBase):
    """A genre, shown as first spelt. `name_key` is the same for all spellings of the name."""

    __tablename__ = "Genre"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    name_key: Mapped[str] = mapped_column(String(MAX_KEY), unique=True, index=True, server_default="")
    url: Mapped[str] = mapped_column(String(100), unique=True)
    albums: Mapped[list[Album]] = relationship(secondary="AlbumGenre", back_populates="genres")

    @validates("name")
    def _set_name_key(self, _column: str, name: str) -> str:
        self.name_key = name_key(name)
        return name
