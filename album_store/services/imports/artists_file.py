"""Reads artists.csv, an optional file beside the catalogue with the contents of artist pages."""

import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from album_store.data.artist import Artist
from album_store.data.name_key import name_key
from album_store.services.imports import cells
from album_store.services.imports.catalogue import ArtistEntry
from album_store.services.imports.catalogue_error import CatalogueError, Mistake
from album_store.services.imports.columns import missing_columns, wrong_columns
from album_store.services.imports.csv_table import CsvRow, CsvTable
from album_store.services.imports.media_folder import MediaFolder

FILE_NAME = "artists.csv"
MAX_LINKS = 10

# Links are separated by spaces, line breaks, commas or semicolons. The last two may also be part of a link.
_BETWEEN_LINKS = re.compile(r"[\s,;]+(?=https?://)|\s+", re.IGNORECASE)
_NOT_IN_A_LINK = re.compile(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff<>\"`{}|\\^]")


def find_artists_file(catalogue: Path) -> Path | None:
    """Return the artists.csv beside a catalogue, in capitals or not; None if there is none."""
    others = (file for file in catalogue.parent.iterdir() if file.name != catalogue.name and file.is_file())
    return next((file for file in sorted(others) if file.name.lower() == FILE_NAME), None)


class ArtistsFile:
    """Reads the file into entries. `keys`, if given, holds the name keys of all artists that have albums.

    `mistakes` collects the mistakes. If there are any, the entries must not be used.
    """

    def __init__(self, file: Path, media: MediaFolder, keys: Collection[str] | None) -> None:
        self._file = file
        self._keys = keys
        self._readers: dict[str, cells.Reader] = {
            "name": cells.text(Artist.name),
            "biography": cells.lines,
            "picture": media.cover,
            "links": links,
        }
        self._lines: dict[str, int] = {}
        self.mistakes: list[Mistake] = []

    def read(self) -> tuple[ArtistEntry, ...]:
        """Return the artists in the file. Raises OSError if it cannot be read."""
        try:
            table = CsvTable(self._file, self._readers)
        except CatalogueError as error:
            self._report(error.mistakes)
            return ()
        self._report(missing_columns(table, [["name"]]) + wrong_columns(table, self._readers))
        entries = [self._entry(row) for row in table.rows()]
        self._report(table.mistakes)
        return tuple(entry for entry in entries if entry)

    def _entry(self, row: CsvRow) -> ArtistEntry | None:
        values = {}
        for column, read in self._readers.items():
            if column in row.cells:
                try:
                    values[column] = read(row.cells[column])
                except ValueError as error:
                    self._report([Mistake(row.line, column, str(error))])
        name = values.pop("name", None)
        if not name:
            return None
        key = name_key(name)
        if self._lines.setdefault(key, row.line) != row.line:
            self._report([Mistake(row.line, "name", f"line {self._lines[key]} has the same artist. Keep one of them.")])
        elif self._keys is not None and key not in self._keys:
            reason = f"{cells.shown(name)} has no album in the catalogue or the store. Check the spelling."
            self._report([Mistake(row.line, "name", reason)])
        return ArtistEntry(name, values)

    def _report(self, mistakes: list[Mistake]) -> None:
        self.mistakes += [replace(mistake, file=self._file.name) for mistake in mistakes]


def links(raw: str) -> str:
    """Read at most MAX_LINKS links to web pages and return them one per line. Raises ValueError."""
    longest = Artist.links.type.length
    if len(raw) > longest:
        raise ValueError(f"this text has {len(raw):,} characters. Shorten it to {longest:,} or fewer.")
    found = list(dict.fromkeys(filter(None, (part.rstrip(",;") for part in _BETWEEN_LINKS.split(raw)))))
    if len(found) > MAX_LINKS:
        raise ValueError(f"this cell has {len(found)} links. Keep at most {MAX_LINKS}.")
    for link in found:
        if not _is_web_address(link):
            raise ValueError(f"{cells.shown(link)} is not a link. Write it in full, such as https://example.org/ada.")
    return "\n".join(found)


def _is_web_address(link: str) -> bool:
    try:
        parts = urlsplit(link)
        has_port = parts.port != 0  # raises ValueError for an invalid port
    except ValueError:
        return False
    is_plain = "@" not in parts.netloc and not _NOT_IN_A_LINK.search(link)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and has_port and is_plain
