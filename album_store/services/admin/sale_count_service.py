"""Counts the albums that can be bought, and the others by what keeps them from it."""

from collections import Counter
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import case, func, literal, not_, select
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.infrastructure.calendar import Calendar
from album_store.infrastructure.payments.charge_limits import can_be_charged
from album_store.services.store.offer_service import IS_DELIVERABLE


class SaleState(Enum):
    """Whether albums can be bought, or the first reason why they cannot."""

    FOR_SALE = "for sale"
    UNPUBLISHED = "unpublished"
    NOT_FOR_SALE = "not for sale"
    NO_RECORDINGS = "no recordings"
    UPCOMING = "upcoming"
    PRICE = "price"


@dataclass(frozen=True)
class SaleCountService:
    """Counts by reading the whole catalogue, so that its cost grows with it."""

    _dbsession: Session
    _calendar: Calendar

    def count(self) -> Counter[SaleState]:
        """The number of albums in each state. The database cannot tell which prices can be charged; there are few."""
        state = case(
            (not_(Album.published), literal(SaleState.UNPUBLISHED.value)),
            (not_(Album.for_sale), literal(SaleState.NOT_FOR_SALE.value)),
            (not_(IS_DELIVERABLE), literal(SaleState.NO_RECORDINGS.value)),
            (Album.sort_date > self._calendar.today(), literal(SaleState.UPCOMING.value)),
            else_=literal(SaleState.FOR_SALE.value),
        ).label("state")
        parts = (state, Album.price_cents, Album.currency, Album.minimum_cents.is_(None).label("is_fixed"))
        states = select(*parts).subquery()
        counts = select(states, func.count().label("albums")).group_by(*states.c)
        found: Counter[SaleState] = Counter()
        for row in self._dbsession.execute(counts):
            counted = SaleState(row.state)
            if counted is SaleState.FOR_SALE and row.is_fixed and not _has_price(row.price_cents, row.currency):
                counted = SaleState.PRICE
            found[counted] += row.albums
        return found


def _has_price(price_cents: int, currency: str) -> bool:
    return price_cents == 0 or can_be_charged(price_cents, currency)
