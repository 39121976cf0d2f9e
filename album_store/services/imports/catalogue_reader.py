"""Reads a catalogue file and reports all its mistakes together."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from album_store.data.name_key import name_key
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports import cells
from album_store.services.imports.album_rows import AlbumRows, Row
from album_store.services.imports.catalogue import AlbumEntry, Catalogue, Progress, no_progress
from album_store.services.imports.catalogue_error import CatalogueError, Mistake, joined
from album_store.services.imports.columns import MEDIA, header_mistakes, readers
from album_store.services.imports.csv_table import CsvRow, CsvTable
from album_store.services.imports.media_folder import MediaFolder

SAME_LENGTH_MS = 2_000  # encoders add silence, and lengths are often given in seconds


class CatalogueReader:
    """Reads a file into a Catalogue and checks the media that it names; changes nothing.

    `currency` is the store's; `other_currencies` maps the keys of (artist, title) of stored albums to a currency that
    differs.
    """

    def __init__(
        self, media: MediaStorage, currency: str, other_currencies: Mapping[tuple[str, str], str] | None = None
    ) -> None:
        self._media = media
        self._currency = currency
        self._other_currencies = other_currencies or {}
        self._mistakes: list[Mistake] = []
        self._notes: list[str] = []

    def read(self, file: Path, progress: Progress = no_progress) -> Catalogue:
        """Return the catalogue. Raises CatalogueError with all mistakes, or OSError if the file cannot be read."""
        self._mistakes, self._notes = [], []
        table, folder = CsvTable(file), MediaFolder(file.parent, self._media)
        known = readers(table, folder)
        if wrong := header_mistakes(table, known):
            raise CatalogueError(wrong)
        rows = [self._row(row, known, folder) for row in _counted(list(table.rows()), progress)]
        albums = tuple(self._albums(rows))
        self._mistakes += table.mistakes
        if not rows and not self._mistakes:
            self._report(table.header_line, None, "There are no tracks below this line.")
        if self._mistakes:
            raise CatalogueError(joined(self._mistakes, MEDIA))  # a missing cover is named once, not for each track
        return Catalogue(albums, tuple(folder.found), (*folder.notes, *self._notes))

    def _row(self, row: CsvRow, known: Mapping[str, cells.Reader], folder: MediaFolder) -> Row:
        values: dict[str, Any] = {}
        wrong = set()
        for column, raw in row.cells.items():
            try:
                values[column] = known[column](raw)
            except ValueError as error:
                self._report(row.line, column, str(error))
                wrong.add(column)
        if "length_ms" in values:
            values["length_ms"] = self._length_ms(row.line, values, folder)
            if values["length_ms"] is None and "audio" not in wrong:
                self._report(row.line, "length_ms", "Give the length in milliseconds, or the audio file to measure.")
        return Row(row.line, values, wrong)

    def _length_ms(self, line: int, values: Mapping[str, Any], folder: MediaFolder) -> int | None:
        """The length in the file, unless it is blank or the recording's is another."""
        given: int | None = values["length_ms"]
        measured = folder.lengths_ms.get(values.get("audio") or "")
        if given is None or measured is None or abs(given - measured) <= SAME_LENGTH_MS:
            return measured if given is None else given
        self._notes.append(
            f"line {line}, column length_ms: The recording is {measured} ms long, not {given}; {measured} is stored."
        )
        return measured

    def _albums(self, rows: list[Row]) -> Iterator[AlbumEntry]:
        by_album = defaultdict(list)
        for row in rows:
            if not row.wrong.intersection({"artist", "album"}):
                by_album[name_key(row.values["artist"]), name_key(row.values["album"])].append(row)
        for album, its_rows in by_album.items():
            currency = self._other_currencies.get(album, self._currency)
            yield AlbumRows(its_rows, currency, self._report).entry()

    def _report(self, line: int, column: str | None, reason: str) -> None:
        self._mistakes.append(Mistake(line, column, reason))


def _counted(rows: list[CsvRow], progress: Progress) -> Iterator[CsvRow]:
    for number, row in enumerate(rows, start=1):
        yield row
        progress("Checking rows", number, len(rows))
