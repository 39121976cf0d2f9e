"""Full-text search in album titles, artists and tracks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import isqrt
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, not_, select
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.engines.database import Database, has_terms
from album_store.data.name_key import name_key
from album_store.data.search_document import SearchDocument
from album_store.data.search_words import CHARACTER, MAX_QUERY, fold, has_term, index_words, query_terms
from album_store.data.track import Track
from album_store.infrastructure.wording import isolated
from album_store.services.catalogue.album_rows import CARDS, CardRow, is_published
from album_store.services.catalogue.albums_service import PAGE_SIZE
from album_store.services.paging import Cursor, Page

# How many tracks of each album on a page are compared with the query.
MAX_TRACKS_READ = 100

# If so many times the square root of the number of albums are likely to fill a page, their words are read before the
# index is asked. The rarer the words, the more albums must be read; the commoner they are, the more the index lists.
READ_PER_ROOT = 20

# Returns at most as many albums as the second number, below the id that is the first number.
Tier = Callable[[int | None, int], Sequence[CardRow]]


@dataclass(frozen=True)
class SearchService:
    """Full-text search that ignores accents and case. Queries are cut to MAX_QUERY characters.

    Results come in tiers: exact title, exact artist, the words as a phrase on one of the newest albums, the words as
    prefixes. Within a tier, the album added last comes first: reading ends with the page, whereas ranking would read
    all that match.
    """

    _dbsession: Session
    _database: Database

    def search(self, query: str, *, after: str = "") -> Page[CardRow]:
        """Return a page of matching published albums; an empty one if the query has no words."""
        terms = query_terms(query)
        if not terms:
            return Page([])
        cursor = Cursor.parse(after)
        begin_at, below_id = (cursor and cursor.key(int)) or (0, None)
        found: list[tuple[int, CardRow]] = []
        for number, find in enumerate(self._tiers(query[:MAX_QUERY], terms)):
            if number >= begin_at and len(found) <= PAGE_SIZE:
                albums = find(below_id if number == begin_at else None, PAGE_SIZE + 1 - len(found))
                found += [(number, album) for album in albums]
        rows = found[:PAGE_SIZE]
        after = str(Cursor(str(rows[-1][0]), rows[-1][1].id)) if len(found) > PAGE_SIZE else ""
        return Page([album for _, album in rows], after=after)

    def matching_tracks(self, albums: Sequence[CardRow], query: str) -> dict[int, list[str]]:
        """Return the tracks with a word that starts with one of the query's terms, by album id.

        A track is named by its title, and also by its artist if only the artist matches. Reads only the first
        MAX_TRACKS_READ tracks of each album.
        """
        terms = query_terms(query)
        tracks = self._dbsession.execute(
            select(Track.album_id, Track.title, Track.artist_name)
            .where(Track.album_id.in_([album.id for album in albums]), Track.display_order < MAX_TRACKS_READ)
            .order_by(Track.album_id, Track.display_order)
        )
        found: dict[int, list[str]] = {}
        for album_id, title, artist in tracks:
            if _has_any(title, terms):
                found.setdefault(album_id, []).append(title)
            elif _has_any(artist, terms):
                found.setdefault(album_id, []).append(f"{isolated(title)} by {isolated(artist)}")
        return found

    def _tiers(self, query: str, terms: Sequence[str]) -> list[Tier]:
        """Return the tiers of a query."""
        name, published = fold(query), CARDS.where(is_published)
        is_titled, is_by = Album.sort_title == name, Album.sort_artist == name
        if any(CHARACTER in term for term in terms):  # transliteration merges ideographs and drops signs
            key = name_key(query)
            is_titled, is_by = is_titled & (Album.name_key == key), is_by & (Artist.name_key == key)
        # No index serves `!=`: SQLite would read all published albums in place of those that are found.
        by_words = CARDS.where(Album.published != false(), not_(is_titled | is_by))
        # Titles and artists are separate queries, because each uses its own index.
        return [
            partial(self._named, published.where(is_titled)),
            partial(self._named, published.where(is_by, not_(is_titled))),
            partial(self._with_words, by_words, terms, phrase=True),
            partial(self._with_words, by_words, terms, phrase=False),
        ]

    def _named(self, query: Select[Any], below: int | None, limit: int) -> Sequence[CardRow]:
        """Return the albums of a query, the last one first, whose id is below one."""
        return self._dbsession.execute(_last_first(query, Album.id, below).limit(limit)).all()

    def _with_words(
        self, query: Select[Any], terms: Sequence[str], below: int | None, limit: int, *, phrase: bool
    ) -> Sequence[CardRow]:
        """Return those albums of a query whose words are found, as `_named` does."""
        found: Sequence[CardRow] = []
        if self._database.words_read:
            found, below = self._with_words_among_newest(query, terms, below, limit, phrase=phrase)
            if below <= 1 or len(found) == limit:
                return found
        index, album_id, is_found = self._database.search(self._dbsession, terms, phrase=phrase)
        older = _last_first(query.join(index, album_id == Album.id).where(is_found), album_id, below)
        return [*found, *self._dbsession.execute(older.limit(limit - len(found)))]

    def _with_words_among_newest(
        self, query: Select[Any], terms: Sequence[str], below: int | None, limit: int, *, phrase: bool
    ) -> tuple[Sequence[CardRow], int]:
        """Return what the newest of the albums have, by reading their words, and the id below which to search on."""
        album_id, found = SearchDocument.album_id, list[CardRow]()
        below = self._newest_id + 1 if below is None else below
        count, may_read = self._database.words_read, READ_PER_ROOT * isqrt(self._newest_id)
        while count:
            within = select(album_id).where(
                album_id < below, album_id >= below - count, has_terms(terms, phrase=phrase)
            )
            some = within.limit(count).subquery()  # the limit has the words compared before albums are joined
            rows = self._named(query.join(some, some.c.album_id == Album.id), None, limit - len(found))
            found, below, may_read = [*found, *rows], below - count, may_read - count
            missing = limit - len(found) if below > 1 else 0
            likely_enough = count * (missing + 1) // len(rows) if rows else may_read + 1
            count = likely_enough if missing and likely_enough <= may_read else 0
        return found, below

    @cached_property
    def _newest_id(self) -> int:
        return self._dbsession.scalar(select(func.max(SearchDocument.album_id))) or 0


def _last_first(query: Select[Any], row_id: ColumnElement[int], below: int | None) -> Select[Any]:
    return (query if below is None else query.where(row_id < below)).order_by(row_id.desc())


def _has_any(name: str, terms: Sequence[str]) -> bool:
    words = index_words([name]) if name else ""
    return any(has_term(words, term) for term in terms)
