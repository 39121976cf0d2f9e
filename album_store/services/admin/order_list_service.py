"""Listing and searching orders for admins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from album_store.data.download import Download
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase
from album_store.data.receipt import Receipt
from album_store.data.receipt_counter import LIVE
from album_store.services.paging import ADMIN_PAGE_SIZE, MAX_INTEGER, Page, newest_first

MAX_DOWNLOADS = 50
# A receipt's number as it is printed.
_LABEL = re.compile(r"(?:(?P<series>[A-Z]+)-)?(?P<number>[0-9]{1,9})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class OrderInFull:
    """An order with everything that happened to it."""

    order: Order
    payments: Sequence[Payment]
    receipt: Receipt | None
    downloads: Sequence[Download]


@dataclass(frozen=True)
class OrderListService:
    """Lists and finds orders."""

    _dbsession: Session

    def newest(self, *, only_problems: bool = False, after: str = "") -> Page[Order]:
        """A page of all orders with their lines, newest first; or only of those that need the owner."""
        query = select(Order).options(selectinload(Order.lines))
        if only_problems:
            query = query.where(Order.problem != "")
        return newest_first(self._dbsession, query, Order, after=after)

    def matching(self, text: str) -> Sequence[Order]:
        """The newest orders of an email address, or the order with a receipt's number, at most one page."""
        query = select(Order).options(selectinload(Order.lines))
        if label := _LABEL.fullmatch(text):
            series, number = (label["series"] or LIVE).lower(), min(int(label["number"]), MAX_INTEGER)
            query = query.join(Receipt).where(Receipt.series == series, Receipt.number == number)
        else:
            query = query.where(Order.email == text.lower())
        return self._dbsession.scalars(query.order_by(Order.created_date.desc()).limit(ADMIN_PAGE_SIZE)).all()

    def find_in_full(self, order_id: str) -> OrderInFull | None:
        """One order with everything that its page shows, or None."""
        query = select(Order).where(Order.id == order_id).options(selectinload(Order.lines).joinedload(OrderLine.album))
        order = self._dbsession.scalar(query)
        if order is None:
            return None
        payments = select(Payment).where(Payment.order_id == order_id).order_by(Payment.created_date)
        downloads = (
            select(Download)
            .join(Purchase, Purchase.id == Download.purchase_id)
            .join(OrderLine, OrderLine.id == Purchase.order_line_id)
            .where(OrderLine.order_id == order_id)
            .order_by(Download.created_date.desc())
            .limit(MAX_DOWNLOADS)
        )
        return OrderInFull(
            order,
            self._dbsession.scalars(payments).all(),
            self._dbsession.scalar(select(Receipt).where(Receipt.order_id == order_id)),
            self._dbsession.scalars(downloads).all(),
        )
