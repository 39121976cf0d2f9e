"""The Track table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase

if TYPE_CHECKING:
    from album_store.data.album import Album


class Track(SqlAlchemyBase):
    """A track of an album. `audio` is the file that buyers get, `preview` the clip that visitors can play.

    `artist_name` is "" if the artist is the album's. Tracks of compilations name their own. `price_cents` is in minor
    units of the album's currency, or NULL if the track is sold only with its album; `minimum_cents` is as for albums.
    """

    __tablename__ = "Track"
    __table_args__ = (
        CheckConstraint("length_ms >= 0", name="length_not_negative"),
        CheckConstraint("disc_number >= 1", name="disc_number_from_one"),
        CheckConstraint("track_number >= 1", name="track_number_from_one"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    album_id: Mapped[int] = mapped_column(ForeignKey("Album.id", ondelete="CASCADE"), index=True)
    album: Mapped[Album] = relationship(back_populates="tracks")
    display_order: Mapped[int] = mapped_column(default=0)
    disc_number: Mapped[int] = mapped_column(default=1)
    track_number: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(300))
    # A migration added this column to existing rows, so it also has a default in the database.
    artist_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    composer: Mapped[str] = mapped_column(String(500), default="")
    genre_id: Mapped[int | None] = mapped_column(ForeignKey("Genre.id", ondelete="SET NULL"), index=True)
    length_ms: Mapped[int]
    isrc: Mapped[str] = mapped_column(String(12), default="", index=True)
    price_cents: Mapped[int | None]
    minimum_cents: Mapped[int | None]
    lyrics: Mapped[str] = mapped_column(Text, default="")
    preview: Mapped[str | None] = mapped_column(String(200))
    audio: Mapped[str | None] = mapped_column(String(200))
