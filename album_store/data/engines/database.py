"""What the store asks of a database, and the answers that all of them share."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from album_store.data.engines.search_terms import SearchIndex

# How a session uses the database, as the execution option `mode` of its connection. A session that only reads is
# refused every write; one that may not wait fails at once where another would wait for a lock.
# A snapshot is also read-only, shows the database at one moment, and its statements may take as long as they need.
MODE, WRITING, NOWAIT, READING, SNAPSHOT = "mode", "writing", "nowait", "reading", "snapshot"

# How long a statement may take on a server, and how long one that may not wait waits for a lock.
STATEMENT_TIMEOUT_MS = 30_000
NOWAIT_MS = 50

# The only encoding that holds every text.
UTF8 = "UTF8"

# The engine of a database on a server: what a transaction sees, and a bounded pool that replaces dead connections.
SERVER_OPTIONS: dict[str, Any] = {
    "isolation_level": "READ COMMITTED",
    "pool_size": 20,
    "max_overflow": 0,
    "pool_timeout": 10,
    "pool_pre_ping": True,
}


class Database(ABC):
    """One kind of database, at one URL.

    A subclass says how its kind differs; nothing else in the store asks for the dialect.
    """

    engine_options: ClassVar[Mapping[str, Any]] = {}
    # The words of how many of the newest albums to read before the search index is asked, which lists all that match.
    # Reading them takes a millisecond or two, and if they fill a page of results, the index need not list many more.
    words_read: ClassVar[int] = 1_000

    def __init__(self, url: URL) -> None:
        self.url = url
        self.lock_timeout_ms = 5_000

    @property
    def place(self) -> tuple[Any, ...]:
        """Where the database is. Two names of one server are two places."""
        return type(self), self.url.host, self.url.port, self.url.database

    def exists(self) -> bool:
        """Return whether there is a database to connect to. A server says so itself, when it is asked."""
        return True

    def create_engine(self, *, echo: bool = False) -> Engine:
        """Return an engine whose connections follow the rules of this kind.

        No value of a statement appears in its errors, or in the log of `echo`.
        """
        engine = create_engine(self.url, echo=echo, hide_parameters=True, **self.engine_options)
        event.listen(engine, "handle_error", self._remove_values)
        self.install(engine)
        return engine

    def create_migration_engine(self) -> Engine:
        """Return an engine for migrations."""
        return self.create_engine()

    @abstractmethod
    def install(self, engine: Engine) -> None:
        """Attach the rules of this kind to an engine."""

    def begin_mode(self, connection: Connection) -> tuple[str, int]:
        """Return how a connection uses the database, and for how many milliseconds it may wait for a lock."""
        mode = str(connection.get_execution_options().get(MODE, WRITING))
        return mode, NOWAIT_MS if mode == NOWAIT else self.lock_timeout_ms

    def text_encoding(self, connection: Connection) -> str:
        """Return the encoding of the texts of new tables."""
        return UTF8

    def schema_lock(self, connection: Connection) -> AbstractContextManager[None]:
        """Keep other processes from creating or migrating tables, until the end of the block or the transaction."""
        return nullcontext()

    def check_migrated(self, connection: Connection) -> None:  # noqa: B027 - few kinds have anything to check
        """Check what the database did not check during a migration. Raises IntegrityError."""

    def continue_numbering(self, connection: Connection, tables: Iterable[Table]) -> None:  # noqa: B027 - most do it alone
        """Have numbered rows to come follow those that were inserted with their numbers."""

    def remove_deleted(self, engine: Engine) -> None:  # noqa: B027 - few kinds keep copies
        """Overwrite deleted rows where the database keeps copies of them, unless it is being read."""

    def is_busy(self, error: Exception) -> bool:
        """Return whether the database is locked, overloaded or unreachable, so the same request may succeed later."""
        if isinstance(error, PoolTimeoutError):
            return True
        return isinstance(error, DBAPIError) and (error.connection_invalidated or self.is_busy_code(error.orig))

    @abstractmethod
    def is_busy_code(self, error: BaseException | None) -> bool:
        """Return whether an error of the driver says so."""

    def is_retryable(self, error: Exception) -> bool:
        """Return whether the transaction lost against another one, so that it may succeed if it is run again."""
        return isinstance(error, DBAPIError) and self.is_retryable_code(error.orig)

    def is_retryable_code(self, error: BaseException | None) -> bool:
        """Return whether an error of the driver says so."""
        return False

    def without_values(self, message: str) -> str:
        """Return the message of an error of the driver without the values of the statement."""
        return message

    @abstractmethod
    def create_search_index(self, connection: Connection) -> None:
        """Create the full-text index over the words of SearchDocument, or bring an older one up to date."""

    @abstractmethod
    def search(self, dbsession: Session, terms: Sequence[str], *, phrase: bool) -> SearchIndex | None:
        """Return where to find the albums that `has_terms`, without reading the words of all.

        Returns None if so many have them that reading the words takes less time.
        """

    def _remove_values(self, context: ExceptionContext) -> None:
        original = context.original_exception
        original.args = tuple(self.without_values(arg) if isinstance(arg, str) else arg for arg in original.args)
        if context.sqlalchemy_exception is not None:
            error = type(original)
            context.sqlalchemy_exception.args = (f"({error.__module__}.{error.__qualname__}) {original}",)
