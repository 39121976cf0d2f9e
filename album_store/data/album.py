"""The Album table and its association tables for maintainers and genres."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    true,
)
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.name_key import MAX_KEY, name_key
from album_store.data.types import UtcDateTime, utc_now

if TYPE_CHECKING:
    from album_store.data.account import Account
    from album_store.data.artist import Artist
    from album_store.data.genre import Genre
    from album_store.data.language import Language
    from album_store.data.license import License
    from album_store.data.search_document import SearchDocument
    from album_store.data.track import Track

AlbumMaintainer = Table(
    "AlbumMaintainer",
    SqlAlchemyBase.metadata,
    Column("album_id", ForeignKey("Album.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", ForeignKey("Account.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("created_date", UtcDateTime, default=utc_now, nullable=False),
)

AlbumGenre = Table(
    "AlbumGenre",
    SqlAlchemyBase.metadata,
    Column("genre_id", ForeignKey("Genre.id", ondelete="CASCADE"), primary_key=True),
    Column("album_id", ForeignKey("Album.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("created_date", UtcDateTime, default=utc_now, nullable=False),
)


class Album(SqlAlchemyBase):
    """An album. The price is in minor units of its currency (cents).

    With `minimum_cents`, buyers name their price: at least that, and `price_cents` is what the form suggests. An album
    that is not `for_sale` cannot be bought, nor can its tracks.

    The `sort_` columns repeat other columns in a form that an index can sort by. `catalogue_keys` fills them before
    each flush. Each has an index that ends with the id, so that every page of a list costs the same. `name_key` is the
    same for all spellings of a title and unique among the albums of an artist.
    """

    __tablename__ = "Album"
    __table_args__ = (
        CheckConstraint("price_cents >= 0", name="price_not_negative"),
        Index(None, "published", "sort_date", "id"),
        Index(None, "published", "sort_title", "id"),
        Index(None, "published", "sort_artist", "id"),
        Index(None, "published", "price_cents", "id"),
        Index(None, "artist_id", "published", "sort_date", "id"),
        Index(None, "artist_id", "name_key", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    url: Mapped[str] = mapped_column(String(200), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(MAX_KEY), server_default="")
    artist_id: Mapped[int] = mapped_column(ForeignKey("Artist.id", ondelete="RESTRICT"))
    artist: Mapped[Artist] = relationship(back_populates="albums")
    release_date: Mapped[dt.date | None] = mapped_column(Date)
    price_cents: Mapped[int]
    minimum_cents: Mapped[int | None]
    for_sale: Mapped[bool] = mapped_column(default=True, server_default=true())
    currency: Mapped[str] = mapped_column(String(3))
    cover: Mapped[str | None] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    credits: Mapped[str] = mapped_column(Text, default="")
    published: Mapped[bool] = mapped_column(default=True)
    license_name: Mapped[str | None] = mapped_column(ForeignKey("License.name", ondelete="SET NULL"), index=True)
    license: Mapped[License | None] = relationship()
    language_name: Mapped[str | None] = mapped_column(ForeignKey("Language.name", ondelete="SET NULL"), index=True)
    language: Mapped[Language | None] = relationship()
    updated_date: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now, onupdate=utc_now)

    sort_date: Mapped[dt.date] = mapped_column(Date)
    sort_title: Mapped[str] = mapped_column(String(300))
    sort_artist: Mapped[str] = mapped_column(String(200))

    tracks: Mapped[list[Track]] = relationship(
        back_populates="album",
        order_by="Track.display_order",
        collection_class=ordering_list("display_order"),
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    genres: Mapped[list[Genre]] = relationship(secondary=AlbumGenre, back_populates="albums", order_by="Genre.name")
    maintainers: Mapped[list[Account]] = relationship(secondary=AlbumMaintainer)
    search_document: Mapped[SearchDocument | None] = relationship(
        back_populates="album", cascade="all, delete-orphan", passive_deletes=True
    )

    @validates("title")
    def _set_name_key(self, _column: str, title: str) -> str:
        self.name_key = name_key(title)
        return title

    @property
    def is_free(self) -> bool:
        """Whether the album costs nothing, and buyers are not asked to name a price."""
        return self.price_cents == 0 and self.minimum_cents is None

    @property
    def artist_name(self) -> str:
        """The name of the artist, as rows of `CARDS` have it."""
        return self.artist.name

    @hybrid_method
    def is_upcoming(self, today: dt.date) -> bool:
        """Whether the release date is after `today`, the date in the store's time zone."""
        return self.release_date is not None and self.release_date > today

    @is_upcoming.inplace.expression
    @classmethod
    def _is_upcoming(cls, today: dt.date) -> ColumnElement[bool]:
        """The same by the column that has an index; without a release date it holds the day the album was added."""
        return cls.sort_date > today
