"""Deletes expired rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from album_store.data.audit_entry import AuditEntry
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.types import utc_now
from album_store.infrastructure.settings import Settings

# Rows per transaction: few enough that visitors do not wait for the write lock.
BATCH = 500


@dataclass(frozen=True)
class PurgeRule:
    """The condition for expired rows of a table, given the settings and the time. It must use an index.

    The rows are deleted; or `forget` deletes what is personal in the rows with these ids, so that they are no longer
    due. It then has a `name` of its own in the log.
    """

    model: type[SqlAlchemyBase]
    is_due: Callable[[Settings, datetime], ColumnElement[bool]]
    forget: Callable[[Session, Sequence[Any]], None] | None = None
    name: str = ""

    @property
    def label(self) -> str:
        """What the log calls the rows."""
        return self.name or self.model.__tablename__


def audit_limit(settings: Settings, now: datetime) -> datetime:
    """Return the date before which audit rows are deleted."""
    return now - timedelta(days=settings.audit_days)


# Rules for the shared tables. Each area adds its own.
PURGE_RULES = (
    PurgeRule(AuditEntry, lambda settings, now: AuditEntry.created_date < audit_limit(settings, now)),
    PurgeRule(
        OutgoingMail,
        # An email without a next attempt was sent or given up.
        lambda settings, now: (
            OutgoingMail.next_attempt_date.is_(None) & (OutgoingMail.created_date < audit_limit(settings, now))
        ),
    ),
)


@dataclass(frozen=True)
class PurgeService:
    """Deletes expired rows in batches. A purge can be killed and rerun, and several can run at once."""

    _dbsession: Session
    rules: Sequence[PurgeRule]
    _settings: Settings

    def remove_batch(self, rule: PurgeRule) -> int:
        """Delete at most BATCH expired rows. Returns how many; fewer than BATCH means that none are left.

        Skips rows that another transaction has locked, because it may be using them, or deleting them as well.
        """
        is_due = rule.is_due(self._settings, utc_now())
        due = select(rule.model.id).where(is_due).limit(BATCH).with_for_update(skip_locked=True)
        ids = self._dbsession.scalars(due).all()
        if rule.forget is not None:
            rule.forget(self._dbsession, ids)
        else:
            self._dbsession.execute(delete(rule.model).where(rule.model.id.in_(ids)))
        return len(ids)
