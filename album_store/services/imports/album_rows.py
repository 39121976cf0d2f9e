"""Combines the rows of an album into one entry."""

from collections.abc import Callable, Sequence, Set
from functools import lru_cache
from typing import Any, NamedTuple

from album_store.data.name_key import name_key
from album_store.data.visible_text import visible_line
from album_store.infrastructure.money import minor_unit_digits, to_decimal, to_minor_units
from album_store.services.imports.catalogue import AlbumEntry, TrackEntry
from album_store.services.imports.cells import shown
from album_store.services.imports.columns import PRICES
from album_store.services.imports.prices import Amount
from album_store.services.imports.stored_albums import SoldTracks

MAX_PRICE = 2_147_483_647  # what a 32-bit integer column holds on every database

_minor_units = lru_cache(to_minor_units)

# Called with the line, the column and the description of a mistake.
Report = Callable[[int, str | None, str], None]

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


class Row(NamedTuple):
    """One row of the file. `values` lacks the columns that the file lacks and those in `wrong`."""

    line: int
    values: dict[str, Any]
    wrong: Set[str]

    def to_json(self) -> Sequence[Any]:
        """Return the row for `from_json`, as what JSON can hold."""
        return self.line, self.values, list(self.wrong)

    @classmethod
    def from_json(cls, item: Sequence[Any]) -> "Row":
        """Return the row of which `to_json` returned this."""
        line, values, wrong = item
        return cls(line, values, frozenset(wrong))


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
        """Return the album with sorted tracks. Its price is album_price or the sum of the track prices."""
        self._report_duplicates()
        self._report_changes_of_sold()
        first = self._rows[0].values
        values: dict[str, Any] = {"currency": self._currency, "price_cents": self._price_cents()}
        for column, attribute in _ALBUM_COLUMNS.items():
            if column in first:
                values[attribute] = self._agreed(column) or ("" if column in _TEXT_COLUMNS else None)
        tracks = sorted((self._track(row) for row in self._rows if "track_number" in row.values), key=_place)
        is_sum = not any(row.values.get(PRICES[1]) is not None for row in self._rows)
        artists, titles = dict.fromkeys(self._artists), dict.fromkeys(row.values["album"] for row in self._rows)
        return AlbumEntry(tuple(artists), tuple(titles), values, tuple(tracks), is_sum)

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

    def _price_cents(self) -> int:
        """Return the price in minor units of the currency."""
        price, album_price = PRICES
        for_tracks, for_album = self._cents(price), self._cents(album_price)
        self._agreed(album_price)
        if for_album:
            return for_album[0]
        if not any(row.wrong.intersection(PRICES) for row in self._rows):
            for row in self._rows:
                if row.values.get(price) is None:
                    column = price if price in row.values else album_price
                    reason = "write a price such as 0.99 (0 for a free track), or an album_price for the whole album."
                    self._report(row.line, column, reason)
        if sum(for_tracks) > MAX_PRICE:
            reason = f"the prices of this album add up to more than {self._max_price()}. "
            self._report(self._rows[0].line, price, f"{reason}Lower them, or write an album_price.")
        return sum(for_tracks)

    def _cents(self, column: str) -> list[int]:
        """Return the amounts in a column in minor units, without blank cells."""
        found = []
        for row in self._rows:
            amount: Amount | None = row.values.get(column)
            if amount is not None:
                found.append(self._price_of(amount, row.line, column))
        return found

    def _price_of(self, amount: Amount, line: int, column: str) -> int:
        if amount.sign and not amount.is_in(self._currency, self._locale):
            reason = (
                f"{shown(amount.sign)} is not a symbol for {self._currency}, the album's currency. "
                "Write only the number."
            )
            self._report(line, column, reason)
        try:
            cents = _minor_units(amount.value, self._currency)
        except ValueError:
            digits = minor_unit_digits(self._currency)
            reason = f"{amount.value} has too many decimal places. {self._currency} allows {digits or 'none'}."
            self._report(line, column, reason)
            return 0
        if cents > MAX_PRICE:
            self._report(
                line, column, f"{amount.value} {self._currency} is too high. The highest price is {self._max_price()}."
            )
        return min(cents, MAX_PRICE)

    def _max_price(self) -> str:
        return f"{to_decimal(MAX_PRICE, self._currency)} {self._currency}"

    def _track(self, row: Row) -> TrackEntry:
        values = row.values
        kept = {column: values[column] for column in _TRACK_COLUMNS if column in values}
        artist = values["artist"]
        is_of_album = artist == self._artists[0] or name_key(artist) == name_key(self._artists[0])
        kept["artist_name"] = "" if is_of_album else visible_line(artist)
        return TrackEntry(values.get("disc") or 1, values["track_number"], values.get("genre", ""), kept)


def _place(track: TrackEntry) -> tuple[int, int]:
    return track.disc, track.number
