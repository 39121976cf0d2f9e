"""Orders that the store has lost, as after the restore of a backup, but that were paid."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from album_store.data.account import lock_account_at
from album_store.data.album import Album
from album_store.data.lock_row import lock_name
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.payment import Payment
from album_store.data.track import Track
from album_store.data.types import new_id
from album_store.infrastructure.payments.payment_gateway import PaymentState
from album_store.services.store.order_notes import NotedItem, read_items

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
MAX_EMAIL = 254


@dataclass(frozen=True)
class FoundOrder:
    """An order with the payment that was written for it.

    `is_known` if only the payment was lost; `is_complete` if the order has all its lines again, as far as its total
    says so.
    """

    order: Order
    payment: Payment
    is_known: bool
    is_complete: bool


@dataclass(frozen=True)
class LostOrders:
    """Writes them again from what the provider says."""

    _dbsession: Session

    def write(self, gateway: str, state: PaymentState) -> FoundOrder | None:
        """Write a payment that the store does not know, and its order unless that exists.

        Returns None if another transaction does the same at this moment.
        """
        email = state.email.strip().lower()[:MAX_EMAIL]
        if not lock_account_at(self._dbsession, email):
            lock_name(self._dbsession, email)
        known = self._dbsession.get(Order, state.order_id)
        is_named = bool(email and _ID.fullmatch(state.order_id))
        lines = self._lines_of(read_items(state.notes)) if is_named and not known else []
        is_complete = bool(lines) and sum(line.amount_cents for line in lines) == state.amount_cents
        order = known or Order(
            id=state.order_id if is_named else new_id(),
            checkout_key=new_id(),
            email=email,
            series=state.series,
            currency=state.currency[:3],
            total_cents=state.amount_cents,
            lines=lines if is_complete else [],
        )
        payment = Payment(
            id=new_id(), order=order, gateway=gateway, parameters="{}", session_id=state.session_id, url=""
        )
        try:
            with self._dbsession.begin_nested():
                self._dbsession.add(payment)
        except IntegrityError:
            return None
        return FoundOrder(order, payment, is_known=known is not None, is_complete=is_complete)

    def _lines_of(self, items: Sequence[NotedItem]) -> list[OrderLine]:
        """The lines of some items; none if one of them is gone."""
        lines = [self._track_line(item) if item.is_track else self._album_line(item) for item in items]
        return [line for line in lines if line] if all(lines) else []

    def _album_line(self, item: NotedItem) -> OrderLine | None:
        query = select(Album).where(Album.id == item.id).options(joinedload(Album.artist))
        album = self._dbsession.scalar(query)
        return album and OrderLine(
            album_id=album.id, title=album.title, artist_name=album.artist_name, amount_cents=item.amount_cents
        )

    def _track_line(self, item: NotedItem) -> OrderLine | None:
        query = select(Track).where(Track.id == item.id).options(joinedload(Track.album).joinedload(Album.artist))
        track = self._dbsession.scalar(query)
        return track and OrderLine(
            album_id=track.album_id,
            track_id=track.id,
            title=track.title,
            artist_name=track.album.artist_name,
            album_title=track.album.title,
            amount_cents=item.amount_cents,
        )
