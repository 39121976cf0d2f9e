"""Full-text search in album titles, artists and tracks."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import isqrt
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, not_, select
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.engines.database import Database
from album_store.data.engines.search_terms import MAX_ROWS_READ, has_terms
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

# The words of up to so many times the square root of the number of albums are read before the index is asked. The rarer
# the words are, the more albums must be read; the commoner they are, the more the index lists.
READ_PER_ROOT = 20
# Each time, the words of at most so many times as many albums are read as the time before.
MAX_GROWTH = 4

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
        name = fold(query)
        is_titled, is_by = Album.sort_title == name, Album.sort_artist == name
        if any(CHARACTER in term for term in terms):  # transliteration merges ideographs and drops signs
            key = name_key(query)
            artists = select(Artist.id).where(Artist.name_key == key)
            is_titled, is_by = is_titled & (Album.name_key == key), is_by & Album.artist_id.in_(artists)
        # No index serves `!=`: SQLite would read all published albums in place of those that are found.
        by_words = CARDS.where(Album.published != false(), not_(is_titled | is_by))
        # Titles and artists are separate queries, because each uses its own index.
        return [
            partial(self._named, is_titled),
            partial(self._named, is_by & not_(is_titled)),
            partial(self._with_words, by_words, terms, phrase=True),
            partial(self._with_words, by_words, terms, phrase=False),
        ]

    def _named(self, is_named: ColumnElement[bool], below: int | None, limit: int) -> Sequence[CardRow]:
        """Return the published albums that a condition names, the last one first, whose id is below one."""
        # With the columns of artists, MariaDB would read all albums of one.
        ids = _last_first(select(Album.id).where(is_published, is_named), Album.id, below).limit(limit)
        if not (found := self._dbsession.scalars(ids).all()):
            return []
        return self._dbsession.execute(_last_first(CARDS.where(Album.id.in_(found)), Album.id, None)).all()

    def _with_words(
        self, query: Select[Any], terms: Sequence[str], below: int | None, limit: int, *, phrase: bool
    ) -> Sequence[CardRow]:
        """Return those albums of a query whose words are found, as `_named` does."""
        found: Sequence[CardRow] = []
        read = partial(self._by_reading, query, terms, phrase=phrase)
        if self._database.words_read:
            found, below = read(below, limit, READ_PER_ROOT * isqrt(self._newest_id))
            if below is None or len(found) == limit:
                return found
        limit -= len(found)
        index = self._database.search(self._dbsession, terms, phrase=phrase)
        if index is None:
            return [*found, *read(below, limit, math.inf)[0]]
        older = query.join(index.table, index.album_id == Album.id).where(index.is_found)
        return [*found, *self._dbsession.execute(_last_first(older, index.album_id, below).limit(limit))]

    def _by_reading(
        self, query: Select[Any], terms: Sequence[str], below: int | None, limit: int, may_read: float, *, phrase: bool
    ) -> tuple[Sequence[CardRow], int | None]:
        """Return those that are found by reading the words of albums, as long as `may_read` are likely to be enough.

        Also returns the id below which to search on; None if no older album can have the words.
        """
        found: list[CardRow] = []
        oldest = self._newest_id - MAX_ROWS_READ if phrase else 0
        album_id, are_found = SearchDocument.album_id, has_terms(terms, phrase=phrase).label("are_found")
        count = self._database.words_read or 1
        while True:
            # In this query of its own, words are compared before albums are joined.
            newest = _last_first(select(album_id, are_found), album_id, below).limit(count).subquery()
            matching = query.join(newest, newest.c.album_id == Album.id).where(newest.c.are_found)
            missing = limit - len(found)
            rows = self._dbsession.execute(_last_first(matching, newest.c.album_id, None).limit(missing)).all()
            found += rows
            if len(rows) == missing:
                return found, below
            next_id = self._dbsession.scalar(_last_first(select(album_id), album_id, below).offset(count).limit(1))
            if next_id is None or next_id <= oldest:
                return found, None
            below = next_id + 1
            may_read -= count
            likely_enough = count * (missing - len(rows) + 1) // max(1, len(rows))
            if likely_enough > may_read:
                return found, below
            count = min(likely_enough, count * MAX_GROWTH)

    @cached_property
    def _newest_id(self) -> int:
        return self._dbsession.scalar(select(func.max(SearchDocument.album_id))) or 0


def _last_first(query: Select[Any], row_id: ColumnElement[int], below: int | None) -> Select[Any]:
    return (query if below is None else query.where(row_id < below)).order_by(row_id.desc())


def _has_any(name: str, terms: Sequence[str]) -> bool:
    words = index_words([name]) if name else ""
    return any(has_term(words, term) for term in terms)
