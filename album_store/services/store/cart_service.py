"""Changes carts of accounts and of browsers without one."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.data.cart import Cart
from album_store.data.cart_item import CartItem
from album_store.data.track import Track
from album_store.data.types import utc_now
from album_store.services.store.cart_contents import CartContents
from album_store.services.store.cart_reader import CartReader, OfOwner, has_owner
from album_store.services.store.item_key import ItemKey
from album_store.services.store.offer import Offer
from album_store.services.store.ownership_service import OwnershipService
from album_store.services.store.visitor import Visitor

MAX_ITEMS = 100
# How long the cart of a browser without an account is kept after its last change.
LIFETIME = timedelta(days=30)
_LOCK = OfOwner.where(select(Cart.id).with_for_update())
_NOTE_ORDER = (
    update(CartItem.__table__)
    .where(CartItem.__table__.c.id.in_(bindparam("ids", expanding=True)))
    .values(order_id=bindparam("order"))
)


class AlreadyOwnedError(Exception):
    """The visitor owns the item already. `order_id` is the order of that purchase."""

    def __init__(self, order_id: str) -> None:
        super().__init__(order_id)
        self.order_id = order_id


class AlbumInCartError(Exception):
    """The album of the track is in the cart."""


class OtherCurrencyError(Exception):
    """The cart has prices in another currency."""


class CartFullError(Exception):
    """The cart has MAX_ITEMS items."""


@dataclass(frozen=True)
class CartService:
    """Changes the cart of a visitor. A cart is locked while it changes, and has each item once.

    Nothing is written for visitors who put nothing into a cart.
    """

    _dbsession: Session
    _reader: CartReader
    _ownership: OwnershipService

    def lock(self, visitor: Visitor) -> str | None:
        """Lock the cart, and return its id; None if there is none. Taken after the account and before an order."""
        if not has_owner(visitor):
            return None
        return self._dbsession.connection().execute(*_LOCK.for_visitor(visitor)).scalar()

    def add(self, offer: Offer, visitor: Visitor, new_secret_hash: str) -> bool:
        """Put an item that is for sale into the cart. One that is in it stays as it is.

        A visitor who has no cart gets one: that of their account, or one with the new secret. Returns whether the
        secret is that of the cart now. Raises AlreadyOwnedError, AlbumInCartError, OtherCurrencyError and
        CartFullError.
        """
        owned = self._ownership.owned_in(visitor, offer.album_id)
        if order_id := owned.get(None) or (offer.track_id and owned.get(offer.track_id)):
            raise AlreadyOwnedError(order_id)
        found = self.lock(visitor)
        cart_id = found or self._create(visitor, new_secret_hash)
        self._put(cart_id, offer)
        self._touch(cart_id)
        return found is None and visitor.account_id is None

    def _put(self, cart_id: str, offer: Offer) -> None:
        held = select(CartItem, Album.id, Album.currency).outerjoin(Track, Track.id == CartItem.track_id)
        held = held.join(Album, Album.id == func.coalesce(CartItem.album_id, Track.album_id))
        rows = self._dbsession.execute(held.where(CartItem.cart_id == cart_id)).all()
        keys = {ItemKey(item.album_id, item.track_id) for item, _, _ in rows}
        if offer.key in keys:
            return
        if ItemKey(album_id=offer.album_id) in keys:
            raise AlbumInCartError
        if any(currency != offer.currency for _, _, currency in rows):
            raise OtherCurrencyError
        singles = [item.id for item, album_id, _ in rows if offer.track_id is None and album_id == offer.album_id]
        if len(rows) - len(singles) >= MAX_ITEMS:
            raise CartFullError
        self._dbsession.execute(delete(CartItem).where(CartItem.id.in_(singles)))
        item = CartItem(
            cart_id=cart_id,
            album_id=offer.key.album_id,
            track_id=offer.key.track_id,
            amount_cents=offer.amount_for(offer.price_cents),
            currency=offer.currency,
        )
        with suppress(IntegrityError), self._dbsession.begin_nested():  # unless it was deleted from the catalogue
            self._dbsession.add(item)

    def _create(self, visitor: Visitor, new_secret_hash: str) -> str:
        """Write a cart. If another request of the account has done so meanwhile, that one is locked and returned."""
        cart = Cart(account_id=visitor.account_id, secret_hash=None if visitor.account_id else new_secret_hash)
        try:
            with self._dbsession.begin_nested():
                self._dbsession.add(cart)
        except IntegrityError:
            if locked := self.lock(visitor):
                return locked
            raise
        return cart.id

    def set_amounts(self, visitor: Visitor, contents: CartContents, amounts: Mapping[ItemKey, int]) -> None:
        """Write what the buyer pays for items whose price they name, in minor units of their currencies."""
        if cart_id := self.lock(visitor):
            for line in contents.lines:
                if (cents := amounts.get(line.offer.key)) is not None:
                    chosen = update(CartItem).where(CartItem.cart_id == cart_id, _is_item(line.offer.key))
                    self._dbsession.execute(chosen.values(amount_cents=cents, currency=line.offer.currency))
            self._touch(cart_id)

    def remove(self, visitor: Visitor, key: ItemKey) -> None:
        """Take an item out of the cart, if it is in it."""
        if cart_id := self.lock(visitor):
            self._dbsession.execute(delete(CartItem).where(CartItem.cart_id == cart_id, _is_item(key)))
            self._touch(cart_id)

    def accept_changes(self, visitor: Visitor) -> CartContents:
        """Note that the buyer has seen what the cart costs now, and take out what cannot be bought any more.

        Returns the items as they were found.
        """
        self.lock(visitor)
        contents = self._reader.contents_in(self._dbsession, visitor, self._ownership.owned(visitor, self._dbsession))
        for item in contents.items:
            of_item = CartItem.id == item.item_id
            if not item.can_be_bought:
                self._dbsession.execute(delete(CartItem).where(of_item))
            elif item.has_changed:
                price = {"amount_cents": item.amount_cents, "currency": item.offer.currency}
                self._dbsession.execute(update(CartItem).where(of_item).values(price))
        return contents

    def note_order(self, contents: CartContents, order_id: str) -> None:
        """Note the order that was made of the items of a locked cart. They leave the cart when it is paid."""
        ids = [line.item_id for line in contents.lines]
        self._dbsession.connection().execute(_NOTE_ORDER, {"ids": ids, "order": order_id})

    def join(self, cart_hash: str, account_id: str) -> None:
        """Put what is in the cart of a browser into that of the account which signs in there, up to MAX_ITEMS.

        The account is locked, so that two browsers do this one after the other.
        """
        strangers = self.lock(Visitor(cart_hash=cart_hash))
        if strangers is None:
            return
        visitor = Visitor(account_id)
        own = self.lock(visitor)
        if own is None:
            own = self._create(visitor, "")
        self._move(strangers, own)
        self._dbsession.execute(delete(Cart).where(Cart.id == strangers))

    def _move(self, source: str, target: str) -> None:
        """Move items to another cart. What is in it stays as it is, and single tracks give way to their album."""
        query = select(CartItem, Track.album_id).outerjoin(Track, Track.id == CartItem.track_id).order_by(CartItem.id)
        rows = self._dbsession.execute(query.where(CartItem.cart_id.in_([source, target]))).all()
        albums = {item.album_id for item, _ in rows if item.album_id}
        kept: set[ItemKey] = set()
        for item, album_of_track in sorted(rows, key=lambda row: row[0].cart_id != target):
            key = ItemKey(item.album_id, item.track_id)
            if key in kept or album_of_track in albums or (len(kept) >= MAX_ITEMS and item.cart_id == source):
                self._dbsession.delete(item)
            else:
                kept.add(key)
        self._dbsession.flush()
        self._dbsession.execute(update(CartItem).where(CartItem.cart_id == source).values(cart_id=target))

    def _touch(self, cart_id: str) -> None:
        strangers = (Cart.id == cart_id, Cart.secret_hash.is_not(None))
        self._dbsession.execute(update(Cart).where(*strangers).values(expires_date=utc_now() + LIFETIME))


def _is_item(key: ItemKey) -> ColumnElement[bool]:
    return CartItem.album_id == key.album_id if key.track_id is None else CartItem.track_id == key.track_id
