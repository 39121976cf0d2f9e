"""What the rows of an album say about its prices and those of its tracks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from album_store.infrastructure.payments.charge_limits import MAX_CHARGE
from album_store.services.imports.catalogue import UNSAID
from album_store.services.imports.choices import ALBUM_ONLY, FIXED, FREE, MINIMUM, NO
from album_store.services.imports.columns import PRICES
from album_store.services.imports.rows import Report, Rows
from album_store.services.prices import Amount, max_price, minor_units

_TRACK, _ALBUM = PRICES
_LEAST = "minimum_price"


class AlbumPrices:
    """Works out the prices and reports contradictions; all amounts are in minor units of `currency`.

    `agreed` returns the value of a column that the whole album shares.
    """

    def __init__(self, rows: Rows, currency: str, locale: str, agreed: Callable[[str], Any], report: Report) -> None:
        self._rows, self._currency, self._locale, self._report = rows, currency, locale, report
        self._is_wrong = rows.has_wrong(*PRICES, _LEAST, "price_kind")
        for column in (_ALBUM, _LEAST):
            agreed(column)
        self._says_kind = any(
            column in rows.values and not rows.is_wrong(0, column) for column in ("price_kind", _LEAST)
        )
        self._of_tracks = self._cents(_TRACK)
        self._of_album, self._least = self._first(_ALBUM), self._first(_LEAST)
        self._kind = agreed("price_kind") or (FIXED if self._least is None else MINIMUM)

    @property
    def is_sum(self) -> bool:
        """Whether the price of the album is the sum of its tracks."""
        return self._of_album is None and self._kind != FREE and (self._kind == FIXED or None not in self._of_tracks)

    def of_album(self) -> dict[str, Any]:
        """Return the columns of Album that say what it costs."""
        values: dict[str, Any] = {"price_cents": self._price_cents()}
        if self._says_kind:
            values["minimum_cents"] = self._minimum(values["price_cents"])
        if "for_sale" in self._rows.values and not self._rows.is_wrong(0, "for_sale"):
            values["for_sale"] = self._is_for_sale()
        return values

    def of_tracks(self) -> Mapping[str, Sequence[Any]]:
        """Return the prices of the tracks as a column of Track, or nothing where the file does not say any."""
        if self._kind == FREE:
            said: Sequence[Any] = [0] * len(self._of_tracks)
        elif _TRACK in self._rows.values:
            said = self._of_tracks
        else:
            said = [UNSAID] * len(self._of_tracks)
        sold = self._rows.column("for_sale")
        if ALBUM_ONLY in sold:
            said = [None if how == ALBUM_ONLY else price for price, how in zip(said, sold, strict=True)]
        return {} if said.count(UNSAID) == len(said) else {"price_cents": said}

    def _price_cents(self) -> int:
        if self._kind == FREE:
            self._report_above_zero()
            return 0
        if self._of_album is not None:
            return self._of_album
        if self._kind == MINIMUM and None in self._of_tracks:
            return self._least or 0
        if None in self._of_tracks and not self._is_wrong:
            column = _TRACK if _TRACK in self._rows.values else _ALBUM
            reason = "write a price such as 0.99 (0 for a free track), or an album_price for the whole album."
            for line, cents in zip(self._rows.lines, self._of_tracks, strict=True):
                if cents is None:
                    self._report(line, column, reason)
        total = sum(cents or 0 for cents in self._of_tracks)
        if total > MAX_CHARGE:
            reason = f"the prices of this album add up to more than {max_price(self._currency)}. "
            self._report(self._rows.lines[0], _TRACK, f"{reason}Lower them, or write an album_price.")
        return total

    def _minimum(self, price_cents: int) -> int | None:
        """Return the least that buyers may pay if they name the price."""
        line = self._line_of(_LEAST)
        if self._kind != MINIMUM:
            if self._least is not None:
                reason = f"only an album whose price_kind is minimum has one, and this is {self._kind}. Clear one cell."
                self._report(line, _LEAST, reason)
            return None
        if self._least is None and not self._is_wrong:
            reason = "write the least that buyers may pay for the album, such as 5.00, or 0 for any amount."
            self._report(self._line_of("price_kind"), _LEAST, reason)
        if (self._least or 0) > price_cents and not self._is_wrong:
            what = "the album_price" if self._of_album is not None else "what the tracks cost together"
            self._report(line, _LEAST, f"this is more than {what}. Lower it, or raise the album_price.")
        return self._least

    def _is_for_sale(self) -> bool:
        said = self._rows.column("for_sale")
        if NO not in said:
            return True
        first = self._rows.lines[said.index(NO)]
        for line, how in zip(self._rows.lines, said, strict=True):
            if how not in (NO, None):
                reason = f"line {first} says that this album is not for sale. Write no on all its lines."
                self._report(line, "for_sale", reason)
        return False

    def _report_above_zero(self) -> None:
        for line, cents in zip(self._rows.lines, self._of_tracks, strict=True):
            if cents:
                self._report(line, _TRACK, "this album is free, so its tracks are too. Write 0, or clear this cell.")
        if self._of_album:
            self._report(self._line_of(_ALBUM), _ALBUM, "this album is free. Write 0, or clear this cell.")

    def _first(self, column: str) -> int | None:
        """Return the first amount in a column, and report every one that is wrong."""
        return next((cents for cents in self._cents(column) if cents is not None), None)

    def _line_of(self, column: str) -> int:
        """Return the first line with something in a column."""
        said = zip(self._rows.lines, self._rows.column(column), strict=True)
        return next((line for line, cell in said if cell not in (None, "")), self._rows.lines[0])

    def _cents(self, column: str) -> Sequence[int | None]:
        """Return the amounts in a column. One that is wrong is reported, and 0."""
        amounts = self._rows.column(column)
        if column not in self._rows.values:
            return amounts
        return [
            amount and self._minor_units(amount, line, column)
            for amount, line in zip(amounts, self._rows.lines, strict=True)
        ]

    def _minor_units(self, amount: Amount, line: int, column: str) -> int:
        try:
            return minor_units(amount, self._currency, self._locale)
        except ValueError as error:
            self._report(line, column, str(error))
            self._is_wrong = True
            return 0
