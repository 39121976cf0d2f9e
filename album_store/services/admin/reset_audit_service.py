"""The audit of password resets: who requested them, from where, and whether they were used."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, desc, func, select
from sqlalchemy.orm import Session, joinedload

from album_store.data.account import Account
from album_store.data.password_reset import PasswordReset
from album_store.infrastructure.calendar import Calendar
from album_store.services.account.secret_links import is_open, why_dead
from album_store.services.admin.days import DAY, day_number
from album_store.services.paging import Page, newest_first

KEPT_IN_VIEW_DAYS = 30
BUSIEST = 50
OF_ONE_ACCOUNT = 20


@dataclass(frozen=True)
class Period:
    """The time from `begin`, included, to `end`, excluded."""

    begin: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class DayOfResets:
    """How many resets were requested on a day, and how many of them were used or are still open."""

    day: dt.date
    asked: int
    used: int
    open: int


@dataclass(frozen=True)
class BusyAddress:
    """The same counts for an IP address, and the date of its last request."""

    ip_address: str
    asked: int
    used: int
    open: int
    last_date: dt.datetime


@dataclass(frozen=True)
class ResetAuditService:
    """Reads and counts password resets."""

    _dbsession: Session
    _calendar: Calendar

    def day(self, day: dt.date) -> Period:
        """One day. Raises OverflowError for the first and last days that Python can represent."""
        return Period(self._calendar.start_of(day), self._calendar.start_of(day + dt.timedelta(days=1)))

    def in_view(self) -> Period:
        """The last 30 days, today included, which the audit shows."""
        days = self._calendar.last_days(KEPT_IN_VIEW_DAYS)
        return Period(self.day(days[0]).begin, self.day(days[-1]).end)

    def by_day(self) -> list[DayOfResets]:
        """The counts of each day in view that has requests, newest first."""
        days = self._calendar.last_days(KEPT_IN_VIEW_DAYS)
        number = day_number(PasswordReset.created_date, days, self._calendar)
        query = select(number, *self._counts()).where(_within(self.in_view())).group_by(DAY).order_by(desc(DAY))
        return [DayOfResets(days[number], *counts) for number, *counts in self._dbsession.execute(query)]

    def busiest(self, period: Period, ip_address: str = "") -> list[BusyAddress]:
        """The IP addresses with the most requests, or only `ip_address`. Resets started by an admin have none."""
        counts, last = self._counts(), func.max(PasswordReset.created_date, type_=PasswordReset.created_date.type)
        rows = self._dbsession.execute(
            select(PasswordReset.created_ip_address, *counts, last)
            .where(_within(period), PasswordReset.created_ip_address != "", *_from(ip_address))
            .group_by(PasswordReset.created_ip_address)
            .order_by(counts[0].desc(), PasswordReset.created_ip_address)
            .limit(BUSIEST)
        )
        return [BusyAddress(*row) for row in rows]

    def requests(self, period: Period, ip_address: str = "", *, after: str = "") -> Page[PasswordReset]:
        """A page of the requests with their accounts, newest first."""
        query = select(PasswordReset).where(_within(period), *_from(ip_address))
        query = query.options(joinedload(PasswordReset.account))
        return newest_first(self._dbsession, query, PasswordReset, after=after)

    def of_account(self, account: Account) -> Sequence[PasswordReset]:
        """The last requests for one account, newest first."""
        query = select(PasswordReset).where(PasswordReset.account_id == account.id)
        return self._dbsession.scalars(query.order_by(PasswordReset.created_date.desc()).limit(OF_ONE_ACCOUNT)).all()

    def state_of(self, reset: PasswordReset) -> str:
        """The state of a request: `used`, `ended`, `expired` or `open`."""
        reason = why_dead(reset)
        return reason.value if reason else "open"

    def _counts(self) -> list[ColumnElement[Any]]:
        # Portable: MariaDB has no FILTER.
        used, still_open = (func.count(case((is_so, 1))) for is_so in (PasswordReset.was_used, is_open(PasswordReset)))
        return [func.count().label("asked"), used.label("used"), still_open.label("open")]


def _within(period: Period) -> ColumnElement[bool]:
    return and_(PasswordReset.created_date >= period.begin, PasswordReset.created_date < period.end)


def _from(ip_address: str) -> list[ColumnElement[bool]]:
    return [PasswordReset.created_ip_address == ip_address] if ip_address else []
