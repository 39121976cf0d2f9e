"""Counts the albums that can be bought, and others by what keeps them from it."""

from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.infrastructure.calendar import Calendar
from album_store.infrastructure.payments.charge_limits import can_be_charged
from album_store.services.store.offer_service import IS_DELIVERABLE

MAX_ALBUMS = 500

_COLUMNS = (
    Album.published,
    Album.for_sale,
    Album.sort_date,
    Album.price_cents,
    Album.minimum_cents,
    Album.currency,
)


class SaleState(Enum):
    """Whether albums can be bought, or the first reason why they cannot."""

    FOR_SALE = auto()
    UNPUBLISHED = auto()
    NOT_FOR_SALE = auto()
    NO_RECORDINGS = auto()
    UPCOMING = auto()
    PRICE = auto()


@dataclass(frozen=True)
class SaleCountService:
    """Counts among the MAX_ALBUMS albums that were added last, because no index knows which can be sold."""

    _dbsession: Session
    _calendar: Calendar

    def count(self) -> Counter[SaleState]:
        """The number of albums in each state."""
        newest = select(Album.id, *_COLUMNS).order_by(Album.id.desc()).limit(MAX_ALBUMS).subquery()
        # In a subquery of its own: for many albums at once, PostgreSQL would read the tracks of all.
        is_deliverable = select(IS_DELIVERABLE).where(Album.id == newest.c.id).scalar_subquery().label("is_deliverable")
        rows = self._dbsession.execute(select(newest, is_deliverable))
        return Counter(map(self._state, rows))

    def _state(self, album: Row[Any]) -> SaleState:
        if not album.published:
            return SaleState.UNPUBLISHED
        if not album.for_sale:
            return SaleState.NOT_FOR_SALE
        if not album.is_deliverable:
            return SaleState.NO_RECORDINGS
        if album.sort_date > self._calendar.today():
            return SaleState.UPCOMING
        if album.price_cents and album.minimum_cents is None and not can_be_charged(album.price_cents, album.currency):
            return SaleState.PRICE
        return SaleState.FOR_SALE
