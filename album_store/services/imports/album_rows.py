"""Combines the rows of an album into one entry."""

from collections.abc import Sequence
from typing import Any

from album_store.data.name_key import name_key
from album_store.data.visible_text import visible_line
from album_store.infrastructure.wording import shown
from album_store.services.imports.album_prices import AlbumPrices
from album_store.services.imports.catalogue import AlbumEntry, TrackEntries
from album_store.services.imports.rows import Report, Rows
from album_store.services.imports.stored_albums import SoldTracks

# Columns of the file that describe the album, and the columns of Album that store them.
_ALBUM_COLUMNS = {
    "release_date": "release_date",
    "cover": "cover",
    "description": "description",
    "credits": "credits",
    "license": "license_name",
    "language": "language_name",
}
_TEXT_COLUMNS = frozenset({"description", "credits"})  # an empty value is "" in these, None in the others
_TRACK_COLUMNS = ("title", "composer", "length_ms", "isrc", "lyrics", "preview", "audio")


class AlbumRows:
    """Combines the rows of one album and reports contradictions between them.

    `artists` holds the artist as each row spells it; the first spelling is stored. `currency` applies if the file gives
    none for the album. Its sign may be written as in `locale`. `sold` holds the tracks that buyers have, which must not
    become others. If anything was reported, the entry must not be used.
    """

    def __init__(
        self,
        artists: Sequence[str],
        rows: Rows,
        currency: str,
        locale: str,
        report: Report,
        sold: SoldTracks | None = None,
    ) -> None:
        self._sold = sold or {}
        self._artists = artists
        self._rows = rows
        self._locale = locale
        self._report = report
        self._currency = self._agreed("currency") or currency

    def entry(self) -> AlbumEntry:
        """Return the album with sorted tracks."""
        self._report_duplicates()
        self._report_changes_of_sold()
        prices = AlbumPrices(self._rows, self._currency, self._locale, self._agreed, self._report)
        values: dict[str, Any] = {"currency": self._currency, **prices.of_album()}
        for column, attribute in _ALBUM_COLUMNS.items():
            if column in self._rows.values:
                values[attribute] = self._agreed(column) or ("" if column in _TEXT_COLUMNS else None)
        artists, titles = dict.fromkeys(self._artists), dict.fromkeys(self._rows.values["album"])
        return AlbumEntry(tuple(artists), tuple(titles), values, self._tracks(prices), prices.is_sum)

    def _agreed(self, column: str) -> Any:
        """Return the value of an album column. Ignores blank cells and reports contradictions."""
        cells = self._rows.column(column)
        if cells.count(cells[0]) == len(cells):
            return None if cells[0] == "" else cells[0]
        said = [(line, cell) for line, cell in zip(self._rows.lines, cells, strict=True) if cell not in (None, "")]
        for line, cell in said[1:]:
            if cell != said[0][1]:
                reason = f"this differs from line {said[0][0]} of the same album. Use the same value on both lines."
                self._report(line, column, reason)
        return said[0][1] if said else None

    def _report_duplicates(self) -> None:
        places = self._places()
        if len(set(places)) == len(places):
            return
        lines: dict[tuple[int, int | None], int] = {}
        for line, place in zip(self._rows.lines, places, strict=True):
            first = lines.setdefault(place, line)
            if line != first and place[1] is not None:
                reason = f"line {first} has the same disc and track number. Give each track of an album its own."
                self._report(line, "track_number", reason)

    def _report_changes_of_sold(self) -> None:
        """Report rows that would give buyers another track than the one they paid for."""
        titles, audio = self._rows.column("title"), self._rows.values.get("audio")
        for position, place in enumerate(self._places() if self._sold else ()):
            sold, line = self._sold.get(place), self._rows.lines[position]
            if sold is None:
                continue
            if titles[position] is not None and name_key(titles[position]) != name_key(sold.title):
                reason = f"{shown(sold.title)} has been sold under this number. Keep its title, or use another number."
                self._report(line, "title", reason)
            says_audio = audio and not self._rows.is_wrong(position, "audio")
            if says_audio and sold.audio and audio[position] != sold.audio:
                reason = f"{shown(sold.title)} has been sold with another recording. Name that file."
                self._report(line, "audio", reason)

    def _places(self) -> Sequence[tuple[int, int | None]]:
        return list(zip(self._rows.discs, self._rows.values["track_number"], strict=True))

    def _tracks(self, prices: AlbumPrices) -> TrackEntries:
        """Return the tracks in the order of their places."""
        rows = self._rows
        values = {column: rows.values[column] for column in _TRACK_COLUMNS if column in rows.values}
        values |= {**prices.of_tracks(), "artist_name": self._artist_names()}
        places = self._places()
        order = sorted(range(len(places)), key=lambda position: (places[position][0], places[position][1] or 0))
        if order != list(range(len(places))):
            rows = rows.at(order)
            values = {column: [cells[position] for position in order] for column, cells in values.items()}
        return TrackEntries(rows.discs, rows.values["track_number"], rows.column("genre", ""), values)

    def _artist_names(self) -> Sequence[str]:
        """Return the artist of each track; "" if it is the album's."""
        artists, first = self._rows.values["artist"], self._artists[0]
        if artists.count(first) == len(artists):
            return [""] * len(artists)
        key = name_key(first)
        return ["" if name_key(artist) == key else visible_line(artist) for artist in artists]
