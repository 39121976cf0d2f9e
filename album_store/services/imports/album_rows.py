"""Combines the rows of an album into one entry."""

from collections.abc import Mapping, Sequence
from typing import Any

from album_store.data.name_key import name_key
from album_store.data.visible_text import visible_line
from album_store.services.imports.album_prices import AlbumPrices
from album_store.services.imports.album_row import Report, Row
from album_store.services.imports.catalogue import AlbumEntry, TrackEntry
from album_store.services.imports.cells import shown
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
        rows: Sequence[Row],
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
        first = self._rows[0].values
        prices = AlbumPrices(self._rows, self._currency, self._locale, self._agreed, self._report)
        values: dict[str, Any] = {"currency": self._currency, **prices.of_album()}
        for column, attribute in _ALBUM_COLUMNS.items():
            if column in first:
                values[attribute] = self._agreed(column) or ("" if column in _TEXT_COLUMNS else None)
        priced = zip(self._rows, prices.of_tracks(), strict=True)
        tracks = sorted((self._track(row, price) for row, price in priced if "track_number" in row.values), key=_place)
        artists, titles = dict.fromkeys(self._artists), dict.fromkeys(row.values["album"] for row in self._rows)
        return AlbumEntry(tuple(artists), tuple(titles), values, tuple(tracks), prices.is_sum)

    def _agreed(self, column: str) -> Any:
        """Return the value of an album column. Ignores blank cells and reports contradictions."""
        said = [row for row in self._rows if row.values.get(column) not in (None, "")]
        for row in said[1:]:
            if row.values[column] != said[0].values[column]:
                reason = f"this differs from line {said[0].line} of the same album. Use the same value on both lines."
                self._report(row.line, column, reason)
        return said[0].values[column] if said else None

    def _report_duplicates(self) -> None:
        lines: dict[tuple[int, int], int] = {}
        for row in self._rows:
            if "track_number" in row.values:
                line = lines.setdefault((row.values.get("disc") or 1, row.values["track_number"]), row.line)
                if line != row.line:
                    self._report(
                        row.line,
                        "track_number",
                        f"line {line} has the same disc and track number. Give each track of an album its own.",
                    )

    def _report_changes_of_sold(self) -> None:
        """Report rows that would give buyers another track than the one they paid for."""
        for row in self._rows if self._sold else ():
            place = (row.values.get("disc") or 1, row.values.get("track_number"))
            sold = self._sold.get(place)
            if sold is None:
                continue
            if "title" in row.values and name_key(row.values["title"]) != name_key(sold.title):
                reason = f"{shown(sold.title)} has been sold under this number. Keep its title, or use another number."
                self._report(row.line, "title", reason)
            if "audio" in row.values and sold.audio and row.values["audio"] != sold.audio:
                reason = f"{shown(sold.title)} has been sold with another recording. Name that file."
                self._report(row.line, "audio", reason)

    def _track(self, row: Row, price: Mapping[str, int | None]) -> TrackEntry:
        values = row.values
        kept = {**{column: values[column] for column in _TRACK_COLUMNS if column in values}, **price}
        artist = values["artist"]
        is_of_album = artist == self._artists[0] or name_key(artist) == name_key(self._artists[0])
        kept["artist_name"] = "" if is_of_album else visible_line(artist)
        return TrackEntry(values.get("disc") or 1, values["track_number"], values.get("genre", ""), kept)


def _place(track: TrackEntry) -> tuple[int, int]:
    return track.disc, track.number
