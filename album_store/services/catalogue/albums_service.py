"""Finding albums and artists, and leafing through the catalogue."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager, joinedload, selectinload

from album_store.data.album import Album, AlbumGenre
from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.services.paging import Cursor, Key, Page

PAGE_SIZE = 24


@dataclass(frozen=True)
class Order:
    """One way to sort the catalogue."""

    column: InstrumentedAttribute[Any]
    kind: type
    descending: bool = False


ORDERS = {
    "newest": Order(Album.sort_date, dt.date, descending=True),
    "title": Order(Album.sort_title, str),
    "artist": Order(Album.sort_artist, str),
    "price": Order(Album.price_cents, int),
}


class AlbumsService:
    """Reads the published part of the catalogue; what is not published does not exist here."""

    def __init__(self, dbsession: Session) -> None:
        self._dbsession = dbsession

    def has_any(self) -> bool:
        """Whether the store has an album, published or not."""
        return self._dbsession.scalars(select(Album.id).limit(1)).first() is not None

    def find_album(self, url: str) -> Album | None:
        """One album with its artist, for the page that it has at this slug."""
        query = select(Album).where(Album.url == url, Album.published.is_(True)).options(joinedload(Album.artist))
        return self._dbsession.scalars(query).first()

    def find_album_in_full(self, url: str) -> Album | None:
        """One album with all that its page shows."""
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
        """One artist, if the store has published anything of theirs."""
        published = exists().where(Album.artist_id == Artist.id, Album.published.is_(True))
        return self._dbsession.scalars(select(Artist).where(Artist.url == url, published)).first()

    def genres(self) -> list[Genre]:
        """All genres that a published album belongs to, by name."""
        in_use = (
            exists()
            .where(AlbumGenre.c.genre_id == Genre.id, Album.id == AlbumGenre.c.album_id, Album.published.is_(True))
            .correlate(Genre)
        )
        return list(self._dbsession.scalars(select(Genre).where(in_use).order_by(Genre.name)))

    def newest(self, limit: int) -> list[Album]:
        """The newest albums."""
        query = published_albums().order_by(Album.sort_date.desc(), Album.id.desc()).limit(limit)
        return list(self._dbsession.scalars(query))

    def by_artist(self, artist: Artist, *, after: str = "") -> Page[Album]:
        """The albums of one artist, newest first."""
        return self._page(published_albums().where(Album.artist_id == artist.id), ORDERS["newest"], after=after)

    def next_by_artist(self, album: Album) -> Album | None:
        """The artist's album that came out before this one, or the newest if this is the first; None if alone."""
        others = (
            published_albums()
            .where(Album.artist_id == album.artist_id, Album.id != album.id)
            .order_by(Album.sort_date.desc(), Album.id.desc())
            .limit(1)
        )
        older = others.where(tuple_(Album.sort_date, Album.id) < (album.sort_date, album.id))
        return self._dbsession.scalars(older).first() or self._dbsession.scalars(others).first()

    def list_albums(self, order: str, genre: Genre | None = None, *, after: str = "", before: str = "") -> Page[Album]:
        """A page of the catalogue in one of ORDERS. A cursor that makes no sense begins at the beginning."""
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
        """The first rows of some ranges that follow each other, one more than a page has."""
        found: list[Album] = []
        for within in ranges:
            if len(found) <= PAGE_SIZE:
                found += self._dbsession.scalars(query.where(within).limit(PAGE_SIZE + 1 - len(found)))
        return found


def published_albums() -> Select[tuple[Album]]:
    """What every list of albums begins with: the published ones, each with its artist."""
    return select(Album).join(Album.artist).options(contains_eager(Album.artist)).where(Album.published.is_(True))


def _beyond(order: Order, key: Key | None, *, backwards: bool) -> Sequence[ColumnElement[bool]]:
    """What lies beyond a key: first the rest of those that sort like it, then the others.

    In one comparison of rows SQLite would use the index for the first column only, and walk through everything that
    has the same price to find an id.
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
