"""Access to orders: whether anything of them is owned, and what ends the access of links, browsers and downloads."""

from sqlalchemy import ColumnElement, Select, delete, exists, select, update
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.browser_access import BrowserAccess
from album_store.data.download import Download
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.purchase import Purchase
from album_store.data.purchase_link import PurchaseLink
from album_store.data.types import utc_now


class NothingOwnedError(Exception):
    """Nothing of the order is owned: it was not delivered, or all of it was refunded, disputed or withdrawn from."""


def is_owned(dbsession: Session, order_id: str) -> bool:
    """Return whether anything of an order is owned: it was delivered, and not all of it was revoked."""
    return bool(dbsession.scalar(select(exists().where(*owned_in(order_id)))))


def owned_in(order_id: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the purchases of an order that are not revoked."""
    of_order = (Purchase.order_line_id == OrderLine.id, OrderLine.order_id == order_id)
    return (*of_order, Purchase.revoked_date.is_(None))


def end_access(dbsession: Session, order_ids: Select[tuple[str]], *, except_browser: str = "") -> None:
    """End all links to these orders, the access of every browser but one, and the addresses of their downloads."""
    now, ids = utc_now(), order_ids.scalar_subquery()
    open_links = (PurchaseLink.order_id.in_(ids), PurchaseLink.superseded_date.is_(None))
    dbsession.execute(update(PurchaseLink).where(*open_links).values(superseded_date=now))
    others = (BrowserAccess.order_id.in_(ids), BrowserAccess.browser_hash != except_browser)
    dbsession.execute(delete(BrowserAccess).where(*others))
    purchases = select(Purchase.id).join(OrderLine, OrderLine.id == Purchase.order_line_id)
    bought = purchases.where(OrderLine.order_id.in_(ids)).scalar_subquery()
    running = (Download.purchase_id.in_(bought), Download.expires_date > now)
    dbsession.execute(update(Download).where(*running).values(expires_date=now))


def leave_address(dbsession: Session, account: Account) -> None:
    """End what was mailed to the earlier address of an account, whose mailbox may be another person's by now.

    What is still to be mailed about its orders goes to its new address.
    """
    dbsession.execute(update(Order).where(Order.account_id == account.id).values(email=account.email))
    end_access(dbsession, select(Order.id).where(Order.account_id == account.id))
