"""Forgetting what is past its time."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, or_, select

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.address_block import AddressBlock
from album_store.data.audit_entry import AuditEntry
from album_store.data.dbsession import DbSessionFactory
from album_store.data.known_browser import KnownBrowser
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.pending_registration import PendingRegistration
from album_store.data.types import utc_now
from album_store.infrastructure.settings import Settings
from album_store.infrastructure.web import known_browsers
from album_store.services.account.due_deletions import DueDeletions

# Rows of one transaction: few enough that visitors do not wait for the write lock.
BATCH = 500

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Purged:
    """How many rows of a table were removed."""

    table: str
    count: int


class PurgeService:
    """Removes what works no more, what is kept for the audit only so long, and accounts whose owners want to leave.

    Every rule reads an index, and each batch is a transaction of its own: a purge may be killed and run again, and
    several may run at once.
    """

    def __init__(self, db_sessions: DbSessionFactory, settings: Settings) -> None:
        self._db_sessions = db_sessions
        self._settings = settings

    def purge(self) -> list[Purged]:
        """Remove everything that is due, table by table."""
        deleted = DueDeletions(self._db_sessions, self._settings).carry_out()
        purged = [Purged(Account.__tablename__, deleted)]
        purged += [Purged(model.__tablename__, self._remove(model, is_due)) for model, is_due in self._rules()]
        if any(one.count for one in purged):
            self._db_sessions.truncate_wal()
        log.info("event=purged %s", " ".join(f"{one.table}={one.count}" for one in purged))
        return purged

    def _rules(self) -> Iterator[tuple[type[SqlAlchemyBase], ColumnElement[bool]]]:
        now, settings = utc_now(), self._settings
        link_limit = now - settings.registration_lifetime
        audit_limit = now - timedelta(days=settings.audit_days)
        yield PendingRegistration, PendingRegistration.created_date <= link_limit
        yield PendingEmailChange, PendingEmailChange.created_date <= link_limit
        yield (
            AccountSession,
            or_(
                AccountSession.created_date < now - timedelta(days=settings.session_days),
                AccountSession.last_seen_date < now - timedelta(days=settings.session_idle_days),
            ),
        )
        yield KnownBrowser, KnownBrowser.last_used_date < now - known_browsers.LIFETIME
        yield AddressBlock, AddressBlock.until_date < now
        yield AuditEntry, AuditEntry.created_date < audit_limit
        yield PasswordReset, PasswordReset.created_date < audit_limit
        # A mail without a next attempt was sent or given up.
        done = OutgoingMail.next_attempt_date.is_(None)
        yield OutgoingMail, done & (OutgoingMail.created_date < audit_limit)

    def _remove(self, model: type[SqlAlchemyBase], is_due: ColumnElement[bool]) -> int:
        removed = 0
        while True:
            with self._db_sessions.begin() as dbsession:
                ids = dbsession.scalars(select(model.id).where(is_due).limit(BATCH)).all()
                dbsession.execute(delete(model).where(model.id.in_(ids)))
            removed += len(ids)
            if len(ids) < BATCH:
                return removed
