"""MariaDB and MySQL, through the driver PyMySQL.

Text is compared byte by byte, as on the other databases; by default Beyoncé and Beyonce would be one name here.
"""

import re
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, ClassVar

from sqlalchemy import Connection, Engine, Text, event, func, inspect, literal_column
from sqlalchemy.dialects import mysql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.compiler import SQLCompiler

from album_store.data.engines.database import READING, SERVER_OPTIONS, SNAPSHOT, STATEMENT_TIMEOUT_MS, Database
from album_store.data.engines.search_terms import AsciiText, IndexTerm, SearchIndex, has_terms, index_terms, rarest
from album_store.data.search_document import SearchDocument

# The databases of a server share the names of locks, which may have 64 characters.
SCHEMA_LOCK = func.concat("album_store.schema.", func.sha1(func.database()))
MAX_WAIT_FOR_SCHEMA_S, ASK_AGAIN_S = 600, 10
# An answer that takes longer than the longest statement does not come: the server hangs or cannot be reached.
ANSWER_TIMEOUT_S = STATEMENT_TIMEOUT_MS // 1_000 + 10
# Lock wait timeout; statement timeout (MariaDB, MySQL); statement ended by an admin; too many connections (three
# kinds); shutdown; connection ended by an admin; server away (four kinds)
BUSY = {1205, 1969, 3024, 1317, 1040, 1203, 1226, 1053, 1927, 2002, 2003, 2006, 2013}
# Deadlock; a savepoint that a deadlock has rolled back; a row that changed since it was read; a reference to a row that
# has been deleted since it was read
RETRYABLE = {1213, 1305, 1020, 1452}

# Before each word, so that none is shorter than the index takes, and none is a stop word.
WORD_PREFIX = "zq"
# The length of the longest term that the index takes, by default.
MAX_INDEXED = 84
# So many entries of the index are read in the time of one row of an album.
ENTRIES_PER_ROW = 12
INDEX = "ix_SearchDocument_indexed_terms"
_INDEXED = literal_column("`SearchDocument`.indexed_terms")
_VALUE = re.compile(r"(?<=entry |alue: )'.*' (?=for )|(?<=alue: )'.*'$|(?<=near ).*", re.DOTALL)


class MariadbDatabase(Database):
    """A database of a MariaDB or MySQL server.

    While InnoDB moves the words of a large import from memory into its index, which it does in the second after the
    commit, a search can miss a new album for some milliseconds. After 3,000 albums of 42 words, 23 of 22,708 searches
    for one of them did, by a word, a beginning or a phrase, with and without a generated column. After a small import
    none did. Only OPTIMIZE TABLE with the global `innodb_optimize_fulltext_only`, which a store may not set, ends the
    second early.
    """

    engine_options: ClassVar[dict[str, Any]] = {
        **SERVER_OPTIONS,
        "connect_args": {"charset": "utf8mb4", "connect_timeout": 5, "read_timeout": ANSWER_TIMEOUT_S},
    }

    def create_migration_engine(self) -> Engine:
        """Return an engine that waits for changes of large tables."""
        engine = self.create_engine()
        event.listen(engine, "do_connect", _wait_for_any_answer)
        return engine

    def install(self, engine: Engine) -> None:
        """Set the timeouts of each transaction, and make those of reading sessions read-only."""
        event.listen(engine, "begin", self._on_begin)

    @contextmanager
    def schema_lock(self, connection: Connection) -> Iterator[None]:
        """Take a lock of the connection: changes of tables end transactions here. No statement times out meanwhile."""
        connection.exec_driver_sql(f"SET {_statement_timeout(connection, 0)}")
        deadline = time.monotonic() + MAX_WAIT_FOR_SCHEMA_S
        while not connection.scalar(func.get_lock(SCHEMA_LOCK, ASK_AGAIN_S).select()):
            if time.monotonic() > deadline:
                raise TimeoutError("another process has been changing the tables for too long")
        try:
            yield
        finally:
            if not connection.invalidated:  # a lock ends with its connection
                connection.execute(func.release_lock(SCHEMA_LOCK).select())

    def is_busy_code(self, error: BaseException | None) -> bool:
        """Return whether the server is locked, overloaded or unreachable."""
        return _code(error) in BUSY

    def is_retryable_code(self, error: BaseException | None) -> bool:
        """Return whether the error is a deadlock or the result of one, or refers to a row that is gone."""
        return _code(error) in RETRYABLE

    def without_values(self, message: str) -> str:
        """Remove the value from messages such as `Duplicate entry 'value' for key 'name'`."""
        return _VALUE.sub("", message)

    def create_search_index(self, connection: Connection) -> None:
        """Add a column of the terms of the index, and a FULLTEXT index over it.

        The terms are the words, each with the prefix, and the pairs of words side by side: `black sun rain` becomes
        `zqblack zqsun zqrain black_sun sun_rain rain`. Databases before migration 0007 had only the words.
        """
        inspector = inspect(connection)
        columns = {column["name"] for column in inspector.get_columns("SearchDocument")}
        if "indexed_terms" not in columns:
            connection.exec_driver_sql(
                "ALTER TABLE `SearchDocument` ADD COLUMN indexed_terms MEDIUMTEXT GENERATED ALWAYS AS "
                f"(CONCAT('{WORD_PREFIX}', REPLACE(words, ' ', ' {WORD_PREFIX}'), ' ', {_pairs(connection)})) STORED"
                + (", DROP COLUMN indexed_words" if "indexed_words" in columns else "")
            )
        # In a statement of its own, the index of albums that exist takes less time, and a quarter of the space.
        if INDEX not in {index["name"] for index in inspector.get_indexes("SearchDocument")}:
            connection.exec_driver_sql(f"ALTER TABLE `SearchDocument` ADD FULLTEXT INDEX `{INDEX}` (indexed_terms)")

    def search(self, dbsession: Session, terms: Sequence[str], *, phrase: bool) -> SearchIndex | None:
        """Search the index in boolean mode for the rarest terms, and compare the words of the albums that have them.

        The index reads all albums of each term that it is asked for. The pairs are for words that are common but seldom
        stand side by side.
        """
        wanted = rarest(dbsession, _indexed(terms, phrase=phrase), ENTRIES_PER_ROW)
        if not wanted:
            return None
        in_index = mysql.match(_INDEXED, against=" ".join(map(_required, wanted))).in_boolean_mode()
        documents = SearchDocument.__table__
        return SearchIndex(documents, documents.c.album_id, in_index & has_terms(terms, phrase=phrase))

    def _on_begin(self, connection: Connection) -> None:
        mode, lock_timeout_ms = self.begin_mode(connection)
        statement_timeout = _statement_timeout(connection, 0 if mode == SNAPSHOT else STATEMENT_TIMEOUT_MS)
        connection.exec_driver_sql(f"SET innodb_lock_wait_timeout = {lock_timeout_ms // 1_000}, {statement_timeout}")
        if mode in (READING, SNAPSHOT):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _pairs(connection: Connection) -> str:
    """Return the expression of the pairs of words. MariaDB takes linear time for bytes, quadratic time for text."""
    if connection.dialect.is_mariadb:
        return r"CONVERT(REGEXP_REPLACE(CAST(words AS BINARY), ' (?=([a-z0-9]+))', '_\\1 ') USING utf8mb4)"
    return "REGEXP_REPLACE(words, ' (?=([a-z0-9]+))', '_$1 ')"


