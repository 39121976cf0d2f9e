"""Reads carts of accounts and of browsers without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, false, func, select
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.cart import Cart
from album_store.data.cart_item import CartItem
from album_store.data.dbsession import Reading
from album_store.data.track import Track
from album_store.services.store.cart_contents import CartContents, CartLine
from album_store.services.store.item_key import ItemKey
from album_store.services.store.offer_service import (
    IS_DELIVERABLE,
    OFFERED_ALBUM,
    OFFERED_TRACK,
    OfferService,
    offered,
)
from album_store.services.store.ownership_service import OwnershipService, order_with
from album_store.services.store.visible_orders import VisibleOrders
from album_store.services.store.visitor import Visitor

# Every page of a customer asks for these. The tables: the ORM would double the time that a statement takes.
_cart, _item = Cart.__table__, CartItem.__table__
_KEYS = select(_item.c.album_id, _item.c.track_id).join(_cart, _cart.c.id == _item.c.cart_id)
_KEYS_OF_ACCOUNT = _KEYS.where(_cart.c.account_id == bindparam("owner"))
_KEYS_OF_BROWSER = _KEYS.where(_cart.c.secret_hash == bindparam("owner"))

_LINE = (CartItem.id, CartItem.amount_cents, CartItem.currency, CartItem.order_id, IS_DELIVERABLE)
_LINES = (
    select(*_LINE, *OFFERED_ALBUM, *OFFERED_TRACK)
    .select_from(CartItem)
    .join(Cart, Cart.id == CartItem.cart_id)
    .outerjoin(Track, Track.id == CartItem.track_id)
    .join(Album, Album.id == func.coalesce(CartItem.album_id, Track.album_id))
    .join(Artist, Artist.id == Album.artist_id)
    .order_by(CartItem.id)
)


@dataclass(frozen=True)
class CartReader:
    """Reads the cart of a visitor. Nothing is read for those without one."""

    _reading: Reading
    _offers: OfferService
    _ownership: OwnershipService

    def keys(self, visitor: Visitor) -> frozenset[ItemKey]:
        """What is in the cart, whether it can be bought or not."""
        if not has_owner(visitor):
            return frozenset()
        query = _KEYS_OF_ACCOUNT if visitor.account_id else _KEYS_OF_BROWSER
        with self._reading() as reading:
            rows = reading.execute(query, {"owner": visitor.account_id or visitor.cart_hash})
            return frozenset(ItemKey(*row) for row in rows)

    def order_ids(self, visitor: Visitor) -> Sequence[str]:
        """The orders that were made of what is in the cart, and not paid since."""
        query = select(CartItem.order_id).join(Cart, Cart.id == CartItem.cart_id)
        with self._reading() as reading:
            return reading.scalars(query.where(is_of(visitor), CartItem.order_id.is_not(None)).distinct()).all()

    def contents(self, visitor: Visitor) -> CartContents:
        """The items of the cart with what they cost now."""
        with self._reading() as reading:
            return self.contents_in(reading, visitor, self._ownership.owned(visitor, reading))

    def contents_in(self, dbsession: Session, visitor: Visitor, visible: VisibleOrders) -> CartContents:
        """The same in a session. `visible` are the orders that the visitor may see."""
        if not has_owner(visitor):
            return CartContents()
        query = _LINES.add_columns(order_with(visible, Album.id, CartItem.track_id)).where(is_of(visitor))
        return CartContents(tuple(map(self._line, dbsession.connection().execute(query))))

    def _line(self, row: Sequence[Any]) -> CartLine:
        item_id, amount_cents, currency, order_id, is_deliverable, *values, owned_by = row
        album, track = offered(values)
        single = track if track.id is not None else None
        return CartLine(
            item_id=item_id,
            offer=self._offers.offer_of(album, single, has_audio=bool(single.audio) if single else is_deliverable),
            seen_cents=amount_cents,
            seen_currency=currency,
            owned_by=owned_by,
            order_id=order_id,
        )


def has_owner(visitor: Visitor) -> bool:
    """Return whether the visitor can have a cart: without an account, their browser has the secret of one."""
    return bool(visitor.account_id or visitor.cart_hash)


def is_of(visitor: Visitor) -> ColumnElement[bool]:
    """Return the condition for the cart of a visitor: the account's, or else the browser's."""
    if visitor.account_id:
        return Cart.account_id == visitor.account_id
    return Cart.secret_hash == visitor.cart_hash if visitor.cart_hash else false()
