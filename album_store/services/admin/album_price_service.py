"""Changing the prices of albums and tracks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, joinedload

from album_store.data.album import Album
from album_store.data.lock_row import lock_catalogue
from album_store.data.track import Track
from album_store.data.types import utc_now
from album_store.infrastructure.money import to_decimal
from album_store.services.audit_service import Actor, AuditService
from album_store.services.catalogue.price_change import PriceChange
from album_store.services.paging import Order, Page, keyset_page

TRACKS_PER_PAGE = 100

_TRACKS = select(Track.id, Track.disc_number, Track.track_number, Track.title, Track.price_cents)
_OF_ALBUM = Track.album_id == bindparam("album_id")
_ON_ALBUM = Order(Track.display_order, int, Track.id)
_MAX_DETAILS = 500


@dataclass(frozen=True)
class AlbumPriceService:
    """Finds an album by its slug and changes its prices; each change is audited.

    All amounts are in minor units of the album's currency. An import and a change wait for each other.
    """

    _dbsession: Session
    _audit: AuditService

    def find(self, url: str) -> Album | None:
        """The album with this slug, published or not, or None."""
        return self._dbsession.scalar(select(Album).where(Album.url == url).options(joinedload(Album.artist)))

    def lock(self, url: str) -> Album | None:
        """The same, and no other transaction changes the catalogue until this one ends."""
        lock_catalogue(self._dbsession)
        return self.find(url)

    def tracks(self, album: Album, *, after: str = "", before: str = "") -> Page[Any]:
        """A page of the tracks of an album."""
        cursors = {"after": after, "before": before}
        return keyset_page(
            self._dbsession, _TRACKS, _OF_ALBUM, _ON_ALBUM, TRACKS_PER_PAGE, album_id=album.id, **cursors
        )

    def change_album(
        self, album: Album, *, price_cents: int, minimum_cents: int | None, for_sale: bool, actor: Actor
    ) -> None:
        """Set how a locked album is sold; what follows for its tracks is that of `PriceChange`."""
        values = {"price_cents": price_cents, "minimum_cents": minimum_cents, "for_sale": for_sale}
        before = {name: getattr(album, name) for name in values}
        if values == before:
            return
        change = PriceChange.of(album, values)
        prices = select(Track.id, Track.price_cents, Track.minimum_cents).where(Track.album_id == album.id)
        rows = self._dbsession.execute(prices).all()
        changed = {
            row.id: change.of_track(row.price_cents) for row in rows if not _has(row, change.of_track(row.price_cents))
        }
        self._write(album, changed, **values)
        details = f"{_price_in_words(before, album.currency)} to {_price_in_words(values, album.currency)}"
        self._audit.record(actor, "album-price-changed", album.url, details)

    def change_tracks(self, album: Album, prices: Mapping[int, int | None], actor: Actor) -> None:
        """Set the prices of tracks of a locked album by their ids. None means that it is sold only with the album."""
        change = PriceChange.of(album, {})
        rows = self._dbsession.execute(_TRACKS.where(_OF_ALBUM), {"album_id": album.id}).all()
        changed = [row for row in rows if row.id in prices and row.price_cents != prices[row.id]]
        if not changed:
            return
        self._write(album, {row.id: change.of_said(prices[row.id]) for row in changed})
        details = "; ".join(
            f"{row.disc_number}-{row.track_number}: {_amount_in_words(row.price_cents, album.currency)} to "
            f"{_amount_in_words(prices[row.id], album.currency)}"
            for row in changed
        )
        self._audit.record(actor, "track-prices-changed", album.url, details[:_MAX_DETAILS])

    def _write(self, album: Album, prices: Mapping[int, Mapping[str, int | None]], **values: Any) -> None:
        """Write the columns of the album, and the price columns of its tracks by their ids.

        By statements: through the objects, the search words of the album would be made again from all its tracks. Feeds
        and open forms notice the change by `updated_date`.
        """
        rows = [{"id": track_id, **columns} for track_id, columns in prices.items()]
        if rows:
            self._dbsession.execute(update(Track), rows)
        self._dbsession.execute(update(Album).where(Album.id == album.id).values(updated_date=utc_now(), **values))


def _price_in_words(values: Mapping[str, Any], currency: str) -> str:
    price = _amount_in_words(values["price_cents"], currency)
    if values["minimum_cents"] is not None:
        price += f", at least {_amount_in_words(values['minimum_cents'], currency)}"
    return price if values["for_sale"] else f"not for sale ({price})"


def _amount_in_words(amount_cents: int | None, currency: str) -> str:
    return "album only" if amount_cents is None else f"{to_decimal(amount_cents, currency)} {currency}"


def _has(row: Any, columns: Mapping[str, int | None]) -> bool:
    return all(getattr(row, name) == value for name, value in columns.items())