def _indexed(terms: Sequence[str], *, phrase: bool) -> Collection[IndexTerm]:
    """Return the different pairs of words, and words that stand alone; only words if a pair is too long."""
    found: dict[IndexTerm, None] = {}
    for row in [" ".join(terms)] if phrase else terms:
        *pairs, last = [" ".join(pair) for pair in pairwise(row.split(" "))] or [row]
        found |= dict.fromkeys((pair, False) for pair in pairs) | {(last, not phrase): None}
    return found if max(len(words) for words, _ in found) <= MAX_INDEXED else index_terms(terms, phrase=phrase)


def _required(term: IndexTerm) -> str:
    words, begins = term
    return f"+{words.replace(' ', '_') if ' ' in words else WORD_PREFIX + words}{'*' if begins else ''}"


def _statement_timeout(connection: Connection, milliseconds: int) -> str:
    """Return the assignment that sets the timeout, in MariaDB's variable or in MySQL's; 0 is none."""
    if connection.dialect.is_mariadb:
        return f"max_statement_time = {milliseconds / 1_000}"
    return f"max_execution_time = {milliseconds}"


def _wait_for_any_answer(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
    options["read_timeout"] = None


def _code(error: BaseException | None) -> int:
    return error.args[0] if error is not None and error.args and isinstance(error.args[0], int) else 0


@compiles(CreateTable, "mysql", "mariadb")
def _collated(create: CreateTable, compiler: Any, **kw: Any) -> str:
    """Have tables compare text byte by byte, trailing spaces included."""
    collation = "utf8mb4_nopad_bin" if compiler.dialect.is_mariadb else "utf8mb4_0900_bin"
    return f"{compiler.visit_create_table(create, **kw).rstrip()} CHARSET utf8mb4 COLLATE {collation}"


@compiles(AsciiText, "mysql", "mariadb")
def _bytes(element: AsciiText, compiler: SQLCompiler, **kw: Any) -> str:
    """Look for a text in bytes, which takes a fifth of the time of looking for it in UTF-8."""
    return f"CAST({compiler.process(element.clauses, **kw)} AS BINARY)"


@compiles(Text, "mysql", "mariadb")
def _medium_text(_text: Text, _compiler: Any, **_kw: Any) -> str:
    """Make text columns hold more than 64 KB."""
    return "MEDIUMTEXT"
