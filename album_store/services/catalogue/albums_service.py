"""Finds albums and artists, and lists the catalogue."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Select, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from album_store.data.album import Album, AlbumGenre
from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.data.track import Track
from album_store.infrastructure.calendar import Calendar
from album_store.services.catalogue.album_rows import (
    ALBUM_IN_FULL,
    CARDS,
    TRACKS,
    AlbumRow,
    CardRow,
    GenreRow,
    TrackRow,
    is_published,
)
from album_store.services.paging import Order, Page, keyset_page

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
# The genres that a published album has. One album of each is looked for; for an `exists`, PostgreSQL would read the
# genres of all albums, and without an order also for each genre that no album has.
_AN_ALBUM = (
    select(AlbumGenre.c.album_id)
    .join(Album, Album.id == AlbumGenre.c.album_id)
    .where(AlbumGenre.c.genre_id == Genre.id, is_published)
    .correlate(Genre)
    .order_by(AlbumGenre.c.album_id)
    .limit(1)
)
_GENRES = select(Genre.id, Genre.url, Genre.name).where(_AN_ALBUM.scalar_subquery().is_not(None))
_GENRES_BY_NAME = _GENRES.order_by(Genre.name).limit(MAX_GENRES)
_GENRE_AT = _GENRES.where(Genre.url == bindparam("url"))
# As for genres: for an `exists`, MariaDB would read all albums of the artist.
_AN_ALBUM_BY = select(Album.id).where(Album.artist_id == Artist.id, is_published).correlate(Artist).limit(1)
_ARTIST_AT = select(Artist).where(Artist.url == bindparam("url"), _AN_ALBUM_BY.scalar_subquery().is_not(None))
_GENRES_OF_ALBUM = (
    select(Genre.url, Genre.name)
    .join(AlbumGenre, AlbumGenre.c.genre_id == Genre.id)
    .where(AlbumGenre.c.album_id == bindparam("album_id"))
    .order_by(Genre.name)
)
# The conditions of the lists. Each is built once, and so are the statements with it.
_BY_ARTIST = and_(is_published, Album.artist_id == bindparam("artist_id"))
_OTHERS_BY_ARTIST = and_(_BY_ARTIST, Album.id != bindparam("album_id"))
_IN_GENRE = and_(
    is_published, exists().where(AlbumGenre.c.album_id == Album.id, AlbumGenre.c.genre_id == bindparam("genre_id"))
)
# No index serves `!=`: for a rare genre, those of the sort orders would be read from one end to the other.
_IN_RARE_GENRE = and_(Album.published != false(), Album.id.in_(bindparam("album_ids", expanding=True)))
_OF_ALBUM = Track.album_id == bindparam("album_id")
_NEWEST_FIRST = (Album.sort_date.desc(), Album.id.desc())
_NEWEST_OTHER = CARDS.where(_OTHERS_BY_ARTIST).order_by(*_NEWEST_FIRST).limit(1)
_PREVIOUS = _NEWEST_OTHER.where(
    Album.sort_date <= bindparam("sort_date"),
    or_(Album.sort_date < bindparam("sort_date"), Album.id < bindparam("album_id")),
)
_ON_ALBUM = Order(Track.display_order, int, Track.id)
_FIRST_TRACKS = TRACKS.where(_OF_ALBUM).order_by(Track.display_order, Track.id).limit(TRACKS_PER_PAGE + 1)


@dataclass(frozen=True)
class TrackTotals:
    """The number, length and discs of all tracks of an album."""

    count: int
    length_ms: int
    discs: int

    @classmethod
    def of(cls, tracks: Sequence[TrackRow]) -> "TrackTotals":
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

    def find_album_in_full(self, url: str) -> AlbumRow | None:
        """The album with this slug and everything on its page except genres and tracks, or None."""
        return self._rows(ALBUM_IN_FULL, url=url).first()

    def genres_of(self, album: AlbumRow) -> Sequence[GenreRow]:
        """The genres of an album, sorted by name."""
        return self._rows(_GENRES_OF_ALBUM, album_id=album.id).all()

    def find_artist(self, url: str) -> Artist | None:
        """The artist with this slug, or None if the artist has no published album."""
        return self._dbsession.scalars(_ARTIST_AT, {"url": url}).first()

    def tracks(self, album: AlbumRow, *, after: str = "", before: str = "") -> Page[TrackRow]:
        """A page of the tracks of an album."""
        if not (after or before):  # nearly always all are on the first page, and one statement finds them
            rows = self._rows(_FIRST_TRACKS, album_id=album.id).all()
            if len(rows) <= TRACKS_PER_PAGE:
                return Page(rows)
        cursors = {"after": after, "before": before}
        return keyset_page(self._dbsession, TRACKS, _OF_ALBUM, _ON_ALBUM, TRACKS_PER_PAGE, album_id=album.id, **cursors)

    def track_totals(self, album: AlbumRow) -> TrackTotals:
        """The totals of all tracks of an album."""
        length_ms, discs = func.coalesce(func.sum(Track.length_ms), 0), func.count(Track.disc_number.distinct())
        totals = select(func.count(), length_ms, discs).where(Track.album_id == album.id)
        return TrackTotals(*map(int, self._dbsession.execute(totals).one()))

    def find_genre(self, url: str) -> GenreRow | None:
        """The genre with this slug, or None if no published album has it."""
        return self._rows(_GENRE_AT, url=url).first()

    def genres(self) -> list[GenreRow]:
        """The genres of published albums, sorted by name, at most MAX_GENRES."""
        return list(self._rows(_GENRES_BY_NAME))

    def newest(self, limit: int) -> list[Album]:
        """The newest albums that are out, at most `limit`."""
        query = select(Album).options(joinedload(Album.artist)).where(*self._is_out()).order_by(*_NEWEST_FIRST)
        return list(self._dbsession.scalars(query.limit(limit)))

    def newest_cards(self, limit: int) -> Sequence[CardRow]:
        """The cards of the newest albums that are out, at most `limit`."""
        return self._dbsession.execute(CARDS.where(*self._is_out()).order_by(*_NEWEST_FIRST).limit(limit)).all()

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

    def upcoming_cards(self, limit: int) -> Sequence[CardRow]:
        """The cards of the albums that come out next, soonest first, at most `limit`."""
        query = CARDS.where(is_published, self._is_upcoming()).order_by(Album.sort_date, Album.id)
        return self._dbsession.execute(query.limit(limit)).all()

    def by_artist(self, artist: Artist, *, after: str = "", before: str = "") -> Page[CardRow]:
        """A page of an artist's albums: upcoming ones, then the newest."""
        return self._cards(_BY_ARTIST, "newest", after=after, before=before, artist_id=artist.id)

    def next_by_artist(self, album: AlbumRow) -> CardRow | None:
        """The artist's previous album, or the newest if this is the first; None if it is the only one."""
        here = {"artist_id": album.artist_id, "album_id": album.id, "sort_date": album.sort_date}
        return self._rows(_PREVIOUS, **here).first() or self._rows(_NEWEST_OTHER, **here).first()

    def list_albums(
        self, order: str, genre: GenreRow | None = None, *, after: str = "", before: str = ""
    ) -> Page[CardRow]:
        """A page of the catalogue in one of ORDERS. An invalid cursor returns the first page.

        `upcoming` has only upcoming albums, `newest` only released ones; the other orders have both.
        """
        today = self._calendar.today()
        start = {"newest": today, "upcoming": today + dt.timedelta(1)}.get(order)
        where, values = (is_published, {}) if genre is None else self._in_genre(genre)
        return self._cards(where, order, after=after, before=before, start=start, **values)

    def _rows(self, statement: Select[Any], **values: Any) -> CursorResult[Any]:
        """Run a statement of columns. Without the ORM, which they do not need, it takes half the time."""
        return self._dbsession.connection().execute(statement, values)

    def _cards(self, where: ColumnElement[bool], order: str, size: int = PAGE_SIZE, **options: Any) -> Page[CardRow]:
        return keyset_page(self._dbsession, CARDS, where, ORDERS[order], size, **options)

    def _is_out(self) -> tuple[ColumnElement[bool], ...]:
        return is_published, ~self._is_upcoming()

    def _is_upcoming(self) -> ColumnElement[bool]:
        return Album.is_upcoming(self._calendar.today())

    def _in_genre(self, genre: GenreRow) -> tuple[ColumnElement[bool], dict[str, Any]]:
        """The condition that an album is published and has a genre, rare or not, for which few rows are read."""
        in_genre = select(AlbumGenre.c.album_id).where(AlbumGenre.c.genre_id == genre.id)
        ids = self._dbsession.scalars(in_genre.limit(MAX_SORTED + 1)).all()
        return (_IN_RARE_GENRE, {"album_ids": ids}) if len(ids) <= MAX_SORTED else (_IN_GENRE, {"genre_id": genre.id})
