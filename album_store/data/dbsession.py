"""The factory of database sessions."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import zope.sqlalchemy
from sqlalchemy import create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool
from transaction import TransactionManager

# Every model is imported here so that `create_all` creates every table.
from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.address_block import AddressBlock
from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.audit_entry import AuditEntry
from album_store.data.catalogue_keys import refresh_changed_albums
from album_store.data.engines.sqlite import check_foreign_keys, install_sqlite_rules, truncate_wal
from album_store.data.genre import Genre
from album_store.data.known_browser import KnownBrowser
from album_store.data.language import Language
from album_store.data.license import License
from album_store.data.migrations.schema import SchemaError, create_or_check, upgrade
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.pending_registration import PendingRegistration
from album_store.data.profile import Profile
from album_store.data.reference_data import insert_reference_data
from album_store.data.reset_request import ResetRequest
from album_store.data.role import Role
from album_store.data.search_document import SearchDocument
from album_store.data.track import Track

__all__ = ["MODELS", "DbSessionFactory", "Reading", "SchemaError"]

MODELS = (
    Account,
    AccountSession,
    AddressBlock,
    Album,
    Artist,
    AuditEntry,
    Genre,
    KnownBrowser,
    Language,
    License,
    OutgoingMail,
    PasswordReset,
    PendingDeletion,
    PendingEmailChange,
    PendingRegistration,
    Profile,
    ResetRequest,
    Role,
    SearchDocument,
    Track,
)

NOWAIT_MS = 50

# Opens a read-only session, and closes it at the end unless it is the request's own session.
Reading = Callable[[], AbstractContextManager[Session]]


class DbSessionFactory:
    """Creates the engine and the tables, and opens sessions; one instance per application.

    `url` is an SQLAlchemy database URL; `echo` logs every statement; `timezone` is that of the days in sort columns.
    """

    def __init__(self, url: str, *, echo: bool = False, timezone: dt.tzinfo = dt.UTC) -> None:
        # hide_parameters keeps hashes and emails with secret links out of errors and `echo`. The pool needs no limit: a
        # request holds at most one connection, so the number of server threads is the limit.
        self.engine = create_engine(make_url(url), echo=echo, hide_parameters=True, max_overflow=-1)
        if self.engine.dialect.name == "sqlite":
            install_sqlite_rules(self.engine)
        self._writing = sessionmaker(self.engine, info={"timezone": timezone})
        self._nowait = sessionmaker(self.engine.execution_options(sqlite_busy_timeout_ms=NOWAIT_MS))
        # The same pool, but transactions start with BEGIN DEFERRED.
        self._reading = sessionmaker(self.engine.execution_options(sqlite_begin="DEFERRED"), info={"read_only": True})
        event.listen(self._writing, "before_flush", refresh_changed_albums)
        event.listen(self._reading, "before_flush", _refuse_to_write)

    def create_tables(self) -> None:
        """Create the tables in an empty database, and add missing reference data. Raises SchemaError.

        Several processes may do this at once, because each of the two steps is a write transaction.
        """
        with self.engine.begin() as connection:
            create_or_check(connection)
        with self.begin() as dbsession:
            insert_reference_data(dbsession)

    def migrate(self, say: Callable[[str], None] = lambda _sentence: None) -> list[str]:
        """Run the missing migrations, all or none, and return their revisions. Raises SchemaError.

        Migrations `say` what the owner should know. Show it only after this returns, because a failure undoes it all.

        SQLite does not check foreign keys during migrations, because a migration that rebuilds a table would delete the
        rows that refer to it. All foreign keys are checked at the end.
        """
        engine = create_engine(self.engine.url, hide_parameters=True, poolclass=NullPool)
        if engine.dialect.name == "sqlite":
            install_sqlite_rules(engine, foreign_keys=False)
        with engine.begin() as connection:
            revisions = upgrade(connection, say)
            if engine.dialect.name == "sqlite":
                check_foreign_keys(connection)
        return revisions

    def session_for(self, transaction_manager: TransactionManager, *, writes: bool) -> Session:
        """Return a session that commits and rolls back with the transaction manager; read-only unless `writes`."""
        dbsession = (self._writing if writes else self._reading)()
        zope.sqlalchemy.register(dbsession, transaction_manager=transaction_manager)
        return dbsession

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Yield a separate session for work outside a request. Commits at the end, or rolls back on an error."""
        with self._writing.begin() as dbsession:
            yield dbsession

    @contextmanager
    def begin_nowait(self) -> Iterator[Session]:
        """Like `begin`, but does not wait. Raises OperationalError if the database is locked."""
        with self._nowait.begin() as dbsession:
            yield dbsession

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a separate read-only session."""
        with self._reading() as dbsession:
            yield dbsession

    def truncate_wal(self) -> None:
        """Remove deleted rows from the write-ahead log. Skipped while the database is being read."""
        if self.engine.dialect.name == "sqlite":
            truncate_wal(self.engine)

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _refuse_to_write(dbsession: Session, *_: Any) -> None:
    if dbsession.new or dbsession.dirty or dbsession.deleted:
        raise RuntimeError("a read-only session tried to write; set writes=True on the view")
