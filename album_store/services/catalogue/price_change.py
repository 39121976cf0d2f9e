"""What a new price of an album means for its tracks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from album_store.data.album import Album


@dataclass(frozen=True)
class PriceChange:
    """The currency and the minimum that an album will have, and the prices of its tracks that follow from the change.

    Tracks sold singly share the kind of price of their album. While buyers name the price, theirs is the least.
    """

    currency: str
    minimum_cents: int | None
    was_free: bool
    is_free: bool
    keeps_currency: bool

    @classmethod
    def of(cls, album: Album, values: Mapping[str, Any]) -> "PriceChange":
        """Return the change from an album as it is to one with these values of its columns.

        A minimum that is not among them stays, but not above the price, and not in another currency.
        """
        currency, price_cents = values.get("currency", album.currency), values.get("price_cents", album.price_cents)
        keeps_currency = currency == album.currency
        minimum_cents = values.get("minimum_cents", album.minimum_cents if keeps_currency else None)
        if minimum_cents is not None:
            minimum_cents = min(minimum_cents, price_cents)
        is_free = price_cents == 0 and minimum_cents is None
        return cls(currency, minimum_cents, album.is_free, is_free, keeps_currency)

    def of_said(self, price_cents: int | None) -> dict[str, int | None]:
        """Return the price columns of a track for a given price, or for None if it is sold only with the album."""
        return {"price_cents": price_cents, "minimum_cents": None if self.minimum_cents is None else price_cents}

    def of_track(self, price_cents: int | None) -> dict[str, int | None]:
        """Return the price columns of a track for which nobody gave a new price.

        The tracks of an album that becomes free cost nothing. Those that cost nothing because it was free are then sold
        only with it, and so are those with a price in another currency.
        """
        if not self.keeps_currency or (self.was_free and not self.is_free and price_cents == 0):
            price_cents = None
        elif self.is_free and not self.was_free and price_cents is not None:
            price_cents = 0
        return self.of_said(price_cents)
