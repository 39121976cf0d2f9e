"""Inserts the albums of a catalogue that are not in the store yet.

The rows of many albums are inserted at once, past the unit of work, which would take most of the time of an import. So
this sets what the models and the listeners of a session would set.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from album_store.data.album import Album, AlbumGenre
from album_store.data.artist import Artist
from album_store.data.bulk_insert import insert_columns
from album_store.data.catalogue_keys import album_words, sort_keys
from album_store.data.catalogue_version import change_version
from album_store.data.name_key import name_key
from album_store.data.search_document import SearchDocument
from album_store.data.track import Track
from album_store.data.types import utc_now
from album_store.data.visible_text import visible_line
from album_store.services.imports.catalogue import UNSAID, AlbumEntry
from album_store.services.imports.named_rows import chunks, slugs_of

_ALBUM = {
    "release_date": None,
    "cover": None,
    "description": "",
    "credits": "",
    "published": True,
    "minimum_cents": None,
    "for_sale": True,
    "license_name": None,
    "language_name": None,
}
_TRACK = {"composer": "", "isrc": "", "lyrics": "", "preview": None, "audio": None}


class NewAlbum:
    """What is stored of an album, except for what only the database knows.

    `artist` is the name of the artist in the store.
    """

    def __init__(self, entry: AlbumEntry, artist: str) -> None:
        title = visible_line(entry.title)
        tracks, count = entry.tracks, len(entry.tracks)
        names = zip(tracks.values["title"], tracks.values["artist_name"], strict=True)
        self.artist = artist
        self.genres = tracks.genres
        prices = [None if price is UNSAID else price for price in tracks.values.get("price_cents", [None] * count)]
        is_named = entry.values.get("minimum_cents") is not None  # the buyers name the price
        # By column, which is faster.
        self.tracks = {
            **{column: [value] * count for column, value in _TRACK.items() if column not in tracks.values},
            **tracks.values,
            "display_order": range(count),
            "disc_number": tracks.discs,
            "track_number": tracks.numbers,
            "price_cents": prices,
            "minimum_cents": prices if is_named else [None] * count,
        }
        self.words = album_words(title, artist, names)
        self._values = _ALBUM | entry.values | {"title": title, "name_key": name_key(title)}

    @property
    def title(self) -> str:
        """The title that the store shows."""
        return self._values["title"]

    def values(self, moment: dt.datetime, timezone: dt.tzinfo) -> dict[str, Any]:
        """Return the columns of Album for an album that is added at a moment."""
        keys = sort_keys(self.title, self.artist, self._values["release_date"], moment, timezone)
        return self._values | keys | {"created_date": moment, "updated_date": moment}


def insert_albums(dbsession: Session, albums: Sequence[tuple[NewAlbum, Artist]], genres: Mapping[str, int]) -> None:
    """Insert the albums with their tracks. `genres` maps the names of the genres in the catalogue to their ids."""
    if not albums:
        return
    urls = slugs_of(dbsession, Album).new(album.title for album, _ in albums)
    moment, timezone = utc_now(), dbsession.info["timezone"]
    rows = [album.values(moment, timezone) for album, _ in albums]
    of_albums = {column: [row[column] for row in rows] for column in rows[0]}
    of_albums |= {"url": urls, "artist_id": [artist.id for _, artist in albums]}
    insert_columns(dbsession, Album.__table__, of_albums, {})
    ids = dict(_ids(dbsession, urls))
    added = [(ids[url], album) for url, (album, _) in zip(urls, albums, strict=True)]
    tracks = {
        column: list(chain.from_iterable(album.tracks[column] for _, album in added)) for column in albums[0][0].tracks
    }
    tracks["album_id"] = [album_id for album_id, album in added for _ in album.genres]
    tracks["genre_id"] = [genres.get(genre) for _, album in added for genre in album.genres]
    documents = {"album_id": [album_id for album_id, _ in added], "words": [album.words for _, album in added]}
    pairs = [(album_id, id_) for album_id, album in added for id_ in {genres[name] for name in album.genres if name}]
    of_genres = {"album_id": [album_id for album_id, _ in pairs], "genre_id": [genre_id for _, genre_id in pairs]}
    for table, new in ((Track.__table__, tracks), (SearchDocument.__table__, documents), (AlbumGenre, of_genres)):
        insert_columns(dbsession, table, new, {"created_date": moment})
    change_version(dbsession)


def _ids(dbsession: Session, urls: Sequence[str]) -> Iterator[tuple[str, int]]:
    for chunk in chunks(urls):
        yield from map(tuple, dbsession.execute(select(Album.url, Album.id).where(Album.url.in_(chunk))))
