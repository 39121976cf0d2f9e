"""Reads a catalogue file and reports all its mistakes at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from album_store.data.name_key import name_key
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports import cells
from album_store.services.imports.album_row import Row
from album_store.services.imports.album_rows import AlbumRows
from album_store.services.imports.artists_file import ArtistsFile, find_artists_file
from album_store.services.imports.catalogue import Catalogue, Progress, no_progress
from album_store.services.imports.catalogue_error import MAX_MISTAKES, CatalogueError, MistakeList
from album_store.services.imports.columns import (
    LENGTHS,
    LONG_TEXTS,
    REQUIRED,
    missing_columns,
    readers,
    wrong_columns,
)
from album_store.services.imports.compilations import album_artist, possible_artists
from album_store.services.imports.csv_table import CsvRow, CsvTable
from album_store.services.imports.media_folder import MediaFolder
from album_store.services.imports.named_rows import chunks
from album_store.services.imports.small_prices import SmallPrices
from album_store.services.imports.sorted_spool import SortedSpool
from album_store.services.imports.stored_albums import AlbumKey, SoldTracks, StoredAlbums

SAME_LENGTH_MS = 2_000  # encoders add silence, and lengths are often rounded to seconds
# How many values of a column are remembered.
VALUES_KEPT = 4_096
PROGRESS_LINES = 100
# How many rows of one title, in a row, make one item of a spool.
RUN_ROWS = 1_000

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
        self._known: Sequence[tuple[str, cells.Reader]] = ()

    def read(self, file: Path, progress: Progress = no_progress) -> Catalogue:
        """Return the catalogue. Raises CatalogueError with all mistakes, or OSError if the file cannot be read."""
        self._notes = []
        folder = MediaFolder(file.parent, self._media)
        known = readers(folder, self._locale)
        table = CsvTable(file, known)
        self._known = [
            (column, read if column in LONG_TEXTS else lru_cache(VALUES_KEPT)(read))
            for column, read in known.items()
            if column in table.columns
        ]
        self._mistakes = table.mistakes
        missing = missing_columns(table, REQUIRED)
        self._mistakes += missing + wrong_columns(table, known)
        if set(LENGTHS) <= set(table.columns):
            reason = f"there is also a column {LENGTHS[1]}. Keep only one of the two."
            self._mistakes.report(table.header_line, LENGTHS[0], reason)
        rows, spool = 0, SortedSpool()
        for title, run in groupby(self._rows(table, folder, progress), key=_title):
            for chunk in chunks(run, RUN_ROWS):
                rows += len(chunk)
                # A missing column is reported once, not again for every album.
                if title is not None and not missing:
                    spool.add(title, [tuple(row) for row in chunk if row])
        if not rows and not self._mistakes:
            reason = "there are no tracks below this line. Add one row per track."
            self._mistakes.report(table.header_line, None, reason)
        row_notes = [note for _, note in self._notes]
        self._notes = []
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
        notes = (*folder.notes, *row_notes, *(note for _, note in sorted(self._notes)), *self._small_prices.notes)
        return Catalogue(albums, tuple(folder.found), artist_spool, notes)

    def _rows(self, table: CsvTable, folder: MediaFolder, progress: Progress) -> Iterator[Row | None]:
        done = 0
        for row in table.rows():
            yield self._row(row, folder)
            if row.line - done >= PROGRESS_LINES:
                done = row.line
                progress("Checking lines", done, table.lines)
        if done < table.lines:
            progress("Checking lines", table.lines, table.lines)

    def _row(self, row: CsvRow, folder: MediaFolder) -> Row | None:
        """Return the values of a row; None if it lacks required cells, which is reported as one mistake."""
        wrong: dict[str, str] = {}
        try:
            values = {column: read(row.cells[column]) for column, read in self._known}
        except ValueError:
            values, wrong = self._values(row)
        for column in LENGTHS:
            if column in values:
                measured = folder.lengths_ms.get(values.get("audio") or "")
                values["length_ms"] = self._length_ms(row.line, column, values.pop(column), measured)
                if values["length_ms"] is None and "audio" not in wrong:
                    wrong[column] = "write a length such as 3:05, or name an audio file, whose length is then used."
        if row.mismatch and wrong:
            self._mistakes.report(row.line, None, row.mismatch)
            return None
        for column in row.cells if wrong else ():
            if column in wrong:
                self._mistakes.report(row.line, column, wrong[column])
        return Row(row.line, values, frozenset(wrong))

    def _values(self, row: CsvRow) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the values of the cells that can be read, and what is wrong with the others."""
        values, wrong = {}, {}
        for column, read in self._known:
            try:
                values[column] = read(row.cells[column])
            except ValueError as error:
                wrong[column] = str(error)
        return values, wrong

    def _length_ms(self, line: int, column: str, given: int | None, measured: int | None) -> int | None:
        """Return the given length, or the measured one if none is given or the two differ."""
        if given is None or measured is None or abs(given - measured) <= SAME_LENGTH_MS:
            return measured if given is None else given
        note = (
            f"Line {line}, {column}: the recording is {measured} ms long, not {given} ms. The store uses {measured} ms."
        )
        self._notes.append((line, note))
        return measured

    def _albums(self, spool: SortedSpool, artists: ArtistsFile | None) -> SortedSpool:
        """Return the albums by the line on which they begin, and note which artists have some."""
        albums = SortedSpool()
        for titles in chunks(self._titles(spool)):
            keys = {(artist, title) for title, rows in titles for artist in possible_artists(rows)}
            stored, sold = self._stored.currencies(keys), self._stored.sold_tracks(keys)
            for title, rows in titles:
                for artist_key, line, item in self._albums_of(title, rows, stored, sold):
                    albums.add(line, item)
                    if artists:
                        artists.without_album.discard(artist_key)
        return albums

    def _titles(self, spool: SortedSpool) -> Iterator[tuple[str, Sequence[Row]]]:
        """Yield the rows of each title, by its name key."""
        for title, runs in groupby(spool, key=itemgetter(0)):
            yield title, [Row._make(item) for _, run in runs for item in run]

    def _albums_of(
        self,
        title: str,
        rows: Iterable[Row],
        stored: Mapping[AlbumKey, str],
        sold: Mapping[AlbumKey, SoldTracks],
    ) -> Iterator[tuple[str, int, Any]]:
        """Yield the name key of the artist, the line and the entry of each album with this title."""
        joined = album_artist(title, rows, stored)
        by_artist: dict[str, list[tuple[str, Row]]] = {}
        for row in rows:
            artist = row.values.get("album_artist") or joined or row.values["artist"]
            by_artist.setdefault(name_key(artist), []).append((artist, row))
        for key, its_rows in by_artist.items():
            artists, of_album = zip(*its_rows, strict=True)
            currency = stored.get((key, title), self._currency)
            of_buyers = sold.get((key, title), {})
            entry = AlbumRows(artists, of_album, currency, self._locale, self._mistakes.report, of_buyers).entry()
            self._small_prices.look_at(entry)
            line = of_album[0].line
            if joined:
                note = (
                    f"“{entry.title}” is one album by {entry.artist}, because its track numbers continue across "
                    "several artists. If that is wrong, fill in album_artist."
                )
                self._notes.append((line, note))
            yield key, line, entry.packed()


def _title(row: Row | None) -> str | None:
    """Return the name key of the title; None if a name in the row is wrong."""
    return name_key(row.values["album"]) if row and not row.wrong & _NAMES else None
