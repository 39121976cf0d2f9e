"""The Artist table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.name_key import MAX_KEY, name_key

if TYPE_CHECKING:
    from album_store.data.album import Album


class Artist(SqlAlchemyBase):
    """A band or musician, shown as first spelt. `name_key` is the same for all spellings of the name.

    `picture` is the key of a stored cover. `links` holds one URL per line.
    """

    __tablename__ = "Artist"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    name_key: Mapped[str] = mapped_column(String(MAX_KEY), unique=True, index=True, server_default="")
    url: Mapped[str] = mapped_column(String(200), unique=True)
    biography: Mapped[str] = mapped_column(Text, default="")
    picture: Mapped[str | None] = mapped_column(String(200))
    links: Mapped[str] = mapped_column(String(2_000), default="", server_default="")
    albums: Mapped[list[Album]] = relationship(back_populates="artist", passive_deletes=True)

    @validates("name")
    def _set_name_key(self, _column: str, name: str) -> str:
        self.name_key = name_key(name)
        return name
