"""Tells the owner which albums cost less than payment providers accept."""

from collections import Counter
from collections.abc import Sequence

from album_store.infrastructure.money import to_decimal
from album_store.infrastructure.payments.charge_limits import min_charge
from album_store.infrastructure.wording import shown
from album_store.services.imports.catalogue import AlbumEntry

MAX_NAMED = 5


class SmallPrices:
    """Collects the albums by currency, and names the first MAX_NAMED of each."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()
        self._titles: dict[str, list[str]] = {}

    def look_at(self, entry: AlbumEntry) -> None:
        """Note an album whose price, fixed or suggested, is too small to be charged; free albums are not charged."""
        currency, price_cents = entry.values["currency"], entry.values["price_cents"]
        if 0 < price_cents < min_charge(currency):
            self._count[currency] += 1
            titles = self._titles.setdefault(currency, [])
            if len(titles) < MAX_NAMED:
                titles.append(shown(entry.title))

    @property
    def notes(self) -> Sequence[str]:
        """One note for each currency."""
        return [self._note(currency, titles) for currency, titles in self._titles.items()]

    def _note(self, currency: str, titles: Sequence[str]) -> str:
        more = self._count[currency] - len(titles)
        least = f"{to_decimal(min_charge(currency), currency)} {currency}"
        return (
            f"Cheaper than the {least} that payment providers accept as a total, so to be bought only together with "
            f"something else: {', '.join(titles)}{f' and {more} more' if more else ''}."
        )
