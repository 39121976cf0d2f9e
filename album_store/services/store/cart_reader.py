"""Reads carts of accounts and of browsers without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select
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


class OfOwner(NamedTuple):
    """A statement about a cart for both kinds of owners, built once; `owner` is its parameter."""

    account: Select[Any]
    browser: Select[Any]

    @classmethod
    def where(cls, statement: Select[Any]) -> "OfOwner":
        """Return the statement for the cart of an account, and for that of a browser."""
        owner = bindparam("owner")
        return cls(statement.where(Cart.account_id == owner), statement.where(Cart.secret_hash == owner))

    def for_visitor(self, visitor: Visitor) -> tuple[Select[Any], dict[str, str]]:
        """Return the statement for the cart of a visitor who has one, and its parameter."""
        if visitor.account_id:
            return self.account, {"owner": visitor.account_id}
        return self.browser, {"owner": visitor.cart_hash}


_ITEMS = select(CartItem.album_id, CartItem.track_id).join(Cart, Cart.id == CartItem.cart_id)
# Every page of a customer asks for these.
_KEYS = OfOwner.where(_ITEMS)
_ORDERS = OfOwner.where(_ITEMS.with_only_columns(CartItem.order_id).where(CartItem.order_id.is_not(None)).distinct())
_LINE = (CartItem.id, CartItem.amount_cents, CartItem.currency, CartItem.order_id, IS_DELIVERABLE)
_LINES = OfOwner.where(
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
        with self._reading() as reading:
            rows = reading.connection().execute(*_KEYS.for_visitor(visitor))
            return frozenset(ItemKey(*row) for row in rows)

    def order_ids(self, visitor: Visitor) -> Sequence[str]:
        """The orders that were made of what is in the cart, and not paid since."""
        if not has_owner(visitor):
            return []
        with self._reading() as reading:
            return reading.connection().execute(*_ORDERS.for_visitor(visitor)).scalars().all()

    def contents(self, visitor: Visitor) -> CartContents:
        """The items of the cart with what they cost now."""
        if not has_owner(visitor):
            return CartContents()
        with self._reading() as reading:
            return self.contents_in(reading, visitor, self._ownership.owned(visitor, reading))

    def contents_in(self, dbsession: Session, visitor: Visitor, visible: VisibleOrders) -> CartContents:
        """The same in a session. `visible` are the orders that the visitor may see."""
        if not has_owner(visitor):
            return CartContents()
        query, owner = _LINES.for_visitor(visitor)
        if not visible.of_buyer:
            rows = dbsession.connection().execute(query, owner)
            return CartContents(tuple(self._line(row, None) for row in rows))
        query = query.add_columns(order_with(visible.of_buyer, Album.id, CartItem.track_id))
        rows = dbsession.connection().execute(query, owner)
        return CartContents(tuple(self._line(values, owned_by) for *values, owned_by in rows))

    def _line(self, row: Sequence[Any], owned_by: str | None) -> CartLine:
        item_id, amount_cents, currency, order_id, is_deliverable, *values = row
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
