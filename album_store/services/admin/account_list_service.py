"""Accounts as those who run the store look at them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from album_store.data.account import Account
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.profile import Profile
from album_store.data.types import utc_now
from album_store.services.days import first_moment, last_days
from album_store.services.paging import ADMIN_PAGE_SIZE, Page, newest_first

# Sorts behind every text that begins like the one before it.
_LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True)
class AccountInFull:
    """An account with what else is known about the person."""

    account: Account
    profile: Profile | None
    deletion_date: dt.datetime | None


@dataclass(frozen=True)
class Found:
    """What a search found; `is_cut` if there is more than anybody wants to look through."""

    accounts: Sequence[Account]
    is_cut: bool


class AccountListService:
    """Lists, finds and counts accounts."""

    def __init__(self, dbsession: Session) -> None:
        self._dbsession = dbsession

    def newest(self, *, after: str = "") -> Page[Account]:
        """A page of all accounts, with their roles."""
        query = select(Account).options(selectinload(Account.roles))
        return newest_first(self._dbsession, query, Account, after=after)

    def beginning_with(self, text: str) -> Found:
        """The accounts whose address or display name begins with a text, by address.

        Each way of beginning is a stretch of an index, and as few rows are read of each as are shown at most.
        """
        named = [_first(Account.display_name, spelling) for spelling in sorted(_spellings(text))]
        ids = union_all(_first(Account.email, text.lower()), *named)
        query = select(Account).where(Account.id.in_(ids)).options(selectinload(Account.roles))
        found = self._dbsession.scalars(query.order_by(Account.email).limit(ADMIN_PAGE_SIZE + 1)).all()
        return Found(found[:ADMIN_PAGE_SIZE], is_cut=len(found) > ADMIN_PAGE_SIZE)

    def find_in_full(self, account_id: str) -> AccountInFull | None:
        """One account with all that its page shows."""
        row = self._dbsession.execute(
            select(Account, Profile, PendingDeletion.due_date)
            .outerjoin(Profile, Profile.account_id == Account.id)
            .outerjoin(PendingDeletion, PendingDeletion.account_id == Account.id)
            .where(Account.id == account_id)
            .options(selectinload(Account.roles))
        ).first()
        return AccountInFull(*row) if row else None

    def new_per_day(self, days: int) -> dict[dt.date, int]:
        """How many accounts were made on each of the last days, the oldest first; a day is one of UTC."""
        wanted = last_days(utc_now(), days)
        day = func.date(Account.created_date)
        counted = self._dbsession.execute(
            select(day, func.count()).where(Account.created_date >= first_moment(wanted[0])).group_by(day)
        )
        counts = {str(day): count for day, count in counted}
        return {day: counts.get(str(day), 0) for day in wanted}


def _first(column: InstrumentedAttribute[str], beginning: str) -> Select[tuple[str]]:
    within = and_(column >= beginning, column < beginning + _LAST_CHARACTER)
    first = select(Account.id).where(within).order_by(column).limit(ADMIN_PAGE_SIZE + 1).subquery()
    return select(first.c.id)


def _spellings(text: str) -> set[str]:
    """A name as people type it, and as its owner may have: an index knows no case."""
    return {text, text.lower(), text.capitalize(), text.title()}
