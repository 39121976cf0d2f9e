"""What the store asks of a database, and the answers that all of them share."""

import math
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Table,
    Text,
    and_,
    case,
    create_engine,
    event,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from album_store.data.search_document import SearchDocument

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


# Among how many of the newest albums the words of a query are looked for in a row, which is told album by album. Older
# ones are found too, but are listed like those where the words do not stand in a row.
MAX_ROWS_READ = 100_000

# Among how many albums the terms of a search are counted.
SAMPLE = 500
COMMON = 10

_NEWEST = select(func.max(SearchDocument.__table__.alias().c.album_id)).scalar_subquery()

# A word, and whether it is only the beginning of one.
IndexTerm = tuple[str, bool]


class SearchIndex(NamedTuple):
    """The table to search, the id of the album that a row is of, and the condition for the rows that match."""

    table: FromClause
    album_id: ColumnElement[int]
    is_found: ColumnElement[bool]


class AsciiText(FunctionElement[str]):
    """A text of ASCII characters, which a database may compare byte by byte."""

    type = Text()
    inherit_cache = True


@compiles(AsciiText)
def _unchanged(element: AsciiText, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


def has_words(words: ColumnElement[str], wanted: str, begins: bool = False) -> ColumnElement[bool]:
    """Return the condition that words stand in a row; with `begins`, the last is only the beginning of one."""
    if begins:
        return AsciiText(literal(" ") + words).contains(f" {wanted}")
    return AsciiText(literal(" ") + words + " ").contains(f" {wanted} ")


def is_among_newest(album_id: ColumnElement[int], count: int) -> ColumnElement[bool]:
    """Return the condition that an album is one of the newest, as far as their ids tell: at most `count` of them."""
    return album_id > _NEWEST - count


_IS_NEW = is_among_newest(SearchDocument.album_id, MAX_ROWS_READ)


def has_row(terms: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that an album has these terms in a row, and is among the MAX_ROWS_READ newest."""
    return and_(has_words(SearchDocument.words, " ".join(terms)), _IS_NEW)


def has_terms(terms: Sequence[str], *, phrase: bool) -> ColumnElement[bool]:
    """Return the condition that the words of an album have these terms of `query_terms`.

    With `phrase` it `has_row` of them. Without it each begins a word, and it does not.
    """
    if phrase:
        return has_row(terms)
    words = SearchDocument.words
    return and_(*(has_words(words, term, begins=True) for term in dict.fromkeys(terms)), ~has_row(terms))


def index_terms(terms: Sequence[str], *, phrase: bool) -> Collection[IndexTerm]:
    """Return the different words of these terms, for an index that has no terms of several words."""
    words: dict[IndexTerm, None] = {}
    for term in terms:
        *whole, last = term.split(" ")
        words |= dict.fromkeys((word, False) for word in whole) | {(last, not phrase): None}
    return words.keys()


def rarest(dbsession: Session, terms: Collection[IndexTerm], entries_per_row: int) -> Collection[IndexTerm]:
    """Return the rarest terms: those whose entries in an index take less time than the rows of albums they rule out.

    Returns none if one album in COMMON, or more, is likely to have all terms, so that the index is of no use. Terms are
    counted among the newest and the oldest albums. The index reads `entries_per_row` entries in the time of one row.
    """
    album_id, words = SearchDocument.album_id, SearchDocument.words
    # Without the words themselves, the rows of the sample stay in memory.
    have = [case((has_words(words, *term), 1), else_=0).label(f"n{n}") for n, term in enumerate(terms)]
    ends = (select(*have).order_by(order).limit(SAMPLE // 2).subquery() for order in (album_id.desc(), album_id))
    sample = union_all(*(select(*end.c) for end in ends)).subquery()
    counts = dbsession.execute(select(*(func.coalesce(func.sum(count), 0) for count in sample.c))).one()
    shares = sorted(zip((int(count) / SAMPLE for count in counts), terms, strict=True))
    if math.prod(share for share, _ in shares) >= 1 / COMMON:
        return []
    found: list[IndexTerm] = []
    with_all = 1.0  # the share of albums that are likely to have all that were found
    for share, term in shares:
        if share > entries_per_row * with_all:
            break
        found.append(term)
        with_all *= max(share, 1 / SAMPLE)
    return found


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
