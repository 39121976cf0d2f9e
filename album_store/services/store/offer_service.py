"""What can be bought."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import and_, bindparam, exists, select
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.track import Track
from album_store.infrastructure.calendar import Calendar
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.infrastructure.payments.charge_limits import can_be_charged
from album_store.services.catalogue.albums_service import is_published
from album_store.services.store.ownership_service import OwnershipService
from album_store.services.store.visitor import Visitor

_of_album = Track.album_id == Album.id
# The one rule that says whether an album can be delivered, and so be sold: each track has its recording.
IS_DELIVERABLE = and_(exists().where(_of_album), ~exists().where(_of_album, Track.audio.is_(None)))
_OFFER = (
    select(
        Album.id,
        Album.url,
        Album.title,
        Artist.name.label("artist_name"),
        Album.cover,
        Album.price_cents,
        Album.currency,
        Album.sort_date,
        IS_DELIVERABLE.label("is_deliverable"),
    )
    .join(Artist, Artist.id == Album.artist_id)
    .where(Album.url == bindparam("url"), is_published)
)


class Availability(Enum):
    """Whether an album can be bought now."""

    FOR_SALE = "for sale"
    UPCOMING = "upcoming"
    NOT_FOR_SALE = "not for sale"


@dataclass(frozen=True)
class Offer:
    """An album, its price in minor units, and whether it can be bought."""

    album_id: int
    url: str
    title: str
    artist_name: str
    cover: str | None
    price_cents: int
    currency: str
    release_date: dt.date
    availability: Availability
    # The order with which the visitor bought it, or None.
    owned_by: str | None = None

    @property
    def is_for_sale(self) -> bool:
        """Whether the album can be bought now."""
        return self.availability is Availability.FOR_SALE

    @property
    def is_free(self) -> bool:
        """Whether the album costs nothing."""
        return self.price_cents == 0


@dataclass(frozen=True)
class OfferService:
    """Finds offers. Without a payment gateway nothing is for sale."""

    _dbsession: Session
    _calendar: Calendar
    _media: MediaStorage
    _ownership: OwnershipService
    _sells: bool

    def find(self, url: str, visitor: Visitor | None = None) -> Offer | None:
        """The offer of the album with this slug, or None if there is no such album.

        With a visitor, it says whether they own it.
        """
        query = _OFFER
        if visitor is not None:
            query = query.add_columns(self._ownership.orders_with(visitor, Album.id).scalar_subquery().label("owned"))
        row = self._dbsession.execute(query, {"url": url}).first()
        if row is None:
            return None
        is_sold = self._sells and row.is_deliverable and _has_price(row.price_cents, row.currency)
        if not is_sold:
            availability = Availability.NOT_FOR_SALE
        elif row.sort_date > self._calendar.today():
            availability = Availability.UPCOMING
        else:
            availability = Availability.FOR_SALE
        return Offer(
            row.id,
            row.url,
            row.title,
            row.artist_name,
            row.cover,
            row.price_cents,
            row.currency,
            row.sort_date,
            availability,
            None if visitor is None else row.owned,
        )

    def has_files(self, album_id: int) -> bool:
        """Whether the recordings of all tracks are in the storage, as well as in the database."""
        names = self._dbsession.scalars(select(Track.audio).where(Track.album_id == album_id))
        return all(name and self._media.path_of("audio", name) for name in names)


def _has_price(price_cents: int, currency: str) -> bool:
    return price_cents == 0 or can_be_charged(price_cents, currency)
