"""Finds albums in the store by the name keys of artist and title."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.services.imports.named_rows import chunks

# The name keys of an artist and a title.
AlbumKey = tuple[str, str]

# A database looks up every artist with every title, which no artist with many albums slows down.
PAIRS = 100


def among(pairs: Iterable[tuple[Any, str]], artist: Any = Album.artist_id) -> ColumnElement[bool]:
    """Return a condition for albums with one of these artists and one of these name keys, which may be another's."""
    artists, keys = map(set, zip(*pairs, strict=True))
    return and_(artist.in_(artists), Album.name_key.in_(keys))


class StoredAlbums:
    """What the checks of a catalogue file ask about the albums in the store. Without a session, there are none."""

    def __init__(self, dbsession: Session | None = None) -> None:
        self._dbsession = dbsession

    def currencies(self, keys: Collection[AlbumKey]) -> Mapping[AlbumKey, str]:
        """Return the currencies of those of the albums that are in the store, and perhaps of others."""
        found: dict[AlbumKey, str] = {}
        for chunk in chunks(keys, PAIRS) if self._dbsession else ():
            columns = select(Artist.name_key, Album.name_key, Album.currency).join(Album.artist)
            rows = self._dbsession.execute(columns.where(among(chunk, Artist.name_key)))
            found |= {(artist, title): currency for artist, title, currency in rows}
        return found

    def artists(self, keys: Collection[str]) -> Collection[str]:
        """Return the keys of those of the artists that have albums in the store."""
        found: set[str] = set()
        for chunk in chunks(keys) if self._dbsession else ():
            query = select(Artist.name_key).where(Artist.name_key.in_(chunk), Artist.albums.any())
            found |= set(self._dbsession.scalars(query))
        return found
