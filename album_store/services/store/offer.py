"""An item of the catalogue with its price."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from album_store.services.store.item_key import ItemKey


class Availability(Enum):
    """Whether an item can be bought now."""

    FOR_SALE = "for sale"
    UPCOMING = "upcoming"
    NOT_FOR_SALE = "not for sale"


@dataclass(frozen=True)
class Offer:
    """An album, or with `track_id` one track of it; `url` and `cover` are the album's.

    `price_cents` is in minor units. With `minimum_cents`, buyers name their price: at least that, and `price_cents` is
    what the form suggests. `album_title` is empty for an album.
    """

    album_id: int
    track_id: int | None
    url: str
    title: str
    artist_name: str
    album_title: str
    cover: str | None
    price_cents: int
    minimum_cents: int | None
    currency: str
    release_date: dt.date
    availability: Availability

    @property
    def key(self) -> ItemKey:
        """What is offered."""
        return ItemKey(album_id=self.album_id) if self.track_id is None else ItemKey(track_id=self.track_id)

    @property
    def is_for_sale(self) -> bool:
        """Whether it can be bought now."""
        return self.availability is Availability.FOR_SALE

    @property
    def names_price(self) -> bool:
        """Whether buyers name their price."""
        return self.minimum_cents is not None

    @property
    def is_free(self) -> bool:
        """Whether it costs nothing, and buyers cannot give more."""
        return self.price_cents == 0 and not self.names_price

    def amount_for(self, chosen_cents: int) -> int:
        """What a buyer pays who chose this amount, or saw it as the price."""
        return self.price_cents if self.minimum_cents is None else max(chosen_cents, self.minimum_cents)
