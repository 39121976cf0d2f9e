"""Who owns what, and which orders a visitor may see."""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import ColumnElement, bindparam, delete, exists, insert, or_, select, true, update
from sqlalchemy.orm import Session, joinedload, selectinload

from album_store.data.account import Account
from album_store.data.browser_access import BrowserAccess
from album_store.data.dbsession import Reading
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.purchase import Purchase, account_key, email_key
from album_store.data.receipt_counter import LIVE
from album_store.data.types import utc_now
from album_store.services.store.visible_orders import VisibleOrders
from album_store.services.store.visitor import Visitor

# How long a browser without an account keeps its access.
LIFETIME = timedelta(days=30)
# Of these, a browser that has more sees the newest.
MAX_ACCESSES = 500

_ACCESSES = (
    select(BrowserAccess.order_id, BrowserAccess.email)
    .where(BrowserAccess.browser_hash == bindparam("browser_hash"), BrowserAccess.created_date > bindparam("since"))
    .order_by(BrowserAccess.id.desc())
    .limit(MAX_ACCESSES)
)
# What was bought and not revoked, with its order.
_PURCHASES = (
    select(Purchase.track_id, OrderLine.order_id)
    .join_from(Purchase, OrderLine, OrderLine.id == Purchase.order_line_id)
    .join(Order, Order.id == OrderLine.order_id)
    .where(Purchase.revoked_date.is_(None))
)
# A track is bought with its album, but an album is no double of its tracks.
_OWNS_ONE_OF = select(
    exists(
        _PURCHASES.where(
            Purchase.owner_key == bindparam("owner_key"),
            Purchase.album_id.in_(bindparam("albums", expanding=True)),
            or_(Purchase.track_id.is_(None), Purchase.track_id.in_(bindparam("tracks", expanding=True))),
            Order.series == bindparam("series"),
        )
    )
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OwnershipService:
    """Answers for an account, and for a browser that paid or opened a link from an email."""

    _dbsession: Session
    _reading: Reading
    # Whether the store takes real money. Orders of test payments are then as if they did not exist.
    _is_live: bool

    def visible(self, visitor: Visitor, dbsession: Session | None = None) -> VisibleOrders:
        """The orders that a visitor may see. They are looked up in `dbsession`, or else in that of the request.

        What the browser opened is looked up first. As a subquery it would be compared with every order, also for a
        forged cookie.
        """
        orders = VisibleOrders(self.counts, visitor.account_id)
        if not visitor.browser_hash:
            return orders
        values = {"browser_hash": visitor.browser_hash, "since": utc_now() - LIFETIME}
        rows = (dbsession or self._dbsession).connection().execute(_ACCESSES, values).all()
        return replace(
            orders,
            order_ids=[row.order_id for row in rows if row.order_id],
            emails=[row.email for row in rows if row.email and not row.order_id],
        )

    def owned(self, visitor: Visitor, dbsession: Session) -> VisibleOrders:
        """The orders that prove what a visitor owns, see `VisibleOrders.of_buyer`."""
        return VisibleOrders(self.counts, visitor.account_id) or self.visible(visitor, dbsession)

    def find_order(self, order_id: str, visitor: Visitor) -> Order | None:
        """The order with its lines if this visitor may see it; None as if it did not exist."""
        lines = selectinload(Order.lines).joinedload(OrderLine.album)
        with self._reading() as reading:
            visible = self.visible(visitor, reading).condition
            return reading.scalars(select(Order).where(Order.id == order_id, visible).options(lines)).first()

    def owned_in(self, visitor: Visitor, album_id: int) -> dict[int | None, str]:
        """What the visitor owns of an album: the ids of tracks, and None for the whole album, each with its order."""
        if not (visitor.account_id or visitor.browser_hash):
            return {}
        with self._reading() as reading:
            owned = self.owned(visitor, reading)
            bought = _PURCHASES.where(Purchase.album_id == album_id, owned.condition)
            return {row.track_id: row.order_id for row in reading.execute(bought)} if owned else {}

    def orders_of_browser(self, visitor: Visitor) -> list[Order]:
        """The paid orders that this browser may see, newest first, at most 100, with their lines and withdrawals."""
        opened = replace(self.visible(visitor), account_id=None)
        query = select(Order).where(opened.condition, Order.paid_date.is_not(None))
        query = query.options(selectinload(Order.lines), joinedload(Order.withdrawal))
        return list(self._dbsession.scalars(query.order_by(Order.created_date.desc(), Order.id).limit(100)))

    def has_orders(self, account_id: str) -> bool:
        """Return whether an account has paid orders."""
        theirs = exists().where(Order.account_id == account_id, Order.paid_date.is_not(None))
        return bool(self._dbsession.scalar(select(theirs)))

    @property
    def counts(self) -> ColumnElement[bool]:
        """The condition for orders that count: with real money, all but those of test payments."""
        return Order.series == LIVE if self._is_live else true()

    def give_access(self, browser_hash: str, *, order_id: str | None = None, email: str = "") -> None:
        """Let a browser see an order, or without one all purchases of an address, for LIFETIME from now."""
        same = (BrowserAccess.browser_hash == browser_hash, BrowserAccess.email == email)
        same_order = BrowserAccess.order_id.is_(None) if order_id is None else BrowserAccess.order_id == order_id
        renewed = update(BrowserAccess).where(*same, same_order).values(created_date=utc_now())
        if self._dbsession.execute(renewed).rowcount == 0:
            self._dbsession.add(BrowserAccess(browser_hash=browser_hash, order_id=order_id, email=email))

    def open_new(self, browser_hash: str, order_id: str) -> None:
        """Let a browser see an order that nobody has seen yet."""
        access = {"browser_hash": browser_hash, "order_id": order_id}
        self._dbsession.connection().execute(insert(BrowserAccess.__table__), access)

    def forget_browser(self, browser_hash: str) -> None:
        """End all access of a browser."""
        self._dbsession.execute(delete(BrowserAccess).where(BrowserAccess.browser_hash == browser_hash))


def owns_one_of(dbsession: Session, owner_key: str, order: Order) -> bool:
    """Return whether an owner has bought one of the items of an order before.

    What was bought with test payments counts only for another test payment.
    """
    values = {
        "owner_key": owner_key,
        "albums": [line.album_id for line in order.lines],
        "tracks": [line.track_id for line in order.lines if line.track_id is not None],
        "series": order.series,
    }
    return bool(dbsession.connection().execute(_OWNS_ONE_OF, values).scalar())


def claim(dbsession: Session, account: Account) -> None:
    """Give an account what was bought with its address, in the transaction that confirms the address.

    That transaction holds the name of the address, as `SettlementService` does, so that no payment comes between.
    """
    bought = (Order.email == account.email, Order.account_id.is_(None), Order.paid_date.is_not(None))
    dbsession.execute(update(Order).where(*bought).values(account_id=account.id))
    is_theirs = Purchase.owner_key == email_key(account.email)
    claimed = dbsession.execute(update(Purchase).where(is_theirs).values(owner_key=account_key(account.id)))
    if claimed.rowcount:
        log.info("event=purchases-claimed account=%s count=%d", account.id, claimed.rowcount)


def release(dbsession: Session, account: Account) -> None:
    """Give what an account bought back to its address, before the account is deleted."""
    orders = update(Order).where(Order.account_id == account.id)
    dbsession.execute(orders.values(account_id=None, email=account.email))
    is_theirs = Purchase.owner_key == account_key(account.id)
    dbsession.execute(update(Purchase).where(is_theirs).values(owner_key=email_key(account.email)))


def order_with(
    visible: VisibleOrders, album_id: ColumnElement[int], track_id: ColumnElement[int | None]
) -> ColumnElement[str]:
    """Return the expression for the order with which a visitor bought an item of a query; NULL if they did not.

    A track is owned with its album.
    """
    is_item = or_(Purchase.track_id.is_(None), Purchase.track_id == track_id)
    bought = _PURCHASES.where(Purchase.album_id == album_id, is_item, visible.condition)
    order_id = bought.with_only_columns(OrderLine.order_id, maintain_column_froms=True).limit(1)
    return order_id.correlate_except(OrderLine, Purchase, Order).scalar_subquery()
