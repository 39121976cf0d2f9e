"""Listing and searching orders for admins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, true, union
from sqlalchemy.orm import Session, joinedload, selectinload

from album_store.data.album import Album
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.order_problem import OrderProblem
from album_store.data.receipt import Receipt
from album_store.data.receipt_counter import LIVE
from album_store.data.search_words import fold
from album_store.services.paging import ADMIN_PAGE_SIZE, MAX_INTEGER, Page, newest_first

# Of the albums whose title begins with what is searched for, so many are looked at, published and unpublished ones.
MAX_ALBUMS = 10
# An order's number as its page and emails show it.
_ID = re.compile(r"[0-9a-f]{32}", re.IGNORECASE | re.ASCII)
# A receipt's number as it is printed.
_LABEL = re.compile(r"(?:(?P<series>[A-Z]+)-)?(?P<number>[0-9]{1,9})", re.IGNORECASE | re.ASCII)
# The last code point: a prefix followed by it is the upper bound of the texts with that prefix.
_LAST_CHARACTER = "\U0010ffff"
# What a list shows of each order.
_SHOWN = (selectinload(Order.lines), selectinload(Order.problems))


@dataclass(frozen=True)
class OrderListService:
    """Lists and finds orders. No search costs more in a store with more orders."""

    _dbsession: Session

    def newest(self, *, after: str = "") -> Page[Order]:
        """A page of all orders with their lines and problems, newest first."""
        return newest_first(self._dbsession, select(Order).options(*_SHOWN), Order, after=after)

    def open_problems(self, kind: str = "", *, after: str = "") -> Page[OrderProblem]:
        """A page of what is open, of one kind or all, with the orders and their lines; the newest problem first."""
        query = select(OrderProblem).where(OrderProblem.is_open == true())
        if kind:
            query = query.where(OrderProblem.kind == kind)
        query = query.options(joinedload(OrderProblem.order, innerjoin=True).selectinload(Order.lines))
        return newest_first(self._dbsession, query, OrderProblem, after=after)

    def count_open_problems(self, most: int) -> int:
        """How many problems are open; `most` if there are so many or more."""
        few = select(OrderProblem.id).where(OrderProblem.is_open == true()).limit(most).subquery()
        return self._dbsession.scalar(select(func.count()).select_from(few)) or 0

    def matching(self, text: str) -> Sequence[Order]:
        """The order with this number or a receipt's, or the newest whose address or album title begins so; one page."""
        return self._with_number(text) or self._of_address(text.lower()) or self._of_album(fold(text))

    def _with_number(self, text: str) -> Sequence[Order]:
        if _ID.fullmatch(text):
            query = select(Order).where(Order.id == text.lower())
        elif label := _LABEL.fullmatch(text):
            series, number = (label["series"] or LIVE).lower(), min(int(label["number"]), MAX_INTEGER)
            query = select(Order).join(Receipt).where(Receipt.series == series, Receipt.number == number)
        else:
            return []
        return self._dbsession.scalars(query.options(*_SHOWN)).all()

    def _of_address(self, text: str) -> Sequence[Order]:
        within = (Order.email >= text, Order.email < text + _LAST_CHARACTER)
        query = select(Order).where(*within).order_by(Order.email.desc(), Order.created_date.desc())
        return self._dbsession.scalars(query.options(*_SHOWN).limit(ADMIN_PAGE_SIZE)).all()

    def _of_album(self, text: str) -> Sequence[Order]:
        if not text:
            return []
        within = (Album.sort_title >= text, Album.sort_title < text + _LAST_CHARACTER)
        albums: list[int] = []
        for is_published in (True, False):
            query = (
                select(Album.id).where(Album.published == is_published, *within).order_by(Album.sort_title, Album.id)
            )
            albums += self._dbsession.scalars(query.limit(MAX_ALBUMS))
        if not albums:
            return []
        newest_lines = [
            select(
                select(OrderLine.order_id)
                .where(OrderLine.album_id == album_id)
                .order_by(OrderLine.id.desc())
                .limit(ADMIN_PAGE_SIZE)
                .subquery()
            )
            for album_id in albums
        ]
        # Joined, because MariaDB would look for each order of the store in a union after IN.
        ids = union(*newest_lines).subquery()
        found = select(Order).join(ids, ids.c.order_id == Order.id)
        query = found.options(*_SHOWN).order_by(Order.created_date.desc(), Order.id)
        return self._dbsession.scalars(query.limit(ADMIN_PAGE_SIZE)).all()
