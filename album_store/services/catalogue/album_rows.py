"""What pages read of albums and tracks."""

from typing import Any

from sqlalchemy import Row, bindparam, select, true

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.license import License
from album_store.data.track import Track

AlbumRow = Row[Any]
CardRow = Row[Any]
GenreRow = Row[Any]
TrackRow = Row[Any]

# By `=`, because MariaDB uses no index for `IS true`.
is_published = Album.published == true()
# Columns take a third of the time of objects. A row of a card has these, and a row of a track those below.
CARDS = select(
    Album.id,
    Album.url,
    Album.title,
    Album.cover,
    Album.price_cents,
    Album.minimum_cents,
    Album.for_sale,
    Album.currency,
    Album.sort_date,
    Artist.name.label("artist_name"),
    Artist.url.label("artist_url"),
).join(Artist, Artist.id == Album.artist_id)
# Everything on the page of an album except its genres and tracks.
ALBUM_IN_FULL = (
    CARDS.add_columns(
        Album.artist_id,
        Album.published,
        Album.release_date,
        Album.description,
        Album.credits,
        Album.language_name,
        License.name.label("license_name"),
        License.link.label("license_link"),
        License.description.label("license_description"),
    )
    .outerjoin(License, License.name == Album.license_name)
    .where(Album.url == bindparam("url"), is_published)
)
TRACKS = select(
    Track.id,
    Track.disc_number,
    Track.track_number,
    Track.title,
    Track.artist_name,
    Track.composer,
    Track.isrc,
    Track.length_ms,
    Track.lyrics,
    Track.preview,
    Track.price_cents,
    Track.minimum_cents,
    Track.audio.is_not(None).label("has_audio"),
)
