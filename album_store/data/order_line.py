"""The OrderLine table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.search_words import index_words

if TYPE_CHECKING:
    from album_store.data.album import Album
    from album_store.data.order import Order

# Enough for the words of nearly all titles. What does not fit is not found.
MAX_SEARCH_WORDS = 2_000


def search_words_of(*names: str) -> str:
    """Return the search words of titles and artists, see `index_words`."""
    return index_words([name for name in names if name])[:MAX_SEARCH_WORDS]


def _search_words(context: Any) -> str:
    line = context.get_current_parameters()
    return search_words_of(line["title"], line["artist_name"], line.get("album_title", ""))


class OrderLine(SqlAlchemyBase):
    """One item of an order, with the titles and the amount as they were then.

    It is an album, or with `track_id` one track of it; `album_title` is then the album's. What was ordered cannot be
    deleted. `search_words` are those of its titles and its artist.
    """

    __tablename__ = "OrderLine"
    __table_args__ = (
        CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
        Index(None, "album_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("Order.id", ondelete="CASCADE"), index=True)
    order: Mapped[Order] = relationship(back_populates="lines")
    album_id: Mapped[int] = mapped_column(ForeignKey("Album.id", ondelete="RESTRICT"))
    album: Mapped[Album] = relationship()
    track_id: Mapped[int | None] = mapped_column(ForeignKey("Track.id", ondelete="RESTRICT"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    artist_name: Mapped[str] = mapped_column(String(200))
    album_title: Mapped[str] = mapped_column(String(300), default="", server_default="")
    amount_cents: Mapped[int]
    search_words: Mapped[str] = mapped_column(String(MAX_SEARCH_WORDS), default=_search_words, server_default="")
