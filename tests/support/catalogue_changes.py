"""Changes of each kind to a catalogue with one album, and the pages that show them."""

from collections.abc import Callable
from math import ceil
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from album_store.data.album import Album, AlbumGenre
from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.data.license import License
from album_store.data.track import Track
from album_store.services.catalogue.sitemap_service import IDS_PER_PORTION
from tests.support.factories import make_album, make_artist, make_genre, make_track


def album_to_change() -> Album:
    """Return an album with a track, a genre and a licence."""
    artist, genres, tracks = make_artist("Artist", url="artist"), [make_genre("Folk")], [make_track("Water")]
    return make_album("Album", artist, url="album", genres=genres, tracks=tracks, license_name="CC0 1.0")


def portion_of(album_id: int) -> int:
    """Return the number of the site map's page that names the album."""
    return ceil(album_id / IDS_PER_PORTION)


def set_first(model: type, **values: Any) -> Callable[[Session], None]:
    """A change of the first row of a table."""

    def run(dbsession: Session) -> None:
        row = dbsession.scalars(select(model).order_by(model.created_date).limit(1)).one()
        for name, value in values.items():
            setattr(row, name, value)

    return run


def add_genre(dbsession):
    album = dbsession.scalars(select(Album)).one()
    album.genres.append(make_genre("Jazz"))


def insert_genre(dbsession):
    blues = make_genre("Blues")
    dbsession.add(blues)
    dbsession.flush()
    album_id = dbsession.scalar(select(Album.id))
    dbsession.execute(insert(AlbumGenre), [{"album_id": album_id, "genre_id": blues.id}])


def delete_album(dbsession):
    dbsession.delete(dbsession.scalars(select(Album)).one())


# Each change, and a page that shows then what it did not show before.
CHANGES = [
    (set_first(Album, title="Another Title"), "/albums", "Another Title"),
    (set_first(Album, price_cents=1234), "/albums/album", "€12.34"),
    (set_first(Album, cover="0" * 64), "/", "0" * 64),
    (set_first(Artist, name="Another Artist"), "/", "Another Artist"),
    (set_first(Track, title="Fire"), "/albums/album", "Fire"),
    (set_first(Genre, name="Traditional"), "/albums", "Traditional"),
    (add_genre, "/albums/album", "Jazz"),
    (insert_genre, "/albums/album", "Blues"),
    (lambda s: s.execute(update(License).values(description="Ask us first.")), "/albums/album", "Ask us first."),
    (set_first(Album, published=False), "/artists/artist", "Page not found"),
    (set_first(Album, published=True), "/albums", "Another Title"),
    (set_first(Album, description="In the feed"), "/albums.atom", "In the feed"),
    (set_first(Album, url="moved"), "/sitemap-{portion}.xml", "/albums/moved"),
    (delete_album, "/albums", "There are no albums here yet"),
]
