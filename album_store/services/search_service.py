"""Searching the catalogue by the words of titles, artists and tracks."""

from collections.abc import Sequence

from sqlalchemy import bindparam, column, select, table, text
from sqlalchemy.orm import Session, contains_eager

from album_store.data.album import Album
from album_store.data.catalogue_keys import fold
from album_store.data.track import Track
from album_store.services.albums_service import PAGE_SIZE
from album_store.services.paging import Cursor, Page

MOST_WORDS = 8

_INDEX = table("AlbumSearch", column("rowid"))
# FTS5 walks its matches newest row first and stops at the limit; ranking them would touch every match.
_MATCHES = text('"AlbumSearch" MATCH :words').bindparams(bindparam("words"))


class SearchService:
    """Full-text search: every word must begin a word of the album; accents and case do not matter."""

    def __init__(self, dbsession: Session) -> None:
        self._dbsession = dbsession

    def search(self, query: str, *, after: str = "") -> Page[Album]:
        """The published albums that match, last added first."""
        words = search_words(query)
        if not words:
            return Page([])
        found = (
            select(Album)
            .join(_INDEX, _INDEX.c.rowid == Album.id)
            .join(Album.artist)
            .options(contains_eager(Album.artist))
            .where(_MATCHES, Album.published.is_(True))
            .order_by(_INDEX.c.rowid.desc())
            .limit(PAGE_SIZE + 1)
        )
        cursor = Cursor.parse(after)
        if cursor:
            found = found.where(_INDEX.c.rowid < cursor.row_id)
        rows = list(self._dbsession.scalars(found, {"words": " ".join(f'"{word}"*' for word in words)}))
        more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
        return Page(rows, after=str(Cursor("", rows[-1].id)) if more else "")

    def matching_tracks(self, albums: Sequence[Album], query: str) -> dict[int, list[str]]:
        """By album id, the titles of the tracks that have one of the words of the query."""
        words = search_words(query)
        titles = self._dbsession.execute(
            select(Track.album_id, Track.title)
            .where(Track.album_id.in_([album.id for album in albums]))
            .order_by(Track.album_id, Track.display_order)
        )
        found: dict[int, list[str]] = {}
        for album_id, title in titles:
            if any(part.startswith(tuple(words)) for part in fold(title).split()):
                found.setdefault(album_id, []).append(title)
        return found


def search_words(query: str) -> list[str]:
    """The folded words of a query, at most MOST_WORDS of them; a word is only ever letters and digits."""
    return fold(query).split()[:MOST_WORDS]
