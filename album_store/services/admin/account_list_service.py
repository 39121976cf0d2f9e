"""Listing, searching and counting accounts for admins."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, SelectBase, and_, func, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from album_store.data.account import Account, search_name
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.profile import Profile
from album_store.infrastructure.calendar import Calendar
from album_store.services.admin.days import DAY, day_number
from album_store.services.paging import ADMIN_PAGE_SIZE, Page, newest_first

# The last code point: a prefix followed by it is the upper bound of the texts with that prefix.
_LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True)
class AccountInFull:
    """An account with its profile and the date of its deletion, if any."""

    account: Account
    profile: Profile | None
    deletion_date: dt.datetime | None


@dataclass(frozen=True)
class Found:
    """The results of a search; `is_cut` if there are more than one page."""

    accounts: Sequence[Account]
    is_cut: bool


@dataclass(frozen=True)
class AccountListService:
    """Lists, finds and counts accounts."""

    _dbsession: Session
    _calendar: Calendar

    def newest(self, *, after: str = "") -> Page[Account]:
        """A page of all accounts with their roles, newest first."""
        query = select(Account).options(selectinload(Account.roles))
        return newest_first(self._dbsession, query, Account, after=after)

    def beginning_with(self, text: str) -> Found:
        """The accounts whose email address or display name starts with a text, sorted by address.

        Names are compared as the catalogue's search compares words. Each of the two is one bounded index range, and is
        joined: MariaDB would look for each account in the ranges of an `IN`.
        """
        ids: SelectBase = _first(Account.email, text.lower())
        if name := search_name(text):
            ids = union(ids, _first(Account.search_name, name))
        found_ids = ids.subquery()
        query = select(Account).join(found_ids, found_ids.c.id == Account.id).options(selectinload(Account.roles))
        found = self._dbsession.scalars(query.order_by(Account.email).limit(ADMIN_PAGE_SIZE + 1)).all()
        return Found(found[:ADMIN_PAGE_SIZE], is_cut=len(found) > ADMIN_PAGE_SIZE)

    def find_in_full(self, account_id: str) -> AccountInFull | None:
        """One account with everything that its page shows, or None."""
        row = self._dbsession.execute(
            select(Account, Profile, PendingDeletion.due_date)
            .outerjoin(Profile, Profile.account_id == Account.id)
            .outerjoin(PendingDeletion, PendingDeletion.account_id == Account.id)
            .where(Account.id == account_id)
            .options(selectinload(Account.roles))
        ).first()
        return AccountInFull(*row) if row else None

    def new_per_day(self, days: int) -> dict[dt.date, int]:
        """The number of accounts created on each of the last `days` days, oldest first."""
        wanted = self._calendar.last_days(days)
        number = day_number(Account.created_date, wanted, self._calendar)
        query = select(number, func.count()).where(Account.created_date >= self._calendar.start_of(wanted[0]))
        counts = dict(self._dbsession.execute(query.group_by(DAY)).all())
        return {day: counts.get(place, 0) for place, day in enumerate(wanted)}


def _first(column: InstrumentedAttribute[str], beginning: str) -> Select[tuple[str]]:
    within = and_(column >= beginning, column < beginning + _LAST_CHARACTER)
    first = select(Account.id).where(within).order_by(column).limit(ADMIN_PAGE_SIZE + 1).subquery()
    return select(first.c.id)
