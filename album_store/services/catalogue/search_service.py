"""Full-text search in album titles, artists and tracks."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, not_, select
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.engines.database import Database
from album_store.data.name_key import name_key
from album_store.data.search_words import CHARACTER, MAX_QUERY, fold, has_term, index_words, query_terms
from album_store.data.track import Track
from album_store.infrastructure.wording import isolated
from album_store.services.catalogue.albums_service import PAGE_SIZE, published_albums
from album_store.services.paging import Cursor, Page

# How many tracks of each album on a page are compared with the query.
MAX_TRACKS_READ = 100


@dataclass(frozen=True)
class SearchService:
    """Full-text search that ignores accents and case. Queries are cut to MAX_QUERY characters.

    Results come in tiers: exact title, exact artist, the words as a phrase, the words as prefixes. Within a tier, the
    album added last comes first: SQLite reads matches in that order and stops at the limit, whereas ranking would read
    them all.
    """

    _dbsession: Session
    _database: Database

    def search(self, query: str, *, after: str = "") -> Page[Album]:
        """Return a page of matching published albums; an empty one if the query has no words."""
        terms = query_terms(query)
        if not terms:
            return Page([])
        cursor = Cursor.parse(after)
        begin_at, below_id = (cursor and cursor.key(int)) or (0, None)
        found: list[tuple[int, Album]] = []
        for number, tier in enumerate(_tiers(self._database, query[:MAX_QUERY], terms)):
            if number < begin_at or len(found) > PAGE_SIZE:
                continue
            if number == begin_at and below_id is not None:
                tier = tier.where(Album.id < below_id)
            albums = self._dbsession.scalars(tier.limit(PAGE_SIZE + 1 - len(found)))
            found += [(number, album) for album in albums]
        rows = found[:PAGE_SIZE]
        after = str(Cursor(str(rows[-1][0]), rows[-1][1].id)) if len(found) > PAGE_SIZE else ""
        return Page([album for _, album in rows], after=after)

    def matching_tracks(self, albums: Sequence[Album], query: str) -> dict[int, list[str]]:
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


def _has_any(name: str, terms: Sequence[str]) -> bool:
    words = index_words([name]) if name else ""
    return any(has_term(words, term) for term in terms)


def _tiers(database: Database, query: str, terms: Sequence[str]) -> list[Select[tuple[Album]]]:
    name = fold(query)
    is_titled, is_by = Album.sort_title == name, Album.sort_artist == name
    if any(CHARACTER in term for term in terms):  # transliteration merges ideographs and drops signs
        key = name_key(query)
        is_titled, is_by = is_titled & (Album.name_key == key), is_by & (Artist.name_key == key)
    # Titles and artists are separate queries, because each uses its own index.
    return [
        published_albums().where(is_titled).order_by(Album.id.desc()),
        published_albums().where(is_by, not_(is_titled)).order_by(Album.id.desc()),
        *(
            published_albums()
            .join(index, album_id == Album.id)
            .where(is_found, not_(is_titled | is_by))
            .order_by(album_id.desc())
            for index, album_id, is_found in (database.search(terms, phrase=phrase) for phrase in (True, False))
        ),
    ]
