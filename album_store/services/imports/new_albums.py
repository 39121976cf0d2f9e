"""Inserts the albums of a catalogue that are not in the store yet.

The rows of many albums are inserted at once, past the unit of work, which would take most of the time of an import. So
this sets what the models and the listeners of a session would set.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from album_store.data.album import Album, AlbumGenre
from album_store.data.artist import Artist
from album_store.data.bulk_insert import insert_rows
from album_store.data.catalogue_keys import album_words, sort_keys
from album_store.data.name_key import name_key
from album_store.data.search_document import SearchDocument
from album_store.data.track import Track
from album_store.data.visible_text import visible_line
from album_store.services.imports.catalogue import AlbumEntry
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
_TRACK = {"composer": "", "isrc": "", "lyrics": "", "preview": None, "audio": None, "price_cents": None}


class NewAlbum:
    """What is stored of an album, except for what only the database knows.

    `artist` is the name of the artist in the store, and `moment` when the album was added. Making this takes some time,
    so do it before the write transaction.
    """

    def __init__(self, entry: AlbumEntry, artist: str, moment: dt.datetime, timezone: dt.tzinfo) -> None:
        title = visible_line(entry.title)
        names = ((track.values["title"], track.values["artist_name"]) for track in entry.tracks)
        self.artist = artist
        self.genres = [track.genre for track in entry.tracks]
        is_named = entry.values.get("minimum_cents") is not None  # the buyers name the price
        self.tracks = [
            {
                **_TRACK,
                **track.values,
                "display_order": order,
                "disc_number": track.disc,
                "track_number": track.number,
                "minimum_cents": track.values.get("price_cents") if is_named else None,
            }
            for order, track in enumerate(entry.tracks)
        ]
        self.words = album_words(title, artist, names)
        self.values = (
            _ALBUM
            | entry.values
            | sort_keys(title, artist, entry.values.get("release_date"), moment, timezone)
            | {"title": title, "name_key": name_key(title), "created_date": moment, "updated_date": moment}
        )


def insert_albums(dbsession: Session, albums: Sequence[tuple[NewAlbum, Artist]], genres: Mapping[str, int]) -> None:
    """Insert the albums with their tracks. `genres` maps the names of the genres in the catalogue to their ids."""
    if not albums:
        return
    urls = slugs_of(dbsession, Album).new(album.values["title"] for album, _ in albums)
    rows = [
        album.values | {"url": url, "artist_id": artist.id} for url, (album, artist) in zip(urls, albums, strict=True)
    ]
    # The transaction manager commits only what it notices, which are changes through the ORM.
    dbsession.execute(insert(Album), rows, execution_options={"render_nulls": True})
    ids = dict(_ids(dbsession, urls))
    added = [(ids[url], album) for url, (album, _) in zip(urls, albums, strict=True)]
    tracks = [row for album_id, album in added for row in _tracks(album_id, album, genres)]
    documents = [{"album_id": album_id, "words": album.words} for album_id, album in added]
    of_genres = [
        {"album_id": album_id, "genre_id": genre_id}
        for album_id, album in added
        for genre_id in {genres[genre] for genre in album.genres if genre}
    ]
    created = {"created_date": albums[0][0].values["created_date"]}
    for table, new in ((Track.__table__, tracks), (SearchDocument.__table__, documents), (AlbumGenre, of_genres)):
        insert_rows(dbsession, table, new, created)


def _tracks(album_id: int, album: NewAlbum, genres: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for track, genre in zip(album.tracks, album.genres, strict=True):
        track.update(album_id=album_id, genre_id=genres.get(genre))
        yield track


def _ids(dbsession: Session, urls: Sequence[str]) -> Iterator[tuple[str, int]]:
    for chunk in chunks(urls):
        yield from map(tuple, dbsession.execute(select(Album.url, Album.id).where(Album.url.in_(chunk))))
