"""Imports a catalogue file into the store."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.data.language import Language
from album_store.data.license import License
from album_store.data.lock_row import lock_catalogue
from album_store.data.name_key import name_key, numbered_key
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports.album_writer import assign, write_album
from album_store.services.imports.batches import Batch, Batches
from album_store.services.imports.catalogue import AlbumEntry, ArtistEntry, Catalogue, Progress, no_progress
from album_store.services.imports.catalogue_reader import CatalogueReader
from album_store.services.imports.import_result import AlbumOutcome, ImportResult, JoinedSpellings
from album_store.services.imports.named_rows import chunks, find_or_add
from album_store.services.imports.new_albums import NewAlbum, insert_albums
from album_store.services.imports.stored_albums import PAIRED, PAIRS, StoredAlbums, values_of_pairs

# How many seconds batches are written without a pause.
WRITING_S = 0.3

_PAIRED_ALBUMS = (
    select(Album)
    .where(PAIRED)
    .options(selectinload(Album.tracks), selectinload(Album.genres), joinedload(Album.search_document))
)


def write_batches(
    catalogue: Catalogue,
    write_batch: Callable[[Batch], ImportResult],
    progress: Progress = no_progress,
    pause_s: float = 0,
) -> ImportResult:
    """Have each batch of the catalogue written by `write_batch`, and return the results of all together.

    After each WRITING_S of writing, there is a pause of `pause_s`, in which the next batches are prepared.
    """
    results, done = [], 0
    batches, paused = Batches(catalogue), time.monotonic()
    for batch in batches:
        results.append(write_batch(batch))
        done += len(batch.albums)
        if batch.albums:
            progress("Writing albums", done, len(catalogue.album_spool))
        if pause_s and time.monotonic() - paused >= WRITING_S:
            batches.pause(pause_s)
            paused = time.monotonic()
    return ImportResult.sum(results, catalogue)


@dataclass(frozen=True)
class CatalogueImport:
    """Imports in three steps: `read` the file, `store_media`, and write the albums.

    The first two steps are slow and need no lock, so the caller opens write transactions for the last step only: one
    for `write`, or one for each batch. An album is identified by the name keys of its artist and title, a track by its
    disc and number. So an import that ended early can be run again.
    """

    _dbsession: Session
    _media: MediaStorage
    _currency: str
    _locale: str = "en"

    def read(self, file: Path, progress: Progress = no_progress) -> Catalogue:
        """Read and check the file. Raises CatalogueError with all mistakes, or OSError if the file cannot be read."""
        stored = StoredAlbums(self._dbsession)
        return CatalogueReader(self._media, self._currency, stored, self._locale).read(file, progress)

    def store_media(self, catalogue: Catalogue, progress: Progress = no_progress) -> None:
        """Store the covers and recordings. Files that are already stored cost little."""
        for number, (kind, source) in enumerate(catalogue.media, start=1):
            if kind == "covers":
                self._media.store_cover(source)
            else:
                self._media.store_audio(source, kind)
            progress("Storing covers and recordings", number, len(catalogue.media))

    def write(self, catalogue: Catalogue, progress: Progress = no_progress) -> ImportResult:
        """Add and update all albums of the catalogue in one transaction; the caller commits."""
        return write_batches(catalogue, self.write_batch, progress)

    def write_batch(self, batch: Batch) -> ImportResult:
        """Add and update the albums and artists of a batch; the caller commits. Waits for another import to end.

        What can be worked out without the database comes first. While this does so, other transactions get their turn.
        """
        prepared = batch.new_albums
        lock_catalogue(self._dbsession)
        if batch.artists:
            return self._write_artists(batch.artists)
        albums = batch.albums
        find_or_add(self._dbsession, License, (album.values.get("license_name") or "" for album in albums))
        find_or_add(self._dbsession, Language, (album.values.get("language_name") or "" for album in albums))
        artists = find_or_add(self._dbsession, Artist, (name for album in albums for name in album.artists))
        genres = find_or_add(self._dbsession, Genre, (genre for album in albums for genre in album.tracks.genres))
        joined = [
            *JoinedSpellings.of("artist", ((artist.name, name) for name, artist in artists.items())),
            *JoinedSpellings.of("genre", ((genre.name, name) for name, genre in genres.items())),
        ]
        stored = self._stored(albums, artists)
        added: list[tuple[NewAlbum, Artist]] = []
        outcomes: list[AlbumOutcome] = []
        for entry, new in zip(albums, prepared, strict=True):
            artist = artists[entry.artist]
            album = stored.get((artist.id, entry.title)) or stored.get((artist.id, name_key(entry.title)))
            if album is None:
                added.append((new if artist.name == new.artist else NewAlbum(entry, artist.name), artist))
            else:
                outcomes.append(write_album(album, entry, genres))
            title = album.title if album else new.title
            joined += JoinedSpellings.of("album", ((title, spelling) for spelling in entry.titles))
        self._dbsession.flush()
        insert_albums(self._dbsession, added, {name: genre.id for name, genre in genres.items()})
        changed = sum(outcome.changed for outcome in outcomes)
        return ImportResult(
            albums_added=len(added),
            albums_changed=changed,
            albums_unchanged=len(outcomes) - changed,
            tracks_added=sum(len(new.genres) for new, _ in added) + sum(outcome.tracks_added for outcome in outcomes),
            tracks_changed=sum(outcome.tracks_changed for outcome in outcomes),
            kept_tracks=tuple(track for outcome in outcomes for track in outcome.kept_tracks),
            joined=tuple(joined),
        )

    def _write_artists(self, entries: Sequence[ArtistEntry]) -> ImportResult:
        artists = find_or_add(self._dbsession, Artist, (entry.name for entry in entries))
        return ImportResult(
            artists_changed=sum(assign(artists[entry.name], entry.values) for entry in entries),
            joined=JoinedSpellings.of("artist", ((artist.name, name) for name, artist in artists.items())),
        )

    def _stored(self, entries: Sequence[AlbumEntry], artists: Mapping[str, Artist]) -> dict[tuple[int, str], Album]:
        """Return the stored albums of the entries by artist id and name key, and by artist id and title."""
        keys = list({(artists[entry.artist].id, name_key(entry.title)) for entry in entries})
        by_title: dict[tuple[int, str], Album] = {}
        by_key: dict[tuple[int, str], Album] = {}
        number = 1
        while keys:
            for chunk in chunks(keys, PAIRS):
                pairs = [(artist_id, numbered_key(key, number)) for artist_id, key in chunk]
                for album in self._dbsession.scalars(_PAIRED_ALBUMS, values_of_pairs(pairs)):
                    by_key[album.artist_id, album.name_key] = album
                    by_title.setdefault((album.artist_id, album.title), album)
            # An artist may have several albums of one title, whose keys have numbers.
            keys = [(artist_id, key) for artist_id, key in keys if (artist_id, numbered_key(key, number)) in by_key]
            number += 1
        return by_key | by_title
