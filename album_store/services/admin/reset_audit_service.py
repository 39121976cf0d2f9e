"""The audit of password resets: who requested them, from where, and what became of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, joinedload

from album_store.data.account import Account
from album_store.data.password_reset import PasswordReset
from album_store.data.types import utc_now
from album_store.services.account.secret_links import is_open, why_dead
from album_store.services.admin.days import first_moment, last_days
from album_store.services.paging import Page, newest_first

KEPT_IN_VIEW_DAYS = 30
BUSIEST = 50
OF_ONE_ACCOUNT = 20


@dataclass(frozen=True)
class Period:
    """The time from `begin`, included, to `end`, excluded."""

    begin: dt.datetime
    end: dt.datetime

    @classmethod
    def of_day(cls, day: dt.date) -> "Period":
        """One day in UTC. Raises OverflowError for `date.max`."""
        return cls(first_moment(day), first_moment(day + dt.timedelta(days=1)))

    @classmethod
    def in_view(cls) -> "Period":
        """The last 30 days, today included, which the audit shows."""
        days = last_days(utc_now(), KEPT_IN_VIEW_DAYS)
        return cls(first_moment(days[0]), first_moment(days[-1] + dt.timedelta(days=1)))


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

    def by_day(self) -> list[DayOfResets]:
        """The counts of each day in view that has requests, newest first."""
        day = func.date(PasswordReset.created_date).label("day")
        rows = self._dbsession.execute(
            select(day, *self._counts()).where(_within(Period.in_view())).group_by(day).order_by(day.desc())
        )
        return [DayOfResets(dt.date.fromisoformat(str(day)), *counts) for day, *counts in rows]

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
        used, still_open = func.count().filter(PasswordReset.was_used), func.count().filter(is_open(PasswordReset))
        return [func.count().label("asked"), used.label("used"), still_open.label("open")]


def _within(period: Period) -> ColumnElement[bool]:
    return and_(PasswordReset.created_date >= period.begin, PasswordReset.created_date < period.end)


def _from(ip_address: str) -> list[ColumnElement[bool]]:
    return [PasswordReset.created_ip_address == ip_address] if ip_address else []
