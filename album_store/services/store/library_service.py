"""The library of an account: each item that it bought."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select, true
from sqlalchemy.orm import Session, contains_eager

from album_store.data.engines.search_terms import has_words
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase, account_key
from album_store.data.search_words import query_terms
from album_store.services.paging import Page, newest_first
from album_store.services.store.ownership_service import OwnershipService
from album_store.services.store.payment_service import HAS_MONEY

MAX_HELD = 10


@dataclass(frozen=True)
class LibraryService:
    """Lists and searches what an account bought. A page costs the same however much that is.

    A search without many results reads the words of all that the account bought.
    """

    _dbsession: Session
    _ownership: OwnershipService

    def items(self, account_id: str, *, query: str = "", after: str = "") -> Page[Purchase]:
        """A page of purchases with their lines and orders, newest first.

        With a query, those whose title, artist or album has words that begin with each of its words.
        """
        found = (
            select(Purchase)
            .join(Purchase.line)
            .join(OrderLine.order)
            .where(Purchase.owner_key == account_key(account_id), self._ownership.counts)
            .options(contains_eager(Purchase.line).contains_eager(OrderLine.order))
        )
        if query:
            terms = query_terms(query)
            if not terms:
                return Page([])
            found = found.where(*(has_words(OrderLine.search_words, term, begins=True) for term in terms))
        return newest_first(self._dbsession, found, Purchase, after=after)

    def held(self, account_id: str) -> Sequence[Order]:
        """Orders whose money the owner has to look at before anything is delivered, newest first, at most MAX_HELD.

        There are few, and they have an index: an account may have thousands of other orders.
        """
        theirs = (Order.account_id == account_id, Order.is_held == true(), self._ownership.counts)
        newest = (
            select(Order)
            .where(*theirs, exists().where(Payment.order_id == Order.id, HAS_MONEY))
            .order_by(Order.created_date.desc())
        )
        return self._dbsession.scalars(newest.limit(MAX_HELD)).all()
