"""Imports a catalogue file into the store."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.data.language import Language
from album_store.data.license import License
from album_store.data.lock_row import lock_catalogue
from album_store.data.name_key import name_key
from album_store.data.visible_text import visible_line
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports.album_writer import assign, write_album
from album_store.services.imports.catalogue import AlbumEntry, Catalogue, Progress, no_progress
from album_store.services.imports.catalogue_reader import CatalogueReader
from album_store.services.imports.import_result import AlbumOutcome, ImportResult, JoinedSpellings
from album_store.services.imports.named_rows import chunks, find_or_add
from album_store.services.imports.slugs import Slugs


@dataclass(frozen=True)
class CatalogueImport:
    """Imports in three steps: `read` the file, `store_media`, `write` the albums.

    The first two steps are slow and need no lock, so the caller can open the write transaction for the last step only.
    An album is identified by the name keys of its artist and title, a track by its disc and number.
    """

    _dbsession: Session
    _media: MediaStorage
    _currency: str
    _locale: str = "en"

    def read(self, file: Path, progress: Progress = no_progress) -> Catalogue:
        """Read and check the file. Raises CatalogueError with all mistakes, or OSError if the file cannot be read."""
        names = (Artist.name_key, Album.name_key, Album.currency)
        query = select(*names).join(Album.artist)
        currencies = {(artist, title): currency for artist, title, currency in self._dbsession.execute(query)}
        return CatalogueReader(self._media, self._currency, currencies, self._locale).read(file, progress)

    def store_media(self, catalogue: Catalogue, progress: Progress = no_progress) -> None:
        """Store the covers and recordings. Files that are already stored cost little."""
        for number, (kind, source) in enumerate(catalogue.media, start=1):
            if kind == "covers":
                self._media.store_cover(source)
            else:
                self._media.store_audio(source, kind)
            progress("Storing covers and recordings", number, len(catalogue.media))

    def write(self, catalogue: Catalogue, progress: Progress = no_progress) -> ImportResult:
        """Add and update the albums of the catalogue; the caller commits. Waits for another import to end."""
        lock_catalogue(self._dbsession)
        albums = catalogue.albums
        find_or_add(self._dbsession, License, (album.values.get("license_name") or "" for album in albums))
        find_or_add(self._dbsession, Language, (album.values.get("language_name") or "" for album in albums))
        artists = find_or_add(self._dbsession, Artist, self._artist_names(catalogue))
        genres = find_or_add(self._dbsession, Genre, (track.genre for album in albums for track in album.tracks))
        self._dbsession.flush()  # assigns ids to new artists and genres
        slugs = Slugs(self._dbsession.scalars(select(Album.url)), Album.url.type.length, "album")
        outcomes: list[AlbumOutcome] = []
        joined = [
            *JoinedSpellings.of("artist", ((artist.name, name) for name, artist in artists.items())),
            *JoinedSpellings.of("genre", ((genre.name, name) for name, genre in genres.items())),
        ]
        for chunk in chunks(albums):
            stored = self._stored(chunk, artists)
            for entry in chunk:
                artist = artists[entry.artist]
                album = (
                    stored.get((artist.id, entry.title))
                    or stored.get((artist.id, name_key(entry.title)))
                    or self._new_album(entry, artist, slugs)
                )
                joined += JoinedSpellings.of("album", ((album.title, title) for title in entry.titles))
                outcomes.append(write_album(album, entry, genres))
                progress("Writing albums", len(outcomes), len(albums))
            # One flush per chunk: each flush recomputes the sort and search keys of the albums that changed.
            self._dbsession.flush()
        changed = sum(assign(artists[entry.name], entry.values) for entry in catalogue.artists)
        return ImportResult.of(outcomes, joined, catalogue.notes, changed if catalogue.artists else None)

    def _artist_names(self, catalogue: Catalogue) -> Iterator[str]:
        for album in catalogue.albums:
            yield from album.artists
        yield from (artist.name for artist in catalogue.artists)

    def _stored(self, chunk: Sequence[AlbumEntry], artists: Mapping[str, Artist]) -> dict[tuple[int, str], Album]:
        """Return the stored albums of the chunk by artist id and name key, and by artist id and title."""
        titles = [entry.title for entry in chunk]
        is_titled = or_(Album.title.in_(titles), Album.name_key.in_(map(name_key, titles)))
        query = (
            select(Album)
            .where(Album.artist_id.in_({artists[entry.artist].id for entry in chunk}))
            .where(is_titled)
            .options(selectinload(Album.tracks), selectinload(Album.genres), joinedload(Album.search_document))
            .order_by(Album.id.desc())
        )
        albums = self._dbsession.scalars(query).all()
        by_key = {(album.artist_id, album.name_key): album for album in albums}
        return by_key | {(album.artist_id, album.title): album for album in albums}

    def _new_album(self, entry: AlbumEntry, artist: Artist, slugs: Slugs) -> Album:
        album = Album(title=visible_line(entry.title), url=slugs.new(entry.title), artist_id=artist.id, published=True)
        # Set as if loaded: a plain assignment marks the artist as changed, and the flush would load all the artist's
        # albums and tracks.
        set_committed_value(album, "artist", artist)
        self._dbsession.add(album)
        return album
