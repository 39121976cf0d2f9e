"""Reads artists.csv, an optional file beside the catalogue with the contents of artist pages."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from album_store.data.artist import Artist
from album_store.data.name_key import name_key
from album_store.services.imports import cells
from album_store.services.imports.catalogue import ArtistEntry
from album_store.services.imports.catalogue_error import MAX_MISTAKES, CatalogueError, Mistake
from album_store.services.imports.columns import missing_columns, wrong_columns
from album_store.services.imports.csv_table import CsvTable
from album_store.services.imports.media_folder import MediaFolder
from album_store.services.imports.sorted_spool import SortedSpool

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
    """Reads the file into entries.

    `mistakes` collects the mistakes. If there are any, the entries must not be used. `without_album` holds the name
    keys of all artists in the file; remove those that have albums before `check`.
    """

    def __init__(self, file: Path, media: MediaFolder) -> None:
        self._file = file
        self._readers: dict[str, cells.Reader] = {
            "name": cells.text(Artist.name),
            "biography": cells.lines,
            "picture": media.cover,
            "links": links,
        }
        self._rows: dict[str, tuple[int, str]] = {}
        self.without_album: set[str] = set()
        self.mistakes: list[Mistake] = []

    def read(self) -> SortedSpool:
        """Return the artists in the file by their lines. Raises OSError if it cannot be read."""
        spool = SortedSpool()
        try:
            table = CsvTable(self._file, self._readers)
            self._report(missing_columns(table, [["name"]]) + wrong_columns(table, self._readers))
            for row in table.rows():
                if entry := self._entry(row.line, dict(zip(table.columns, row.cells, strict=True))):
                    spool.add(row.line, entry)
                if len(self.mistakes) >= MAX_MISTAKES:
                    break
            self._report(table.mistakes)
        except CatalogueError as error:
            self._report(error.mistakes)
        self.without_album = set(self._rows)
        return spool

    def check(self, stored: Collection[str]) -> None:
        """Report the artists that are still without an album, except those in `stored`, which have one in the store."""
        for key in self.without_album.difference(stored):
            line, name = self._rows[key]
            reason = f"{cells.shown(name)} has no album in the catalogue or the store. Check the spelling."
            self._report([Mistake(line, "name", reason)])

    def _entry(self, line: int, row: Mapping[str, str]) -> ArtistEntry | None:
        values = {}
        for column, read in self._readers.items():
            if column in row:
                try:
                    values[column] = read(row[column])
                except ValueError as error:
                    self._report([Mistake(line, column, str(error))])
        name = values.pop("name", None)
        if not name:
            return None
        first, _ = self._rows.setdefault(name_key(name), (line, name))
        if first != line:
            self._report([Mistake(line, "name", f"line {first} has the same artist. Keep one of them.")])
        return ArtistEntry(name, values)

    def _report(self, mistakes: Sequence[Mistake]) -> None:
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
