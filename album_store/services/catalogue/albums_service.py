"""Finds albums and artists, and lists the catalogue."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, select, true
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, selectinload

from album_store.data.album import Album, AlbumGenre
from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.data.track import Track
from album_store.infrastructure.calendar import Calendar
from album_store.services.paging import Cursor, Order, Page, keyset_page

PAGE_SIZE = 24
TRACKS_PER_PAGE = 100
MAX_GENRES = 200
# Genres with up to this many albums are sorted for each page; larger ones are filtered along a sorted index.
MAX_SORTED = 500
# A feed names the artists of this many tracks of a compilation.
MAX_TRACKS_NAMED = 50

ORDERS = {
    "newest": Order(Album.sort_date, dt.date, Album.id, descending=True),
    "title": Order(Album.sort_title, str, Album.id),
    "artist": Order(Album.sort_artist, str, Album.id),
    "price": Order(Album.price_cents, int, Album.id),
    "upcoming": Order(Album.sort_date, dt.date, Album.id),
}
# By `=`, because MariaDB uses no index for `IS true`.
is_published = Album.published == true()
_ON_ALBUM = Order(Track.display_order, int, Track.id)


@dataclass(frozen=True)
class TrackTotals:
    """The number, length and discs of all tracks of an album."""

    count: int
    length_ms: int
    discs: int

    @classmethod
    def of(cls, tracks: Sequence[Track]) -> "TrackTotals":
        """Return the totals of an album from all its tracks."""
        discs = {track.disc_number for track in tracks}
        return cls(len(tracks), sum(track.length_ms for track in tracks), len(discs))


@dataclass(frozen=True)
class AlbumsService:
    """Reads the catalogue; unpublished albums are treated as missing."""

    _dbsession: Session
    _calendar: Calendar

    def has_any(self) -> bool:
        """Whether the store has an album, published or not."""
        return self._dbsession.scalars(select(Album.id).limit(1)).first() is not None

    def find_album(self, url: str) -> Album | None:
        """The album with this slug and its artist, or None."""
        query = select(Album).where(Album.url == url, is_published).options(joinedload(Album.artist))
        return self._dbsession.scalars(query).first()

    def find_album_in_full(self, url: str) -> Album | None:
        """The album with this slug and everything on its page except tracks, or None."""
        query = (
            select(Album)
            .where(Album.url == url, is_published)
            .options(
                joinedload(Album.artist),
                joinedload(Album.license),
                selectinload(Album.genres),
            )
        )
        return self._dbsession.scalars(query).first()

    def find_artist(self, url: str) -> Artist | None:
        """The artist with this slug, or None if the artist has no published album."""
        published = exists().where(Album.artist_id == Artist.id, is_published)
        return self._dbsession.scalars(select(Artist).where(Artist.url == url, published)).first()

    def tracks(self, album: Album, *, after: str = "", before: str = "") -> Page[Track]:
        """A page of the tracks of an album."""
        on_album = Track.album_id == album.id
        return keyset_page(
            self._dbsession, select(Track), on_album, _ON_ALBUM, TRACKS_PER_PAGE, after=after, before=before
        )

    def track_totals(self, album: Album) -> TrackTotals:
        """The totals of all tracks of an album."""
        length_ms, discs = func.coalesce(func.sum(Track.length_ms), 0), func.count(Track.disc_number.distinct())
        totals = select(func.count(), length_ms, discs).where(Track.album_id == album.id)
        return TrackTotals(*map(int, self._dbsession.execute(totals).one()))

    def find_genre(self, url: str) -> Genre | None:
        """The genre with this slug, or None if no published album has it."""
        return self._dbsession.scalars(_genres_in_use().where(Genre.url == url)).first()

    def genres(self) -> list[Genre]:
        """The genres of published albums, sorted by name, at most MAX_GENRES."""
        return list(self._dbsession.scalars(_genres_in_use().order_by(Genre.name).limit(MAX_GENRES)))

    def newest(self, limit: int) -> list[Album]:
        """The newest albums that are out, at most `limit`."""
        query = published_albums().where(~self._is_upcoming())
        return list(self._dbsession.scalars(query.order_by(Album.sort_date.desc(), Album.id.desc()).limit(limit)))

    def track_artists(self, albums: Sequence[Album]) -> dict[int, list[str]]:
        """The artists of the first MAX_TRACKS_NAMED tracks of compilations, by album id."""
        query = (
            select(Track.album_id, Track.artist_name)
            .where(Track.album_id.in_([album.id for album in albums]), Track.artist_name != "")
            .where(Track.display_order < MAX_TRACKS_NAMED)
            .group_by(Track.album_id, Track.artist_name)
            .order_by(Track.album_id, func.min(Track.display_order))
        )
        found: dict[int, list[str]] = {}
        for album_id, name in self._dbsession.execute(query):
            found.setdefault(album_id, []).append(name)
        return found

    def upcoming(self, limit: int) -> list[Album]:
        """The albums that come out next, soonest first, at most `limit`."""
        query = _for_cards().where(is_published, self._is_upcoming()).order_by(Album.sort_date, Album.id)
        return list(self._dbsession.scalars(query.limit(limit)))

    def by_artist(self, artist: Artist, *, after: str = "", before: str = "") -> Page[Album]:
        """A page of an artist's albums: upcoming ones, then the newest."""
        return self._cards(and_(is_published, Album.artist_id == artist.id), "newest", after=after, before=before)

    def next_by_artist(self, album: Album) -> Album | None:
        """The artist's previous album, or the newest if this is the first; None if it is the only one."""
        others = and_(is_published, Album.artist_id == album.artist_id, Album.id != album.id)
        here = str(Cursor(album.sort_date.isoformat(), album.id))
        for after in (here, ""):
            page = self._cards(others, "newest", 1, after=after)
            if page.rows:
                return page.rows[0]
        return None

    def list_albums(self, order: str, genre: Genre | None = None, *, after: str = "", before: str = "") -> Page[Album]:
        """A page of the catalogue in one of ORDERS. An invalid cursor returns the first page.

        `upcoming` has only upcoming albums, `newest` only released ones; the other orders have both.
        """
        today = self._calendar.today()
        start = {"newest": today, "upcoming": today + dt.timedelta(1)}.get(order)
        where = is_published if genre is None else self._has_genre(genre)
        return self._cards(where, order, after=after, before=before, start=start)

    def _cards(
        self,
        where: ColumnElement[bool],
        order: str,
        size: int = PAGE_SIZE,
        *,
        after: str = "",
        before: str = "",
        start: dt.date | None = None,
    ) -> Page[Album]:
        return keyset_page(
            self._dbsession, _for_cards(), where, ORDERS[order], size, after=after, before=before, start=start
        )

    def _is_upcoming(self) -> ColumnElement[bool]:
        return Album.is_upcoming(self._calendar.today())

    def _has_genre(self, genre: Genre) -> ColumnElement[bool]:
        """The condition that an album is published and has a genre, rare or not, for which few rows are read.

        No index serves `!=`: for a rare genre, those of the sort orders would be read from one end to the other.
        """
        in_genre = select(AlbumGenre.c.album_id).where(AlbumGenre.c.genre_id == genre.id)
        ids = self._dbsession.scalars(in_genre.limit(MAX_SORTED + 1)).all()
        if len(ids) <= MAX_SORTED:
            return and_(Album.published != false(), Album.id.in_(ids))
        return and_(is_published, Album.genres.any(Genre.id == genre.id))


def published_albums() -> Select[tuple[Album]]:
    """Return published albums with their artists."""
    return _with_artist().where(is_published)


def _for_cards() -> Select[tuple[Album]]:
    """Return albums with their artists and without their long texts, which cards do not show."""
    return _with_artist().options(defer(Album.description), defer(Album.credits))


def _with_artist() -> Select[tuple[Album]]:
    return select(Album).join(Album.artist).options(contains_eager(Album.artist))


def _genres_in_use() -> Select[tuple[Genre]]:
    """Return the query of the genres that a published album has.

    It looks for one album of each genre; for an `exists`, PostgreSQL would read the genres of all albums.
    """
    an_album = (
        select(AlbumGenre.c.album_id)
        .join(Album, Album.id == AlbumGenre.c.album_id)
        .where(AlbumGenre.c.genre_id == Genre.id, is_published)
        .correlate(Genre)
        .limit(1)
    )
    return select(Genre).where(an_album.scalar_subquery().is_not(None))
