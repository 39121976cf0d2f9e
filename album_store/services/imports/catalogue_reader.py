"""Reads a catalogue file and reports all its mistakes at once."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from album_store.data.name_key import name_key
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports.album_rows import AlbumRows
from album_store.services.imports.artists_file import ArtistsFile, find_artists_file
from album_store.services.imports.catalogue import Catalogue, Progress, no_progress
from album_store.services.imports.catalogue_error import MAX_MISTAKES, CatalogueError, MistakeList
from album_store.services.imports.columns import (
    LENGTHS,
    REQUIRED,
    missing_columns,
    readers,
    wrong_columns,
)
from album_store.services.imports.compilations import album_artist, possible_artists
from album_store.services.imports.csv_table import CsvTable
from album_store.services.imports.media_folder import MediaFolder
from album_store.services.imports.named_rows import chunks
from album_store.services.imports.row_reader import RowReader
from album_store.services.imports.rows import Rows
from album_store.services.imports.small_prices import SmallPrices
from album_store.services.imports.sorted_spool import SortedSpool
from album_store.services.imports.stored_albums import AlbumKey, SoldTracks, StoredAlbums

_NAMES = frozenset({"artist", "album", "album_artist"})


class CatalogueReader:
    """Reads a file into a Catalogue and checks the media that it names. Changes nothing.

    `currency` and `locale` are those of the store. The rows of an album may be anywhere in the file, so the rows that
    are right are sorted by title in a temporary file.
    """

    def __init__(
        self, media: MediaStorage, currency: str, stored: StoredAlbums | None = None, locale: str = "en"
    ) -> None:
        self._media = media
        self._currency = currency
        self._stored = stored or StoredAlbums()
        self._locale = locale
        self._mistakes = MistakeList()
        self._notes: list[tuple[int, str]] = []
        self._small_prices = SmallPrices()

    def read(self, file: Path, progress: Progress = no_progress) -> Catalogue:
        """Return the catalogue. Raises CatalogueError with all mistakes, or OSError if the file cannot be read."""
        self._notes = []
        folder = MediaFolder(file.parent, self._media)
        known = readers(folder, self._locale)
        table = CsvTable(file, known)
        reader = RowReader(table, known, folder)
        self._mistakes = table.mistakes
        missing = missing_columns(table, REQUIRED)
        self._mistakes += missing + wrong_columns(table, known)
        if set(LENGTHS) <= set(table.columns):
            reason = f"there is also a column {LENGTHS[1]}. Keep only one of the two."
            self._mistakes.report(table.header_line, LENGTHS[0], reason)
        count, spool = 0, SortedSpool()
        for rows in reader.read(progress):
            count += len(rows.lines)
            # A missing column is reported once, not again for every album.
            for title, run in () if missing else _by_title(rows):
                spool.add(title, run)
        if not count and not self._mistakes:
            reason = "there are no tracks below this line. Add one row per track."
            self._mistakes.report(table.header_line, None, reason)
        artists_file = find_artists_file(file)
        artists = ArtistsFile(artists_file, folder) if artists_file else None
        artist_spool = artists.read() if artists else None
        albums = self._albums(spool, artists)
        if artists:
            if not self._mistakes:  # otherwise artists may be missing here
                artists.check(self._stored.artists(artists.without_album))
            self._mistakes += artists.mistakes
        if self._mistakes:
            raise CatalogueError(self._mistakes, is_complete=len(self._mistakes) < MAX_MISTAKES)
        notes = (*folder.notes, *reader.notes, *(note for _, note in sorted(self._notes)), *self._small_prices.notes)
        return Catalogue(albums, tuple(folder.found), artist_spool, notes)

    def _albums(self, spool: SortedSpool, artists: ArtistsFile | None) -> SortedSpool:
        """Return the albums by the line on which they begin, and note which artists have some."""
        albums = SortedSpool()
        for titles in chunks(self._titles(spool)):
            keys = {(artist, title) for title, rows in titles for artist in possible_artists(rows)}
            stored = self._stored.currencies(keys)
            sold = self._stored.sold_tracks(stored)
            for title, rows in titles:
                for artist_key, line, item in self._albums_of(title, rows, stored, sold):
                    albums.add(line, item)
                    if artists:
                        artists.without_album.discard(artist_key)
        return albums

    def _titles(self, spool: SortedSpool) -> Iterator[tuple[str, Rows]]:
        """Yield the rows of each title, by its name key."""
        for title, runs in groupby(spool, key=itemgetter(0)):
            yield title, Rows.joined([Rows(*run) for _, run in runs])

    def _albums_of(
        self, title: str, rows: Rows, stored: Mapping[AlbumKey, str], sold: Mapping[AlbumKey, SoldTracks]
    ) -> Iterator[tuple[str, int, Any]]:
        """Yield the name key of the artist, the line and the entry of each album with this title."""
        joined = album_artist(title, rows, stored)
        for key, artists, of_album in _by_artist(rows, joined):
            currency = stored.get((key, title), self._currency)
            of_buyers = sold.get((key, title), {})
            entry = AlbumRows(artists, of_album, currency, self._locale, self._mistakes.report, of_buyers).entry()
            self._small_prices.look_at(entry)
            line = of_album.lines[0]
            if joined:
                note = (
                    f"“{entry.title}” is one album by {entry.artist}, because its track numbers continue across "
                    "several artists. If that is wrong, fill in album_artist."
                )
                self._notes.append((line, note))
            yield key, line, entry.packed()


def _by_title(rows: Rows) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the rows of each title that stand together, by its name key and as plain values.

    Rows with a wrong name are left out.
    """
    titles = [
        None if rows.wrong and not _NAMES.isdisjoint(rows.wrong.get(line, ())) else name_key(title)
        for line, title in zip(rows.lines, rows.values["album"], strict=True)
    ]
    start = 0
    for title, same in groupby(titles):
        end = start + len(list(same))
        if title is not None:
            lines = rows.lines[start:end]
            values = {column: cells[start:end] for column, cells in rows.values.items()}
            yield title, (lines, values, {line: rows.wrong[line] for line in lines if line in rows.wrong})
        start = end


def _by_artist(rows: Rows, joined: str | None) -> Iterator[tuple[str, Sequence[str], Rows]]:
    """Yield the rows of each artist's album, with the artist's name key, and the artist as each row spells it.

    `joined` is the artist of those rows that name no album artist, if they are a compilation.
    """
    artists = rows.artists
    if joined:
        artists = [by or joined for by in rows.column("album_artist")]
    by_artist: dict[str, list[int]] = {}
    for position, artist in enumerate(artists):
        by_artist.setdefault(name_key(artist), []).append(position)
    for key, positions in by_artist.items():
        if len(by_artist) == 1:
            yield key, artists, rows
        else:
            yield key, [artists[position] for position in positions], rows.at(positions)
