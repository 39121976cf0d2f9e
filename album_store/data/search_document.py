"""The SearchDocument table and its full-text index in SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import DDL, ForeignKey, Text, event
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


# FTS5 reads the words from the table above ("external content"). Three triggers keep the index in sync.
# See https://www.sqlite.org/fts5.html#external_content_tables
_FULL_TEXT_INDEX = (
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS "AlbumSearch"
    USING fts5(words, content='SearchDocument', content_rowid='album_id', prefix='2 3')
    """,
    """
    CREATE TRIGGER IF NOT EXISTS "SearchDocument_insert" AFTER INSERT ON "SearchDocument" BEGIN
        INSERT INTO "AlbumSearch" (rowid, words) VALUES (new.album_id, new.words);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS "SearchDocument_delete" AFTER DELETE ON "SearchDocument" BEGIN
        INSERT INTO "AlbumSearch" ("AlbumSearch", rowid, words) VALUES ('delete', old.album_id, old.words);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS "SearchDocument_update" AFTER UPDATE ON "SearchDocument" BEGIN
        INSERT INTO "AlbumSearch" ("AlbumSearch", rowid, words) VALUES ('delete', old.album_id, old.words);
        INSERT INTO "AlbumSearch" (rowid, words) VALUES (new.album_id, new.words);
    END
    """,
)

for statement in _FULL_TEXT_INDEX:
    event.listen(SearchDocument.__table__, "after_create", DDL(statement).execute_if(dialect="sqlite"))
