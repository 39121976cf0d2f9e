"""Finding albums and artists, and browsing the catalogue."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager, joinedload, selectinload

from album_store.data.album import Album, AlbumGenre
from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.data.track import Track
from album_store.services.paging import Cursor, Key, Page

PAGE_SIZE = 24
MAX_TRACK_ARTISTS = 50


@dataclass(frozen=True)
class Order:
    """A sort order of the catalogue."""

    column: InstrumentedAttribute[Any]
    kind: type
    descending: bool = False


ORDERS = {
    "newest": Order(Album.sort_date, dt.date, descending=True),
    "title": Order(Album.sort_title, str),
    "artist": Order(Album.sort_artist, str),
    "price": Order(Album.price_cents, int),
}


@dataclass(frozen=True)
class AlbumsService:
    """Reads the catalogue; unpublished albums are treated as missing."""

    _dbsession: Session

    def has_any(self) -> bool:
        """Whether the store has an album, published or not."""
        return self._dbsession.scalars(select(Album.id).limit(1)).first() is not None

    def find_album(self, url: str) -> Album | None:
        """The album with this slug and its artist, or None."""
        query = select(Album).where(Album.url == url, Album.published.is_(True)).options(joinedload(Album.artist))
        return self._dbsession.scalars(query).first()

    def find_album_in_full(self, url: str) -> Album | None:
        """The album with this slug and everything that its page shows, or None."""
        query = (
            select(Album)
            .where(Album.url == url, Album.published.is_(True))
            .options(
                joinedload(Album.artist),
                joinedload(Album.license),
                selectinload(Album.tracks),
                selectinload(Album.genres),
            )
        )
        return self._dbsession.scalars(query).first()

    def find_artist(self, url: str) -> Artist | None:
        """The artist with this slug, or None if no album of theirs is published."""
        published = exists().where(Album.artist_id == Artist.id, Album.published.is_(True))
        return self._dbsession.scalars(select(Artist).where(Artist.url == url, published)).first()

    def genres(self) -> list[Genre]:
        """The genres of published albums, by name."""
        in_use = (
            exists()
            .where(AlbumGenre.c.genre_id == Genre.id, Album.id == AlbumGenre.c.album_id, Album.published.is_(True))
            .correlate(Genre)
        )
        return list(self._dbsession.scalars(select(Genre).where(in_use).order_by(Genre.name)))

    def newest(self, limit: int) -> list[Album]:
        """The newest albums, at most `limit`."""
        query = published_albums().order_by(Album.sort_date.desc(), Album.id.desc()).limit(limit)
        return list(self._dbsession.scalars(query))

    def track_artists(self, albums: Sequence[Album]) -> dict[int, list[str]]:
        """The artists of the tracks of compilations, at most MAX_TRACK_ARTISTS, by album id."""
        query = (
            select(Track.album_id, Track.artist_name)
            .where(Track.album_id.in_([album.id for album in albums]), Track.artist_name != "")
            .group_by(Track.album_id, Track.artist_name)
            .order_by(Track.album_id, func.min(Track.display_order))
        )
        found: dict[int, list[str]] = {}
        for album_id, name in self._dbsession.execute(query):
            names = found.setdefault(album_id, [])
            if len(names) < MAX_TRACK_ARTISTS:
                names.append(name)
        return found

    def by_artist(self, artist: Artist, *, after: str = "") -> Page[Album]:
        """A page of an artist's albums, newest first."""
        return self._page(published_albums().where(Album.artist_id == artist.id), ORDERS["newest"], after=after)

    def next_by_artist(self, album: Album) -> Album | None:
        """The artist's previous album, or the newest if this is the first; None if it is the only one."""
        others = (
            published_albums()
            .where(Album.artist_id == album.artist_id, Album.id != album.id)
            .order_by(Album.sort_date.desc(), Album.id.desc())
            .limit(1)
        )
        older = others.where(tuple_(Album.sort_date, Album.id) < (album.sort_date, album.id))
        return self._dbsession.scalars(older).first() or self._dbsession.scalars(others).first()

    def list_albums(self, order: str, genre: Genre | None = None, *, after: str = "", before: str = "") -> Page[Album]:
        """A page of the catalogue in one of ORDERS. An invalid cursor returns the first page."""
        query = published_albums()
        if genre is not None:
            query = query.where(Album.genres.any(Genre.id == genre.id))
        return self._page(query, ORDERS[order], after=after, before=before)

    def _page(self, query: Select[tuple[Album]], order: Order, *, after: str = "", before: str = "") -> Page[Album]:
        cursor = Cursor.parse(before or after)
        key = cursor.key(order.kind) if cursor else None
        backwards = key is not None and bool(before)
        found = self._first(query.order_by(*_sorting(order, backwards)), _beyond(order, key, backwards=backwards))
        more, rows = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
        if backwards:
            rows.reverse()
        has_next, has_previous = (True, more) if backwards else (more, key is not None)
        return Page(
            rows,
            after=_cursor_at(order, rows[-1]) if rows and has_next else "",
            before=_cursor_at(order, rows[0]) if rows and has_previous else "",
        )

    def _first(self, query: Select[tuple[Album]], ranges: Sequence[ColumnElement[bool]]) -> list[Album]:
        """The first rows of consecutive ranges, one more than a page holds."""
        found: list[Album] = []
        for within in ranges:
            if len(found) <= PAGE_SIZE:
                found += self._dbsession.scalars(query.where(within).limit(PAGE_SIZE + 1 - len(found)))
        return found


def published_albums() -> Select[tuple[Album]]:
    """The base query of every album list: published albums with their artists."""
    return select(Album).join(Album.artist).options(contains_eager(Album.artist)).where(Album.published.is_(True))


def _beyond(order: Order, key: Key | None, *, backwards: bool) -> Sequence[ColumnElement[bool]]:
    """The ranges beyond a key: first the remaining rows with the same sort value, then the others.

    For a single row-value comparison, SQLite would use the index on the first column only, and scan all rows of the
    same price to find the id.
    """
    if key is None:
        return [true()]
    value, row_id = key
    if order.descending != backwards:
        return [and_(order.column == value, Album.id < row_id), order.column < value]
    return [and_(order.column == value, Album.id > row_id), order.column > value]


def _sorting(order: Order, backwards: bool) -> list[ColumnElement[Any]]:
    columns = [order.column, Album.id]
    return [column.desc() if order.descending != backwards else column.asc() for column in columns]


def _cursor_at(order: Order, album: Album) -> str:
    return str(Cursor(str(getattr(album, order.column.key)), album.id))
