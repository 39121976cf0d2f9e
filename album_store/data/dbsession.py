"""The factory of database sessions."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

import zope.sqlalchemy
from sqlalchemy import Connection, event, make_url, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from transaction import TransactionManager
from zope.sqlalchemy.datamanager import STATUS_READONLY, join_transaction

# Every model is imported here so that `create_all` creates every table.
from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.address_block import AddressBlock
from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.audit_entry import AuditEntry
from album_store.data.browser_access import BrowserAccess
from album_store.data.cart import Cart
from album_store.data.cart_item import CartItem
from album_store.data.catalogue_keys import refresh_changed_albums
from album_store.data.catalogue_version import (
    CatalogueVersion,
    VersionReader,
    move_version,
    note_changed_objects,
    note_statement,
)
from album_store.data.credit_note import CreditNote
from album_store.data.dispute import Dispute
from album_store.data.download import Download
from album_store.data.engines import database_at
from album_store.data.engines.database import MODE, NOWAIT, READING, SNAPSHOT
from album_store.data.gateway_test import GatewayTest
from album_store.data.genre import Genre
from album_store.data.known_browser import KnownBrowser
from album_store.data.language import Language
from album_store.data.license import License
from album_store.data.lock_row import LockRow
from album_store.data.migrations.schema import SchemaError, create_or_check, upgrade
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.order_problem import OrderProblem
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.password_reset import PasswordReset
from album_store.data.payment import Payment
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.pending_registration import PendingRegistration
from album_store.data.profile import Profile
from album_store.data.provider_event import ProviderEvent
from album_store.data.purchase import Purchase
from album_store.data.purchase_link import PurchaseLink
from album_store.data.receipt import Receipt
from album_store.data.receipt_counter import ReceiptCounter
from album_store.data.reference_data import insert_reference_data
from album_store.data.refund import Refund
from album_store.data.refund_line import RefundLine
from album_store.data.reset_request import ResetRequest
from album_store.data.role import Role
from album_store.data.search_document import SearchDocument
from album_store.data.store_identity import StoreIdentity
from album_store.data.track import Track
from album_store.data.withdrawal import Withdrawal

__all__ = ["MAX_RUNS", "MODELS", "DbSessionFactory", "Reading", "SchemaError"]

MODELS = (
    Account,
    AccountSession,
    AddressBlock,
    Album,
    Artist,
    AuditEntry,
    BrowserAccess,
    Cart,
    CartItem,
    CatalogueVersion,
    CreditNote,
    Dispute,
    Download,
    GatewayTest,
    Genre,
    KnownBrowser,
    Language,
    License,
    LockRow,
    Order,
    OrderLine,
    OrderProblem,
    OutgoingMail,
    PasswordReset,
    Payment,
    PendingDeletion,
    PendingEmailChange,
    PendingRegistration,
    Profile,
    Purchase,
    PurchaseLink,
    Receipt,
    ReceiptCounter,
    Refund,
    RefundLine,
    ResetRequest,
    Role,
    SearchDocument,
    StoreIdentity,
    ProviderEvent,
    Track,
    Withdrawal,
)

# In the info of a request's session that reads: the transaction manager.
_TRANSACTIONS = "transactions"

# How often a transaction that loses against others is run in all.
MAX_RUNS = 3

Result = TypeVar("Result")

# Opens a read-only session, and closes it at the end unless it is the request's own session.
Reading = Callable[[], AbstractContextManager[Session]]


class DbSessionFactory:
    """Creates the engine and the tables, and opens sessions; one instance per application.

    `url` is an SQLAlchemy database URL; `echo` logs every statement; `timezone` is that of the days in sort columns.
    """

    def __init__(self, url: str, *, echo: bool = False, timezone: dt.tzinfo = dt.UTC) -> None:
        self.database = database_at(make_url(url))
        self.engine = self.database.create_engine(echo=echo)
        self._writing = sessionmaker(self.engine, info={"timezone": timezone})
        # The same pool.
        self._nowait = sessionmaker(self.engine.execution_options(**{MODE: NOWAIT}))
        self._reading = sessionmaker(self.engine.execution_options(**{MODE: READING}), info={"read_only": True})
        event.listen(self._writing, "before_flush", refresh_changed_albums)
        event.listen(self._writing, "before_flush", note_changed_objects)
        event.listen(self._writing, "do_orm_execute", note_statement)
        event.listen(self._writing, "before_commit", move_version)
        self._version_reader = VersionReader(self.engine)
        event.listen(self._reading, "before_flush", _refuse_to_write)
        event.listen(self._reading, "after_attach", _join_transaction)
        event.listen(self._reading, "after_begin", _join_transaction)

    def create_tables(self) -> None:
        """Create the tables in an empty database, and add missing reference data. Raises SchemaError.

        Several processes may do this at once.
        """
        with self.engine.begin() as connection, self.database.schema_lock(connection):
            create_or_check(connection)
            with Session(connection) as dbsession:
                insert_reference_data(dbsession)
                dbsession.commit()

    def migrate(self, say: Callable[[str], None] = lambda _sentence: None) -> list[str]:
        """Run the missing migrations and return their revisions. Raises SchemaError.

        If one fails, none has run. On MariaDB, where a change of tables ends the transaction, it can be run again.
        Migrations `say` what the owner should know. Show it only after this returns.
        """
        engine = self.database.create_migration_engine()
        try:
            with engine.begin() as connection, self.database.schema_lock(connection):
                revisions = upgrade(connection, say)
                self.database.check_migrated(connection)
        finally:
            engine.dispose()
        return revisions

    def session_for(self, transaction_manager: TransactionManager, *, writes: bool) -> Session:
        """Return a session that commits and rolls back with the transaction manager; read-only unless `writes`."""
        if not writes:
            return self._reading(info={_TRANSACTIONS: transaction_manager})
        dbsession = self._writing()
        zope.sqlalchemy.register(dbsession, transaction_manager=transaction_manager)
        return dbsession

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Yield a separate session for work outside a request. Commits at the end, or rolls back on an error."""
        with self._writing.begin() as dbsession:
            yield dbsession

    def retry(self, work: Callable[[], Result]) -> Result:
        """Run `work`, which is a whole transaction, and return its result.

        If the transaction loses against another, as in a deadlock, `work` is run again, at most MAX_RUNS times in all.
        """
        for _ in range(MAX_RUNS - 1):
            try:
                return work()
            except DBAPIError as error:
                if not self.database.is_retryable(error):
                    raise
        return work()

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

    def store_id(self) -> str:
        """Return the random id of this store, by which a payment provider knows it."""
        with self.read() as dbsession:
            return dbsession.scalars(select(StoreIdentity.store_id)).one()

    def catalogue_token(self) -> str:
        """Return the token of the catalogue's version, in microseconds. Raises any error of the driver."""
        return self._version_reader.read()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Yield a read-only connection that shows the database at one moment. Its statements never time out."""
        with self.engine.execution_options(**{MODE: SNAPSHOT}).connect() as connection:
            yield connection

    def remove_deleted(self) -> None:
        """Overwrite deleted rows where the database keeps copies of them. Skipped while it is being read."""
        self.database.remove_deleted(self.engine)

    def dispose(self) -> None:
        """Close all connections."""
        self._version_reader.close()
        self.engine.dispose()


def _join_transaction(dbsession: Session, *_: Any) -> None:
    """Close a request's read-only session with its transaction.

    `zope.sqlalchemy.register` adds seven listeners to each session, which takes 0.1 ms. A session that writes nothing
    needs two, which all sessions share.
    """
    if _TRANSACTIONS in dbsession.info:
        join_transaction(dbsession, STATUS_READONLY, dbsession.info[_TRANSACTIONS])


def _refuse_to_write(dbsession: Session, *_: Any) -> None:
    if dbsession.new or dbsession.dirty or dbsession.deleted:
        raise RuntimeError("a read-only session tried to write; set writes=True on the view")
