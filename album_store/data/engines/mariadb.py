"""MariaDB and MySQL, through the driver PyMySQL.

Text is compared byte by byte, as on the other databases; by default Beyoncé and Beyonce would be one name here.
"""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from sqlalchemy import Connection, Engine, Text, event, func, inspect, literal_column
from sqlalchemy.dialects import mysql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable

from album_store.data.engines.database import READING, SERVER_OPTIONS, STATEMENT_TIMEOUT_MS, Database, SearchIndex
from album_store.data.search_document import SearchDocument

SCHEMA_LOCK = "album_store.schema"
MAX_WAIT_FOR_SCHEMA_S, ASK_AGAIN_S = 600, 10
# An answer that takes longer than the longest statement does not come: the server hangs or cannot be reached.
ANSWER_TIMEOUT_S = STATEMENT_TIMEOUT_MS // 1_000 + 10
# Lock wait timeout; statement timeout (MariaDB, MySQL); statement ended by an admin; too many connections (three
# kinds); shutdown; connection ended by an admin; server away (four kinds)
BUSY = {1205, 1969, 3024, 1317, 1040, 1203, 1226, 1053, 1927, 2002, 2003, 2006, 2013}
# Deadlock; a savepoint that a deadlock has rolled back; a row that changed since it was read
RETRYABLE = {1213, 1305, 1020}

# Before each word, so that none is shorter than the index takes, and none is a stop word.
WORD_PREFIX = "zq"
_WORDS = literal_column("`SearchDocument`.indexed_words")
_VALUE = re.compile(r"(?<=entry |alue: )'.*' (?=for )|(?<=near ).*", re.DOTALL)


class MariadbDatabase(Database):
    """A database of a MariaDB or MySQL server."""

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
            connection.execute(func.release_lock(SCHEMA_LOCK).select())

    def is_busy_code(self, error: BaseException | None) -> bool:
        """Return whether the server is locked, overloaded or unreachable."""
        return _code(error) in BUSY

    def is_retryable_code(self, error: BaseException | None) -> bool:
        """Return whether the error is a deadlock or the result of one."""
        return _code(error) in RETRYABLE

    def without_values(self, message: str) -> str:
        """Remove the value from messages such as `Duplicate entry 'value' for key 'name'`."""
        return _VALUE.sub("", message)

    def create_search_index(self, connection: Connection) -> None:
        """Add a column of the words with their prefix, and a FULLTEXT index over it."""
        if any(column["name"] == "indexed_words" for column in inspect(connection).get_columns("SearchDocument")):
            return
        connection.exec_driver_sql(
            "ALTER TABLE `SearchDocument` ADD COLUMN indexed_words MEDIUMTEXT GENERATED ALWAYS AS "
            f"(CONCAT('{WORD_PREFIX}', REPLACE(words, ' ', ' {WORD_PREFIX}'))) STORED, "
            "ADD FULLTEXT INDEX `ix_SearchDocument_indexed_words` (indexed_words)"
        )

    def search(self, terms: Sequence[str], *, phrase: bool) -> SearchIndex:
        """Search in boolean mode. A term of several words is the characters of one, which end where it ends."""
        row = f'"{_prefixed(" ".join(terms))}"'
        beginnings = " ".join(
            f'+"{_prefixed(term)}"' if " " in term else f"+{_prefixed(term)}*" for term in dict.fromkeys(terms)
        )
        documents = SearchDocument.__table__
        expression = f"+{row}" if phrase else f"{beginnings} -{row}"
        return SearchIndex(documents, documents.c.album_id, mysql.match(_WORDS, against=expression).in_boolean_mode())

    def _on_begin(self, connection: Connection) -> None:
        mode, lock_timeout_ms = self.begin_mode(connection)
        statement_timeout = _statement_timeout(connection, STATEMENT_TIMEOUT_MS)
        connection.exec_driver_sql(f"SET innodb_lock_wait_timeout = {lock_timeout_ms // 1_000}, {statement_timeout}")
        if mode == READING:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _statement_timeout(connection: Connection, milliseconds: int) -> str:
    """Return the assignment that sets the timeout, in MariaDB's variable or in MySQL's; 0 is none."""
    if connection.dialect.is_mariadb:
        return f"max_statement_time = {milliseconds / 1_000}"
    return f"max_execution_time = {milliseconds}"


def _wait_for_any_answer(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
    options["read_timeout"] = None


def _code(error: BaseException | None) -> int:
    return error.args[0] if error is not None and error.args and isinstance(error.args[0], int) else 0


def _prefixed(words: str) -> str:
    return " ".join(f"{WORD_PREFIX}{word}" for word in words.split(" "))


@compiles(CreateTable, "mysql", "mariadb")
def _collated(create: CreateTable, compiler: Any, **kw: Any) -> str:
    """Have tables compare text byte by byte, trailing spaces included."""
    collation = "utf8mb4_nopad_bin" if compiler.dialect.is_mariadb else "utf8mb4_0900_bin"
    return f"{compiler.visit_create_table(create, **kw).rstrip()} CHARSET utf8mb4 COLLATE {collation}"


@compiles(Text, "mysql", "mariadb")
def _medium_text(_text: Text, _compiler: Any, **_kw: Any) -> str:
    """Make text columns hold more than 64 KB."""
    return "MEDIUMTEXT"
