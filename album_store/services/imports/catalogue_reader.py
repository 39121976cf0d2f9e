"""Reads a catalogue file and reports all its mistakes at once."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from album_store.data.name_key import name_key
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports import cells
from album_store.services.imports.album_rows import AlbumRows, Row
from album_store.services.imports.artists_file import ArtistsFile, find_artists_file
from album_store.services.imports.catalogue import AlbumEntry, ArtistEntry, Catalogue, Progress, no_progress
from album_store.services.imports.catalogue_error import CatalogueError, Mistake
from album_store.services.imports.columns import LENGTHS, REQUIRED, missing_columns, readers, wrong_columns
from album_store.services.imports.compilations import album_artists
from album_store.services.imports.csv_table import CsvRow, CsvTable
from album_store.services.imports.media_folder import MediaFolder

SAME_LENGTH_MS = 2_000  # encoders add silence, and lengths are often rounded to seconds

_NAMES = frozenset({"artist", "album", "album_artist"})


class CatalogueReader:
    """Reads a file into a Catalogue and checks the media that it names. Changes nothing.

    `currency` and `locale` are those of the store. `stored_currencies` maps the name keys (artist, title) of the albums
    in the store to their currencies.
    """

    def __init__(
        self,
        media: MediaStorage,
        currency: str,
        stored_currencies: Mapping[tuple[str, str], str] | None = None,
        locale: str = "en",
    ) -> None:
        self._media = media
        self._currency = currency
        self._stored_currencies = stored_currencies or {}
        self._locale = locale
        self._mistakes: list[Mistake] = []
        self._notes: list[str] = []

    def read(self, file: Path, progress: Progress = no_progress) -> Catalogue:
        """Return the catalogue. Raises CatalogueError with all mistakes, or OSError if the file cannot be read."""
        self._notes = []
        folder = MediaFolder(file.parent, self._media)
        known = readers(folder, self._locale)
        table = CsvTable(file, known)
        missing = missing_columns(table, REQUIRED)
        self._mistakes = missing + wrong_columns(table, known)
        if set(LENGTHS) <= set(table.columns):
            self._report(
                table.header_line, LENGTHS[0], f"there is also a column {LENGTHS[1]}. Keep only one of the two."
            )
        rows = [self._row(row, known, folder) for row in _counted(list(table.rows()), progress)]
        # A missing column is reported once, not again for every album.
        named = [row for row in rows if row and not row.wrong & _NAMES and not missing]
        albums = tuple(self._albums(named))
        self._mistakes += table.mistakes
        if not rows and not self._mistakes:
            self._report(table.header_line, None, "there are no tracks below this line. Add one row per track.")
        artists = self._artists(file, folder, albums)
        if self._mistakes:
            raise CatalogueError(self._mistakes)
        return Catalogue(albums, tuple(folder.found), artists, (*folder.notes, *self._notes))

    def _row(self, row: CsvRow, known: Mapping[str, cells.Reader], folder: MediaFolder) -> Row | None:
        """Return the values of a row; None if it lacks required cells, which is reported as one mistake."""
        values: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for column, raw in row.cells.items():
            if column not in known:
                continue
            try:
                values[column] = known[column](raw)
            except ValueError as error:
                wrong[column] = str(error)
        for column in values.keys() & LENGTHS:
            measured = folder.lengths_ms.get(values.get("audio") or "")
            values["length_ms"] = self._length_ms(row.line, column, values.pop(column), measured)
            if values["length_ms"] is None and "audio" not in wrong:
                wrong[column] = "write a length such as 3:05, or name an audio file, whose length is then used."
        if row.mismatch and wrong:
            self._report(row.line, None, row.mismatch)
            return None
        for column in row.cells:
            if column in wrong:
                self._report(row.line, column, wrong[column])
        return Row(row.line, values, frozenset(wrong))

    def _length_ms(self, line: int, column: str, given: int | None, measured: int | None) -> int | None:
        """Return the given length, or the measured one if none is given or the two differ."""
        if given is None or measured is None or abs(given - measured) <= SAME_LENGTH_MS:
            return measured if given is None else given
        self._notes.append(
            f"Line {line}, {column}: the recording is {measured} ms long, not {given} ms. The store uses {measured} ms."
        )
        return measured

    def _albums(self, rows: list[Row]) -> Iterator[AlbumEntry]:
        joined = album_artists(rows, self._stored_currencies)
        by_album: dict[tuple[str, str], list[tuple[str, Row]]] = {}
        for row in rows:
            title = name_key(row.values["album"])
            artist = row.values.get("album_artist") or joined.get(title) or row.values["artist"]
            by_album.setdefault((name_key(artist), title), []).append((artist, row))
        for key, its_rows in by_album.items():
            artists, of_album = zip(*its_rows, strict=True)
            currency = self._stored_currencies.get(key, self._currency)
            entry = AlbumRows(artists, of_album, currency, self._locale, self._report).entry()
            if key[1] in joined:
                self._notes.append(
                    f"“{entry.title}” is one album by {entry.artist}, because its track numbers continue across "
                    "several artists. If that is wrong, fill in album_artist."
                )
            yield entry

    def _artists(self, file: Path, folder: MediaFolder, albums: Sequence[AlbumEntry]) -> tuple[ArtistEntry, ...]:
        """Return the artists in artists.csv beside the catalogue, if there is one."""
        artists_file = find_artists_file(file)
        if artists_file is None:
            return ()
        keys = {name_key(album.artist) for album in albums} | {artist for artist, _ in self._stored_currencies}
        # If the catalogue has mistakes, artists may be missing here.
        artists = ArtistsFile(artists_file, folder, None if self._mistakes else keys)
        entries = artists.read()
        self._mistakes += artists.mistakes
        return entries

    def _report(self, line: int, column: str | None, reason: str) -> None:
        self._mistakes.append(Mistake(line, column, reason))


def _counted(rows: list[CsvRow], progress: Progress) -> Iterator[CsvRow]:
    for number, row in enumerate(rows, start=1):
        yield row
        progress("Checking rows", number, len(rows))
