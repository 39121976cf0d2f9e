"""Finds albums in the store by the name keys of artist and title."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import repeat
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.order_line import OrderLine
from album_store.data.track import Track
from album_store.services.imports.named_rows import chunks

# The name keys of an artist and a title.
AlbumKey = tuple[str, str]


class SoldTrack(NamedTuple):
    """What buyers of a track were promised."""

    title: str
    audio: str | None


# By disc and number.
SoldTracks = Mapping[tuple[int, int], SoldTrack]

# A database looks up every artist with every title, which no artist with many albums slows down.
PAIRS = 100


def among(pairs: Iterable[AlbumKey]) -> ColumnElement[bool]:
    """Return a condition for albums with one of these artists and one of these name keys, which may be another's."""
    artists, keys = map(set, zip(*pairs, strict=True))
    return and_(Artist.name_key.in_(artists), Album.name_key.in_(keys))


# A condition for the albums of at most PAIRS artists and name keys, whose values `values_of_pairs` gives. It finds each
# by the unique index, which takes a tenth of the time of `among`.
PAIRED = or_(
    *(
        and_(Album.artist_id == bindparam(f"artist_{number}"), Album.name_key == bindparam(f"key_{number}"))
        for number in range(PAIRS)
    )
)


def values_of_pairs(pairs: Sequence[tuple[int, str]]) -> Mapping[str, int | str]:
    """Return the values for PAIRED. The last pair stands for those that are missing."""
    values: dict[str, int | str] = {}
    for number, (artist_id, key) in enumerate([*pairs, *repeat(pairs[-1], PAIRS - len(pairs))]):
        values[f"artist_{number}"], values[f"key_{number}"] = artist_id, key
    return values


class StoredAlbums:
    """What the checks of a catalogue file ask about the albums in the store. Without a session, there are none."""

    def __init__(self, dbsession: Session | None = None) -> None:
        self._dbsession = dbsession

    def currencies(self, keys: Collection[AlbumKey]) -> Mapping[AlbumKey, str]:
        """Return the currencies of those of the albums that are in the store, and perhaps of others."""
        found: dict[AlbumKey, str] = {}
        for chunk in chunks(keys, PAIRS) if self._dbsession else ():
            columns = select(Artist.name_key, Album.name_key, Album.currency).join(Album.artist)
            rows = self._dbsession.execute(columns.where(among(chunk)))
            found |= {(artist, title): currency for artist, title, currency in rows}
        return found

    def sold_tracks(self, keys: Collection[AlbumKey]) -> Mapping[AlbumKey, SoldTracks]:
        """Return the tracks that somebody has ordered, of those of the albums and perhaps of others.

        An order of an album is one of all its tracks.
        """
        found: dict[AlbumKey, dict[tuple[int, int], SoldTrack]] = {}
        of_album = exists().where(OrderLine.album_id == Album.id)
        of_track = exists().where(OrderLine.track_id == Track.id)
        # The first condition is asked once for each album, so that only sold ones are looked at track by track.
        is_sold = and_(of_album, or_(of_album.where(OrderLine.track_id.is_(None)), of_track))
        for chunk in chunks(keys, PAIRS) if self._dbsession else ():
            columns = (Artist.name_key, Album.name_key, Track.disc_number, Track.track_number, Track.title, Track.audio)
            query = select(*columns).join(Album, Album.artist_id == Artist.id).join(Track, Track.album_id == Album.id)
            rows = self._dbsession.execute(query.where(among(chunk), is_sold))
            for artist, title, disc, number, *track in rows:
                found.setdefault((artist, title), {})[disc, number] = SoldTrack(*track)
        return found

    def artists(self, keys: Collection[str]) -> Collection[str]:
        """Return the keys of those of the artists that have albums in the store."""
        found: set[str] = set()
        for chunk in chunks(keys) if self._dbsession else ():
            query = select(Artist.name_key).where(Artist.name_key.in_(chunk), Artist.albums.any())
            found |= set(self._dbsession.scalars(query))
        return found
